package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code twinport run} between two testpmd processes, one for each socket, that come and go as hosts' back ends do, by either driver. */
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"net_virtio_user", "vhost-user"})
class RunWithTestpmdDpdkTest {

    private static final String MAC = "02:00:00:00:00:01";
    private static final int SECONDS = 60;

    private final String driver;

    @TempDir
    private Path folder;

    /** @param driver of the sides: DPDK's, or twinport's own */
    RunWithTestpmdDpdkTest(String driver) {
        this.driver = driver;
    }

    @AfterEach
    void cleanUp() throws IOException {
        Testpmd.cleanUp();
    }

    private Path primarySocket() {
        return folder.resolve("primary");
    }

    private Path standbySocket() {
        return folder.resolve("standby");
    }

    private Program startRun(String handler) {
        Program run = Program.twinport(
                "run",
                "--name",
                "test-" + ProcessHandle.current().pid(),
                "--cnc-dir",
                folder.toString(),
                "--primary",
                side(0, primarySocket()) + ",mac=" + MAC,
                "--standby",
                side(1, standbySocket()), // adopts the primary's MAC
                "--handler",
                handler,
                "--",
                "-l",
                "1",
                "--no-huge");
        run.awaitLine("ready", SECONDS);
        return run;
    }

    private String side(int number, Path socket) {
        return driver.equals("vhost-user")
                ? "vhost-user:" + socket + ",server=1"
                : driver + number + ",server=1,path=" + socket;
    }

    private static void stop(Program run) {
        run.interrupt();
        assertEquals(0, run.waitFor(SECONDS), run::output);
        assertEquals(0, run.count("Exception|times:"), run::output);
    }

    private static long summary(Program run, String regex) {
        Matcher matcher = Pattern.compile(regex).matcher(run.output());
        assertTrue(matcher.find(), run::output);
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void shouldMoveTheTrafficWhenTheFarEndOfThePrimaryIsKilledAndBringItBack() throws Exception {
        try (Program run = startRun("generate:100000")) {
            try (Program standby = Testpmd.reflector(standbySocket())) {
                run.awaitLine("switch none -> standby", SECONDS);
                assertTrue(standby.isAlive());
                for (int round = 1; round <= 3; round++) {
                    try (Program primary = Testpmd.reflector(primarySocket())) {
                        run.awaitCount("switch standby -> primary", round, SECONDS);
                        Thread.sleep(300);
                        primary.kill();
                        run.awaitCount("switch primary -> standby.*event to first burst: \\d", round, SECONDS);
                    }
                    Thread.sleep(300);
                }
            }
            run.awaitLine("switch standby -> none", SECONDS);
            stop(run);
            // Each side has carried traffic for 0.9 s, and it came back: the far ends reflect it.
            assertTrue(summary(run, "tx (\\d+) by the primary") > 10_000, run::output);
            assertTrue(summary(run, "\\+ (\\d+) by the standby") > 10_000, run::output);
            assertTrue(summary(run, "rx (\\d+),") > 20_000, run::output);
            assertEquals(3, summary(run, "(\\d+) failovers"));
            assertEquals(3, summary(run, "(\\d+) failbacks"));
        }
    }

    @Test
    void shouldSurviveStartsAndKillsInAnyOrder() throws Exception {
        try (Program run = startRun("generate:50000")) {
            Program primary = Testpmd.sink(primarySocket());
            Program standby = Testpmd.sink(standbySocket());
            primary.kill(); // while it connects
            run.awaitLine("standby link up", SECONDS);
            standby.kill();
            run.awaitLine("standby link down", SECONDS);
            primary = Testpmd.sink(primarySocket());
            run.awaitLine("switch none -> primary", SECONDS);
            primary.kill();
            run.awaitLine("switch primary -> none", SECONDS);
            standby = Testpmd.sink(standbySocket());
            primary = Testpmd.sink(primarySocket());
            run.awaitCount("primary link up", 2, SECONDS);
            run.awaitCount("standby link up", 2, SECONDS);
            standby.kill();
            primary.kill();
            run.awaitCount("primary link down", 2, SECONDS);
            run.awaitCount("standby link down", 2, SECONDS);
            assertTrue(run.isAlive(), run::output);
            stop(run);
            assertTrue(summary(run, "tx (\\d+) by the primary") > 0, run::output);
        }
    }

    @Test
    void shouldEndOnCtrlCWhileBothSidesWaitForTheirFarEnds() {
        try (Program run = startRun("sink")) {
            run.awaitLine("waiting for the primary " + driver + ".*" + primarySocket(), SECONDS);
            run.awaitLine("waiting for the standby " + driver + ".*" + standbySocket(), SECONDS);
            stop(run);
            assertTrue(Files.notExists(primarySocket()), "the socket was left behind");
            assertTrue(Files.notExists(standbySocket()), "the socket was left behind");
        }
    }

    @Test
    void shouldWorkWithOneSideWhileTheOtherWaits() {
        try (Program run = startRun("reflect")) {
            try (Program standby = Testpmd.sink(standbySocket())) {
                run.awaitLine("switch none -> standby", SECONDS);
                assertTrue(standby.isAlive());
                assertEquals(0, run.count("primary.*joined"), run::output);
                stop(run);
            }
        }
    }
}
