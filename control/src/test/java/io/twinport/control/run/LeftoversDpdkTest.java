package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.control.SystemFiles;
import io.twinport.control.history.SwitchHistory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start deletes what killed predecessors have left, whatever their names were, and leaves alone what is of others. */
class LeftoversDpdkTest {
    private static final int SECONDS = 60;
    private static final int KILLS = 8;
    private static final Path EAL = Path.of("/var/run/dpdk");

    @TempDir
    private Path folder;

    private Program run(String name) {
        return Program.twinport(
                "run",
                "--name",
                name,
                "--cnc-dir",
                folder.toString(),
                "--primary",
                "net_null0",
                "--handler",
                "sink",
                "--",
                "--no-huge");
    }

    private static Path ealFolder(Program twinport) {
        return EAL.resolve("twinport-" + twinport.pid());
    }

    private static void end(Program twinport) {
        twinport.interrupt();
        assertEquals(0, twinport.waitFor(SECONDS), twinport::output);
    }

    @Test
    void shouldBeDeletedByTheNextStartOfAnyName() {
        try (Program live = run("live");
                Program killed = run("killed")) {
            live.awaitLine("ready", SECONDS);
            killed.awaitLine("ready", SECONDS);
            killed.kill();
            killed.waitFor(SECONDS);
            assertTrue(Files.isDirectory(ealFolder(killed)));
            assertTrue(Files.exists(folder.resolve("killed.sock")));
            try (Program next = run("next")) {
                next.awaitLine("ready", SECONDS);
                assertFalse(Files.exists(ealFolder(killed)), "its files are gone");
                assertFalse(Files.exists(folder.resolve("killed.sock")), "nobody listens there");
                assertEquals(
                        killed.pid(),
                        SwitchHistory.read(folder.resolve("killed.cnc")).pid());
                assertTrue(Files.isDirectory(ealFolder(live)));
                assertTrue(Files.exists(folder.resolve("live.sock")));
                end(next);
            }
            end(live);
        }
    }

    @Test
    void shouldBeDeletedWhateverWasBeingDoneAtTheKill() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Path> left = new ArrayList<>();
        for (int i = 0; i < KILLS; i++) {
            try (Program killed = run("k" + i % 3)) {
                Pause.millis(200 + random.nextInt(2000));
                killed.kill();
                killed.waitFor(SECONDS);
                left.add(ealFolder(killed));
            }
        }
        try (Program last = run("last")) {
            last.awaitLine("ready", SECONDS);
            assertEquals(List.of(), left.stream().filter(Files::exists).toList());
            assertEquals(
                    List.of("last.sock"),
                    SystemFiles.names(folder).stream()
                            .filter(name -> name.endsWith(".sock") || name.endsWith(".new"))
                            .toList());
            end(last);
        }
        assertEquals(
                List.of(),
                SystemFiles.names(folder).stream()
                        .filter(name -> !name.matches("(k\\d|last)\\.(cnc|lock)"))
                        .toList());
    }

    /** Whoever is killed in the middle of a demo would never be asked for again: its name has its process's number. */
    @Test
    void shouldBeDeletedWithWhatADemoHasOnRecord() {
        Program killed;
        try (Program demo = Program.twinport("demo", "--cnc-dir", folder.toString())) {
            demo.awaitLine("seconds", SECONDS);
            demo.kill();
            demo.waitFor(SECONDS);
            assertTrue(Files.exists(folder.resolve("demo-" + demo.pid() + ".cnc")));
            assertEquals(1, socketFolders(demo));
            killed = demo;
        }
        try (Program next = run("next")) {
            next.awaitLine("ready", SECONDS);
            assertEquals(List.of("next.cnc", "next.lock", "next.sock"), SystemFiles.names(folder));
            assertEquals(0, socketFolders(killed));
            end(next);
        }
    }

    private static long socketFolders(Program demo) {
        return SystemFiles.names(Path.of(System.getProperty("java.io.tmpdir"))).stream()
                .filter(name -> name.startsWith("twinport-demo-" + demo.pid() + "-"))
                .count();
    }
}
