package io.twinport.control.cli;

import io.twinport.control.TimeOfDay;
import io.twinport.control.UserException;
import io.twinport.control.history.SwitchHistory;
import io.twinport.control.history.SwitchHistory.Switch;
import io.twinport.control.pcap.FlightCapture;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twinport history}. */
@Command(
        name = "history",
        description = "Show the switches that a twinport.cnc has on record, the last 4096: failovers and reversions"
                + " (RFC 6414), their cause, their convergence time from event to first burst and their packet loss (RFC"
                + " 6412). Works beside the process that writes it, and after it has died.",
        mixinStandardHelpOptions = true)
final class HistoryCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
            .withZone(ZoneId.systemDefault());

    /** What a JSON number can tell exactly. */
    private static final long MOST_SWITCH = 1L << 53;

    @Parameters(paramLabel = "FILE", description = "For instance /dev/shm/twinport-root/twinport.cnc")
    Path file = Path.of("");

    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            description = "Write it as JSON; '-': to stdout, and nothing else.")
    @Nullable
    String json;

    @Option(
            names = "--pcap",
            paramLabel = "FILE",
            description =
                    "Write what the flight recorder has kept around the switches (run --flight-recorder) as pcapng.")
    @Nullable
    Path pcap;

    @Bounds(least = 1, most = MOST_SWITCH)
    @Option(
            names = "--switch",
            paramLabel = "N",
            description = "With --pcap: only the frames around the switch of that number, ${BOUNDS}.")
    @Nullable
    Long only;

    @Override
    public Integer call() throws IOException {
        if (only != null && pcap == null) {
            throw new UserException("--switch " + only + " selects frames for --pcap FILE. Give that option too.");
        }
        Commands.checkWritable("--json", json);
        Commands.checkWritable("--pcap", pcap == null ? null : pcap.toString());
        SwitchHistory history = SwitchHistory.read(file);
        PrintStream out = Commands.textStream(json);
        if (json == null) {
            show(history, out);
        } else {
            Commands.writeJson(history, json);
        }
        if (pcap != null) {
            int frames = FlightCapture.write(file, pcap, only == null ? OptionalLong.empty() : OptionalLong.of(only));
            out.println(frames + " frames written to " + pcap);
        }
        return 0;
    }

    static void show(SwitchHistory history, PrintStream out) {
        out.printf(
                "%-26s %4s %6s  %-18s %-32s %12s %8s %6s %7s %8s %8s%n",
                "decision",
                "port",
                "switch",
                "from -> to",
                "cause",
                "us to burst",
                "lost <=",
                "resent",
                "held",
                "dropped",
                "suppr.");
        for (Switch each : history.switches()) {
            out.printf(
                    Locale.ROOT,
                    "%-26s %4d %6d  %-18s %-32s %12s %8d %6s %7s %8s %8s%s%n",
                    time(each.decision()),
                    each.port(),
                    each.sequence(),
                    each.from() + " -> " + each.to(),
                    each.cause(),
                    micros(each),
                    each.lostAtMost(),
                    count(each.resent()),
                    count(each.held()),
                    count(each.dropped()),
                    count(each.suppressed()),
                    planned(each));
        }
        out.println(history.switches().size() + " switches of process " + history.pid() + ", started "
                + time(history.start()));
    }

    private static String time(@Nullable Instant instant) {
        return instant == null ? TimeOfDay.UNKNOWN : TIME.format(instant);
    }

    private static String micros(Switch each) {
        OptionalDouble micros = each.microsToBurst();
        return micros.isEmpty()
                ? "-"
                : String.format(Locale.ROOT, "%s%.2f", each.event() == null ? "~" : "", micros.getAsDouble());
    }

    private static String planned(Switch each) {
        if (!each.planned()) {
            return "";
        }
        return each.drained() == null ? "  planned" : each.drained() ? "  planned, drained" : "  planned, NOT DRAINED";
    }

    private static String count(@Nullable Long value) {
        return value == null ? "-" : value.toString();
    }
}
