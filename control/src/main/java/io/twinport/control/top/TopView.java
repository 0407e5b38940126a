package io.twinport.control.top;

import io.twinport.control.TimeOfDay;
import io.twinport.control.history.SwitchHistory.Switch;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.failover.FailoverPolicy;
import io.twinport.dataplane.failover.PolicyText;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Rates, sides, last switches and drops, as lines: a screen of them, or a row for each port and look. For one thread. */
public final class TopView {
    /** The devices' counts are refreshed once a second: over less time they would seem to jump. */
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(4);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final String PORT_ROW = "%-12s %-9s %-3s %-13s %8s %8s %8s %9s";
    private static final String SIDE_ROW = "  %-10s %-9s %-3s %-13s %8s %8s %8s %9s";
    private static final String SWITCH_ROW = "%-12s %-10s %-18s %9s %6s  %s";
    private static final String PLAIN_ROW = "%-8s  %-12s %-8s %-3s %-13s %9s %9s %9s %9s %9s %8s";
    private static final long KILO = 1000;

    private final Path file;
    private final Deque<TopSample> samples = new ArrayDeque<>();

    /** @param file a {@code twinport.cnc} */
    public TopView(Path file) {
        this.file = file;
    }

    /**
     * Looks at the file.
     *
     * @throws io.twinport.dataplane.cnc.CncException if it is none
     */
    public void look() {
        add(TopSample.read(file));
    }

