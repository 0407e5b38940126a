package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** U11: a bridge of the kernel's learns of each switch from the first announcement, where nothing else is sent. */
class AnnounceDpdkTest {
    private static final int SECONDS = 20;
    private static final int ROUNDS = 3;
    private static final String MAC = "02:00:00:00:00:01";

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
    void shouldMoveAddressInBridgeWithOneAnnouncement() {
        try (Program run = startSilentRun();
                Program standby = network.farEnd("standby")) {
            run.awaitLine("standby link up", SECONDS);
            awaitLearnt("standby", run);
            for (int round = 1; round <= ROUNDS; round++) {
                try (Program primary = network.farEnd("primary")) {
                    run.awaitCount("switch standby -> primary", round, SECONDS);
                    awaitLearnt("primary", run);
                    primary.kill();
                    run.awaitCount("switch primary -> standby", round, SECONDS);
                    awaitLearnt("standby", run);
                }
            }
            run.interrupt();
            assertEquals(0, run.waitFor(SECONDS), run::output);
            assertEquals(1, run.count("announcements sent " + (1 + 2 * ROUNDS)), run::output);
            assertEquals(1, run.count("tx 0 by the primary \\+ 0 by the standby"), run::output);
        }
    }

    private void awaitLearnt(String side, Program run) {
        Pause.until(() -> network.learnt(MAC).equals(side), SECONDS * 1000);
        assertEquals(side, network.learnt(MAC), run::output);
    }

    private Program startSilentRun() {
        Program run = Program.twinport(
                "run",
                "--cnc-dir",
                folder.toString(),
                "--primary",
                "net_virtio_user0,server=1,path=" + folder.resolve("primary") + ",mac=" + MAC,
                "--standby",
                "net_virtio_user1,server=1,path=" + folder.resolve("standby"),
                "--handler",
                "sink",
                "--announce",
                "1",
                "--",
                "-l",
                "1",
                "--no-huge");
        run.awaitLine("ready", SECONDS);
        return run;
    }
}
