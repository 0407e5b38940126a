package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Program;
import io.twinport.control.pcap.PcapFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code twinport history} tells of a {@code run} that lives, and of one that was killed. */
class HistoryDpdkTest {
    private static final int SECONDS = 60;
    private static final int FRAMES = 32;
    private static final int PRIMARY = 1;
    private static final int STANDBY = 2;
    private static final int ENHANCED_BLOCK = 6;

    @TempDir
    private Path folder;

    @AfterEach
    void cleanUp() throws IOException {
        Testpmd.cleanUp();
    }

    private Path cnc() {
        return folder.resolve("h.cnc");
    }

    private Program startRun(String... more) {
        List<String> all = new ArrayList<>(List.of("run", "--name", "h", "--cnc-dir", folder.toString()));
        all.addAll(List.of(
                "--primary", "net_virtio_user0,server=1,path=" + folder.resolve("p") + ",mac=02:00:00:00:00:01"));
        all.addAll(List.of("--standby", "net_virtio_user1,server=1,path=" + folder.resolve("s")));
        all.addAll(List.of("--handler", "generate:20000"));
        all.addAll(List.of(more));
        all.addAll(List.of("--", "--no-huge"));
        Program run = Program.twinport(all.toArray(String[]::new));
        run.awaitLine("ready", SECONDS);
        return run;
    }

    private static String history(String... arguments) {
        List<String> all = new ArrayList<>(List.of("history"));
        all.addAll(List.of(arguments));
        Executed history = Executed.twinport(all.toArray(String[]::new));
        assertEquals(0, history.code(), history::output);
        return history.output();
    }

    private static String refused(String... arguments) {
        List<String> all = new ArrayList<>(List.of("history"));
        all.addAll(List.of(arguments));
        Executed history = Executed.twinport(all.toArray(String[]::new));
        assertEquals(2, history.code(), history::output);
        return history.output();
    }

    /** An enhanced packet block. */
    private record Packet(int side, long nanos, int captured, int length, boolean inbound) {}

    private static List<Packet> packets(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Packet> packets = new ArrayList<>();
        int length;
        for (int at = 0; at < bytes.limit(); at += length) {
            length = bytes.getInt(at + 4);
            assertEquals(length, bytes.getInt(at + length - 4));
            if (bytes.getInt(at) == ENHANCED_BLOCK) {
                long nanos = (long) bytes.getInt(at + 12) << 32 | bytes.getInt(at + 16) & 0xffff_ffffL;
                int captured = bytes.getInt(at + 20);
                // The flags are the last option but the end: code, length, value.
                int flags = bytes.getInt(at + length - 12);
                packets.add(new Packet(bytes.getInt(at + 8), nanos, captured, bytes.getInt(at + 24), flags == 1));
            }
        }
        return packets;
    }

    @Test
    void shouldShowSwitchesAndTheFramesAroundThemOfALiveAndOfAKilledProcess() throws Exception {
        try (Program standby = Testpmd.reflector(folder.resolve("s"));
                Program run = startWith(standby)) {
            try (Program primary = Testpmd.reflector(folder.resolve("p"))) {
                run.awaitLine("switch standby -> primary", SECONDS);
                Thread.sleep(500);
                primary.kill();
                run.awaitLine("switch primary -> standby", SECONDS);
            }
            Thread.sleep(2500);
            Path pcap = folder.resolve("live.pcapng");
            String table = history(cnc().toString(), "--pcap", pcap.toString());
            assertTrue(table.contains("primary -> standby"), table);
            assertTrue(table.contains("primary link down"), table);
            long failover = assertHistory();
            assertAround(failover, "of-the-live");
            run.kill();
            assertEquals(137, run.waitFor(SECONDS));
            assertEquals(failover, assertHistory());
            assertAround(failover, "of-the-dead");
            assertTrue(refused(cnc().toString(), "--pcap", pcap.toString(), "--switch", "99")
                    .contains("--switch 99: the recording has no frames of that switch"));
        }
    }

    private Program startWith(Program standby) {
        assertTrue(standby.isAlive());
        Program run = startRun("--failback", "at-once", "--flight-recorder", String.valueOf(FRAMES));
        run.awaitLine("switch none -> standby", SECONDS);
        return run;
    }

    /** Gives the number of the failover. */
    private long assertHistory() throws IOException {
        Path file = folder.resolve("history.json");
        history(cnc().toString(), "--json", file.toString());
        JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
        JsonNode failover = StreamSupport.stream(json.get("switches").spliterator(), false)
                .filter(each -> each.get("kind").asString().equals("failover"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(json.toPrettyString()));
        assertEquals("primary", failover.get("from").asString());
        assertEquals("standby", failover.get("to").asString());
        assertEquals("primary link down", failover.get("cause").asString());
        assertEquals(false, failover.get("planned").asBoolean());
        assertTrue(failover.get("lostAtMost").asLong() > 0, json.toPrettyString());
        assertTrue(failover.get("resent").isNumber(), "it is over: " + json.toPrettyString());
        assertTrue(!failover.get("firstBurst").isNull(), json.toPrettyString());
        return failover.get("sequence").asLong();
    }

    private void assertAround(long sequence, String name) throws IOException {
        Path pcap = folder.resolve(name);
        history(cnc().toString(), "--pcap", pcap.toString(), "--switch", String.valueOf(sequence));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(pcap)));
        List<Packet> packets = packets(pcap);
        assertEquals(2 * FRAMES, packets.size(), packets::toString);
        assertEquals(2 * FRAMES, PcapFile.read(pcap, 2000).size());
        for (int i = 0; i < packets.size(); i++) {
            Packet packet = packets.get(i);
            if (!packet.inbound()) {
                assertEquals(i < FRAMES ? PRIMARY : STANDBY, packet.side(), packets::toString);
            }
            assertEquals(60, packet.length());
            assertEquals(60, packet.captured());
            assertTrue(i == 0 || packet.nanos() >= packets.get(i - 1).nanos(), packets::toString);
        }
        assertTrue(packets.subList(0, FRAMES).stream().anyMatch(packet -> !packet.inbound()), packets::toString);
        assertTrue(
                packets.subList(FRAMES, 2 * FRAMES).stream().anyMatch(packet -> !packet.inbound()), packets::toString);
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "hello");
        assertTrue(refused(text.toString()).contains("is no twinport.cnc"));
        assertTrue(refused(folder.resolve("none").toString()).contains("does not exist"));
        assertTrue(refused(folder.toString()).contains("it is a folder"));
        assertTrue(refused(text.toString(), "--switch", "1").contains("--pcap"));
        assertTrue(refused(text.toString(), "--pcap", "/no/such/folder/x").contains("--pcap"));
        assertTrue(refused().contains("FILE"));
        Executed run = Executed.twinport("run", "--flight-recorder", "100000", "--primary", "net_ring0");
        assertEquals(2, run.code(), run::output);
        assertTrue(run.output().contains("--flight-recorder 100000"), run::output);
    }
}
