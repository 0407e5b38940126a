package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.control.socket.ControlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel sends by a port can be stopped, and go on. */
class DrainDpdkTest {
    private static final int SECONDS = 60;

    @TempDir
    private Path folder;

    private final String name = "twdk" + ProcessHandle.current().pid() % 10_000;

    @Test
    void shouldTakeTheCarrierAndGiveItBack() {
        try (Program twinport = Program.twinport(
                "run",
                "--cnc-dir",
                folder.toString(),
                "--primary",
                "net_null0,no-rx=1",
                "--handler",
                "tap:" + name,
                "--",
                "--no-huge")) {
            twinport.awaitLine("carrier on", SECONDS);
            Program.run("ip", "link", "set", name, "up");
            awaitCarrier("1");
            try (ControlClient operator = ControlClient.connect(folder.resolve("twinport.sock"))) {
                assertFalse(operator.request("drain", Map.of()).path("carrier").asBoolean());
                awaitCarrier("0");
                assertTrue(operator.request("drain", Map.of("undo", true))
                        .path("carrier")
                        .asBoolean());
                awaitCarrier("1");
            }
            twinport.interrupt();
            assertEquals(0, twinport.waitFor(SECONDS), twinport::output);
        }
    }

    private void awaitCarrier(String wanted) {
        Path carrier = Path.of("/sys/class/net", name, "carrier");
        assertTrue(Pause.until(() -> read(carrier).equals(wanted), SECONDS * 1000L), () -> "carrier " + read(carrier));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).trim();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
