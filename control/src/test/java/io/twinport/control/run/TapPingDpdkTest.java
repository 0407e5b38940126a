package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import java.io.IOException;
import java.nio.file.Path;
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
    private static final int SECONDS = 20;
    private static final int ROUNDS = 10;
    private static final int DWELL_MILLIS = 300;
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
    void shouldLoseAtMostOneReplyInEachSwitch() {
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
            int lost = lost(replies);
            assertTrue(
                    lost <= 2 * ROUNDS,
                    () -> lost + " replies lost in " + 2 * ROUNDS + " switches\n" + run.output() + "\n" + replies);
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

    private static int lost(String ping) {
        Matcher matcher =
                Pattern.compile("(\\d+) packets transmitted, (\\d+) received").matcher(ping);
        assertTrue(matcher.find(), ping);
        return Integer.parseInt(matcher.group(1)) - Integer.parseInt(matcher.group(2));
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
