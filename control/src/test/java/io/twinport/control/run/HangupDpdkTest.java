package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP to a run that was started with it ignored, as the launcher and nohup do. */
class HangupDpdkTest {
    private static final int SECONDS = 60;
    private static final int PAUSE_MILLIS = 20;

    @TempDir
    private Path folder;

    private Path write(int mtu) throws IOException {
        return Files.writeString(folder.resolve("twinport.yaml"), """
                eal: --no-huge
                cnc-dir: %s
                ports: {wan: {primary: net_null0, handler: sink, mtu: %d}}
                """.formatted(folder, mtu));
    }

    private static void hangUp(Program program) {
        Program.run("kill", "-HUP", String.valueOf(program.pid()));
    }

    /** However early it comes. */
    @Test
    void shouldReadTheFileAgainAndNeverEnd() throws IOException {
        Path file = write(1500);
        List<String> ignoring = List.of("bash", "-c", "trap '' HUP; exec \"$@\"", "bash");
        try (Program twinport = Program.twinport(ignoring, List.of(), "run", "-c", file.toString())) {
            while (twinport.count("ready, ") == 0 && twinport.isAlive()) {
                hangUp(twinport);
                Pause.millis(PAUSE_MILLIS);
            }
            assertTrue(twinport.isAlive(), twinport::output);
            twinport.awaitLine("reloaded", SECONDS);
            write(1400);
            hangUp(twinport);
            twinport.awaitLine("reloaded wan.mtu: 1500 -> 1400", SECONDS);
            Program.run("kill", "-TERM", String.valueOf(twinport.pid()));
            assertEquals(0, twinport.waitFor(SECONDS), twinport::output);
        }
    }
}
