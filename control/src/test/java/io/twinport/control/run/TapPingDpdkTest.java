package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The host's ping through a failover port, whose far ends are testpmd processes that lead to TAPs in one bridge:
 *
 * <pre>
 *   the host's network                           a namespace of the test's
 *   ping - tw0 - twinport - virtio-user 0 - vhost testpmd - tap0 - bridge 10.77.0.2
 *                         \ virtio-user 1 - vhost testpmd - tap1 - /
 * </pre>
 */
class TapPingDpdkTest {
    private static final int SECONDS = 60;
    private static final int ROUNDS = 5;
    private static final int DWELL_MILLIS = 300;
    private static final Duration REQUEST_INTERVAL = Duration.ofMillis(10);
    private static final Pattern RUN_LINE = Pattern.compile("^[\\d:.]+");
    private static final Pattern REPLY =
            Pattern.compile("\\[(?<at>[\\d.]+)\\] \\d+ bytes .*icmp_seq=(?<number>\\d+) .*time=(?<ms>[\\d.]+) ms");
    private static final String ID = Long.toString(ProcessHandle.current().pid(), 36);
    private static final String TAP = "tw" + ID;

    @TempDir
    private Path folder;

    private BridgedFarEnds network;

    @BeforeEach
    void makeNetwork() {
        network = BridgedFarEnds.make(folder);
    }

    @AfterEach
    void removeNetwork() throws IOException {
        network.remove();
    }

    @Test
    void shouldLoseNoReplyButThoseOfFarEndThatIsDead() {
        try (Program run = startRun();
                Program standby = network.farEnd("standby")) {
            run.awaitLine("standby link up", SECONDS);
            Program primary = network.farEnd("primary");
            run.awaitLine("switch standby -> primary", SECONDS);
            awaitPing();
            int failbacks = run.count("switch standby -> primary");
            String replies;
            try (Program ping = Program.start("ping", "-D", "-i", "0.01", "10.77.0.2")) {
                for (int round = 1; round <= ROUNDS; round++) {
                    Pause.millis(DWELL_MILLIS);
                    primary.kill();
                    run.awaitCount("switch primary -> standby", round, SECONDS);
                    Pause.millis(DWELL_MILLIS);
                    primary = network.farEnd("primary");
                    run.awaitCount("switch standby -> primary", failbacks + round, SECONDS);
                }
                Pause.millis(DWELL_MILLIS);
                ping.interrupt();
                assertEquals(0, ping.waitFor(SECONDS), ping::output);
                replies = ping.output();
            } finally {
                primary.close();
            }
            assertTrue(standby.isAlive(), standby::output);
            List<LocalTime> switches = times(run.output(), RUN_LINE, " {2}switch primary -> standby");
            assertEquals(ROUNDS, switches.size(), run::output);
            List<LocalTime> lost = lostRequests(replies).stream()
                    .filter(time -> switches.stream().noneMatch(failover -> isOfFailover(time, failover)))
                    .toList();
            assertEquals(List.of(), lost, () -> "lost while a link was up\n" + run.output() + "\n" + replies);
            run.interrupt();
            assertEquals(0, run.waitFor(SECONDS), run::output);
            assertEquals(0, run.count("Exception|times:"), run::output);
        }
    }

    private Program startRun() {
        Program run = Program.twinport(
                "run",
                "--name",
                "ping-" + ID,
                "--cnc-dir",
                folder.toString(),
                "--primary",
                "net_virtio_user0,server=1,path=" + folder.resolve("primary") + ",mac=02:00:00:00:00:01",
                "--standby",
                "net_virtio_user1,server=1,path=" + folder.resolve("standby"),
                "--handler",
                "tap:" + TAP,
                "--",
                "-l",
                "1",
                "--no-huge");
        run.awaitLine("ready", SECONDS);
        assertTrue(Program.run("ip", "link", "show", TAP).contains("02:00:00:00:00:01"), "the TAP has the port's MAC");
        Program.run("ip", "addr", "add", "10.77.0.1/24", "dev", TAP);
        Program.run("ip", "link", "set", TAP, "up");
        return run;
    }

    /** Lost because the far end was dead already, or the one request that was under way when the port noticed. */
    private static boolean isOfFailover(LocalTime sent, LocalTime failover) {
        Duration after = Duration.between(failover, sent);
        return after.compareTo(REQUEST_INTERVAL) <= 0 && after.compareTo(Duration.ofSeconds(-SECONDS)) > 0;
    }

    /**
     * When the requests were sent that got no reply, from those around them that got one. A reply may come long after
     * others: what waited in the dead far end's ring goes on when that is back.
     */
    private static List<LocalTime> lostRequests(String ping) {
        NavigableMap<Integer, LocalTime> answered = new TreeMap<>();
        ping.lines().map(REPLY::matcher).filter(Matcher::find).forEach(reply -> {
            long nanos = (long) (Double.parseDouble(reply.group("ms")) * 1e6);
            answered.put(
                    Integer.parseInt(reply.group("number")),
                    time(reply.group("at")).minusNanos(nanos));
        });
        List<LocalTime> lost = new ArrayList<>();
        for (int missing = answered.firstKey() + 1; missing < answered.lastKey(); missing++) {
            if (!answered.containsKey(missing)) {
                var before = answered.lowerEntry(missing);
                var after = answered.higherEntry(missing);
                Duration span = Duration.between(before.getValue(), after.getValue());
                lost.add(before.getValue()
                        .plus(span.multipliedBy(missing - before.getKey())
                                .dividedBy(after.getKey() - before.getKey())));
            }
        }
        return lost;
    }

    private static List<LocalTime> times(String output, Pattern line, String what) {
        return output.lines()
                .filter(text -> text.matches(".*" + what + ".*"))
                .map(line::matcher)
                .filter(Matcher::find)
                .map(found -> LocalTime.parse(found.group()))
                .toList();
    }

    /** The time of day of seconds since 1970. */
    private static LocalTime time(String seconds) {
        long nanos = new BigDecimal(seconds).movePointRight(9).longValue();
        return Instant.EPOCH.plusNanos(nanos).atZone(ZoneId.systemDefault()).toLocalTime();
    }

    private static void awaitPing() {
        long deadline = System.nanoTime() + SECONDS * 1_000_000_000L;
        while (true) {
            try (Program ping = Program.start("ping", "-c", "1", "-W", "1", "10.77.0.2")) {
                if (ping.waitFor(SECONDS) == 0) {
                    return;
                }
            }
            assertTrue(System.nanoTime() < deadline, "no reply at all");
        }
    }
}
