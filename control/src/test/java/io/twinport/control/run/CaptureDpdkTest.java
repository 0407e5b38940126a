package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.control.UserException;
import io.twinport.control.pcap.PcapngBlocks;
import io.twinport.control.socket.ControlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Captures of a port that generates frames. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CaptureDpdkTest {
    private static final int SECONDS = 60;

    private Path folder;
    private Program twinport;

    @BeforeAll
    void start(@TempDir Path given) {
        folder = given;
        twinport = Program.twinport(
                "run",
                "--cnc-dir",
                folder.toString(),
                "--primary",
                "net_null0,no-rx=1",
                "--standby",
                "net_null1,no-rx=1",
                "--queues",
                "2",
                "--handler",
                "generate:20000",
                "--",
                "--no-huge");
        twinport.awaitReady(2, SECONDS);
    }

    @AfterAll
    void stop() {
        twinport.interrupt();
        assertEquals(0, twinport.waitFor(SECONDS), twinport::output);
        assertEquals(0, twinport.count("frames are not back|^\\s+at "), twinport::output);
        twinport.close();
    }

    private Program capture(String... arguments) {
        String[] all = new String[arguments.length + 3];
        System.arraycopy(new String[] {"capture", "--cnc-dir", folder.toString()}, 0, all, 0, 3);
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return Program.twinport(all);
    }

    private long sent() {
        try (ControlClient client = ControlClient.connect(folder.resolve("twinport.sock"))) {
            return client.request("stats", Map.of())
                    .get(0)
                    .path("port")
                    .path("tx_packets primary")
                    .asLong();
        }
    }

    @Test
    void shouldWriteWhatGoesThroughAllQueues() throws IOException {
        Path file = folder.resolve("capture.pcapng");
        try (Program capture = capture(file.toString(), "--frames", "1000", "--snap", "40")) {
            assertEquals(0, capture.waitFor(SECONDS), capture::output);
        }
        // A section, two interfaces with names, 1000 frames of 40 bytes out by the primary, and the statistics.
        PcapngBlocks blocks = PcapngBlocks.of(Files.readAllBytes(file));
        assertEquals(1000, blocks.frames());
        assertEquals("[twinport primary, twinport standby]", blocks.interfaces().toString());
        assertEquals(1000, blocks.framesOf(0, 2, 40, 60), "all of them sent, by the primary, 40 of 60 bytes kept");
        assertTrue(blocks.statistics() == 1, "its end is there");
    }

    /** The client's disk is full: it says so, and the traffic does not notice. */
    @Test
    void shouldEndWhereTheDiskIsFull() {
        try (Program capture = capture("/dev/full")) {
            assertEquals(1, capture.waitFor(SECONDS), capture::output);
            assertTrue(capture.output().contains("No space left on device"), capture::output);
        }
        long before = sent();
        assertTrue(Pause.until(() -> sent() > before, SECONDS * 1000L), "the traffic goes on");
    }

    /** One at a time; a client that has gone ends its own, and the next one may. */
    @Test
    void shouldServeOneAfterTheOther() {
        try (ControlClient first = ControlClient.connect(folder.resolve("twinport.sock"))) {
            first.request("capture", Map.of());
            try (Program second = capture("-")) {
                assertEquals(2, second.waitFor(SECONDS), second::output);
                assertTrue(second.output().contains("is running already"), second::output);
            }
        }
        try (ControlClient next = ControlClient.connect(folder.resolve("twinport.sock"))) {
            assertTrue(Pause.until(() -> canCapture(next), SECONDS * 1000L));
        }
    }

    private static boolean canCapture(ControlClient client) {
        try {
            return client.request("capture", Map.of("frames", 1)).isObject();
        } catch (UserException e) {
            return false;
        }
    }
}
