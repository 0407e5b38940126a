package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.control.history.SwitchHistory;
import io.twinport.posix.HugePages;
import io.twinport.posix.SystemFiles;
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
    /** 200 of them take a quarter of an hour. */
    private static final int KILLS = Integer.getInteger("twinport.test.kills", 8);

    private static final int NAMES = 3;
    private static final int MEGABYTES = 256;
    private static final Path EAL = Path.of("/var/run/dpdk");

    @TempDir
    private Path folder;

    private Program run(String name) {
        return run(name, true);
    }

    private Program run(String name, boolean isWithoutHugePages) {
        List<String> all = new ArrayList<>(List.of("run", "--name", name, "--cnc-dir", folder.toString()));
        all.addAll(List.of("--primary", "net_null0", "--handler", "sink", "--flight-recorder", "16"));
        all.addAll(List.of("--standby", "net_virtio_user1,server=1,path=" + folder.resolve(name + ".far")));
        all.addAll(isWithoutHugePages ? List.of("--", "--no-huge") : List.of());
        return Program.twinport(all.toArray(String[]::new));
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

    /** With hugepages where there are some. */
    @Test
    void shouldBeDeletedWhateverWasBeingDoneAtTheKill() {
        int free = HugePages.freeMegabytes();
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Path> left = new ArrayList<>();
        for (int i = 0; i < KILLS; i++) {
            try (Program killed = run("k" + i % NAMES, i % 2 == 0 || free < MEGABYTES)) {
                Pause.millis(200 + random.nextInt(2000));
                killed.kill();
                killed.waitFor(SECONDS);
                left.add(ealFolder(killed));
            }
        }
        try (Program last = run("last")) {
            last.awaitLine("ready", SECONDS);
            assertEquals(List.of(), left.stream().filter(Files::exists).toList());
            assertEquals(List.of("last.sock"), files(".*\\.(sock|new)"));
            end(last);
        }
        for (int i = 0; i < NAMES; i++) { // where a far end is to be met is for who is to meet it
            try (Program again = run("k" + i)) {
                again.awaitLine("ready", SECONDS);
                end(again);
            }
        }
        assertEquals(List.of(), files("(?!(k\\d|last)\\.(cnc|flight|lock)).*"));
        assertEquals(free, HugePages.freeMegabytes(), "MiB of free hugepages");
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
            assertEquals(List.of(), files("(?!next\\.(cnc|far|far\\.lock|flight|lock|sock)).*"));
            assertEquals(0, socketFolders(killed));
            end(next);
        }
    }

    private List<String> files(String regex) {
        return SystemFiles.names(folder).stream()
                .filter(name -> name.matches(regex))
                .toList();
    }

    private static long socketFolders(Program demo) {
        return SystemFiles.names(Path.of(System.getProperty("java.io.tmpdir"))).stream()
                .filter(name -> name.startsWith("twinport-demo-" + demo.pid() + "-"))
                .count();
    }
}