    void add(TopSample sample) {
        if (!samples.isEmpty() && samples.getLast().pid() != sample.pid()) {
            samples.clear(); // another process has taken its place, and counts anew
        }
        samples.add(sample);
        while (samples.size() > 2 && sample.nanos() - samples.getFirst().nanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    /**
     * All of it.
     *
     * @param width columns that a line may have
     * @param height lines
     */
    public List<String> screen(int width, int height) {
        TopSample now = samples.getLast();
        List<String> lines = new ArrayList<>();
        lines.add(title(now));
        lines.add("");
        lines.add(String.format(PORT_ROW, "PORT", "ACTIVE", "CAR", "STANDBY", "RX/S", "TX/S", "DROPS/S", "SWITCHES"));
        now.ports().forEach((number, port) -> addPort(lines, number, port));
        lines.add("");
        lines.add(String.format(SWITCH_ROW, "SWITCHED AT", "PORT", "FROM -> TO", "US", "LOST<=", "CAUSE"));
        int room = Math.max(0, height - lines.size() - 1);
        List<Switch> switches = now.switches();
        for (int i = switches.size() - 1; i >= 0 && i >= switches.size() - room; i--) {
            lines.add(line(now, switches.get(i)));
        }
        return lines.stream()
                .limit(height)
                .map(line -> line.length() > width ? line.substring(0, width) : line)
                .map(String::stripTrailing)
                .toList();
    }

    private String title(TopSample now) {
        return "twinport " + file.getFileName().toString().replaceFirst("\\.cnc$", "") + ", process " + now.pid()
                + (now.alive() ? ", up " + up(now.start()) : " HAS ENDED") + "   " + TIME.format(Instant.now())
                + "   q ends";
    }

    private static String up(@Nullable Instant start) {
        if (start == null) {
            return TimeOfDay.UNKNOWN;
        }
        Duration up = Duration.between(start, Instant.now());
        return String.format(Locale.ROOT, "%d:%02d:%02d", up.toHours(), up.toMinutesPart(), up.toSecondsPart());
    }

    private void addPort(List<String> lines, int number, TopSample.Port port) {
        lines.add(String.format(
                PORT_ROW,
                port.name(),
                active(port),
                carrier(port),
                health(port),
                rate(number, "rx_packets"),
                amount(perSecond(number, "tx_packets primary") + perSecond(number, "tx_packets standby")),
                amount(drops(number)),
                port.count("switches")));
        for (int side = Sides.PRIMARY; side <= Sides.STANDBY; side++) {
            String name = PolicyText.side(side);
            lines.add(String.format(
                    SIDE_ROW,
                    name,
                    FailoverPolicy.isHere(port.state(), side)
                            ? FailoverPolicy.isLinkUp(port.state(), side) ? "up" : "down"
                            : "absent",
                    "",
                    "Mb/s " + bits(number, name + " rx_bytes") + "/" + bits(number, name + " tx_bytes"),
                    rate(number, name + " rx_packets"),
                    rate(number, name + " tx_packets"),
                    amount(perSecond(number, name + " rx_missed") + perSecond(number, name + " tx_errors")),
                    ""));
        }
    }

    private String line(TopSample now, Switch each) {
        TopSample.Port port = now.ports().get(each.port());
        OptionalDouble micros = each.microsToBurst();
        return String.format(
                Locale.ROOT,
                SWITCH_ROW,
                each.decision() == null ? TimeOfDay.UNKNOWN : MILLIS.format(each.decision()),
                port == null ? each.port() : port.name(),
                each.from() + " -> " + each.to(),
                micros.isEmpty() ? "-" : String.format(Locale.ROOT, "%.1f", micros.getAsDouble()),
                each.lostAtMost(),
                each.cause());
    }

    /** What {@link #rows} are about. */
    public static String header() {
        return String.format(
                PLAIN_ROW,
                "TIME",
                "PORT",
                "ACTIVE",
                "CAR",
                "STANDBY",
                "RX/S",
                "TX/S",
                "RXMB/S",
                "TXMB/S",
                "DROPS/S",
                "SWITCHES");
    }

    /** A row for each port. */
    public List<String> rows() {
        TopSample now = samples.getLast();
        List<String> rows = new ArrayList<>();
        now.ports()
                .forEach((number, port) -> rows.add(String.format(
                        PLAIN_ROW,
                        TIME.format(Instant.now()),
                        port.name(),
                        active(port),
                        carrier(port),
                        health(port),
                        rate(number, "rx_packets"),
                        amount(perSecond(number, "tx_packets primary") + perSecond(number, "tx_packets standby")),
                        bits(number, "all rx_bytes"),
                        bits(number, "all tx_bytes"),
                        amount(drops(number)),
                        port.count("switches"))));
        return rows;
    }

    /** Whether the process that was looked at last runs. */
    public boolean isAlive() {
        return samples.getLast().alive();
    }

    private static String active(TopSample.Port port) {
        return PolicyText.side((int) port.beginning("active side"));
    }

    private static String carrier(TopSample.Port port) {
        return port.count("carrier") == 1 ? "on" : "off";
    }

    private static String health(TopSample.Port port) {
        return switch ((int) port.beginning("standby health")) {
            case 0 -> "healthy";
            case 1 -> "unproven";
            case 2 -> "expected-down";
            case 3 -> "DEAD";
            default -> TimeOfDay.UNKNOWN;
        };
    }

    private double drops(int port) {
        return perSecond(port, "tx_dropped") + perSecond(port, "tx_hold_dropped") + perSecond(port, "tx_refused");
    }

    private String rate(int port, String counter) {
        return amount(perSecond(port, counter));
    }

    private String bits(int port, String counter) {
        return amount(perSecond(port, counter) * Byte.SIZE / 1e6);
    }

    /** Over all that is in the window. */
    private double perSecond(int port, String counter) {
        TopSample last = samples.getLast();
        TopSample first = samples.getFirst();
        TopSample.Port now = last.ports().get(port);
        TopSample.Port before = first.ports().get(port);
        long nanos = last.nanos() - first.nanos();
        return now == null || before == null || nanos == 0
                ? 0
                : (now.count(counter) - before.count(counter)) * 1e9 / nanos;
    }

    /** Four digits and a unit. */
    private static String amount(double value) {
        if (value == 0) {
            return "0";
        }
        if (value < KILO) {
            return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
        }
        return value < KILO * KILO
                ? String.format(Locale.ROOT, "%.1fk", value / KILO)
                : String.format(Locale.ROOT, "%.2fM", value / KILO / KILO);
    }
}
