package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.control.pcap.PcapFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a port announces after a switch (U11). */
class AnnounceDpdkTest {
    private static final int SECONDS = 60;
    private static final int ROUNDS = 3;
    private static final int LISTEN_MILLIS = 500;
    private static final String MAC = "02:00:00:00:00:01";
    private static final String TAP =
            "tw" + Long.toString(ProcessHandle.current().pid(), 36);

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

    /** A bridge of the kernel's learns of each switch from the first announcement, where nothing else is sent. */
    @Test
    void shouldMoveAddressInBridgeWithOneAnnouncement() {
        try (Program run = start("sink", "--announce", "1");
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

    /** U11, in a capture, for not every kernel has VLANs: both families, tagged and not, as often as was asked for. */
    @Test
    void shouldAnnounceKnownAddressesInVlanToo() {
        Path capture = folder.resolve("standby.pcap");
        try (Program run = start("tap:" + TAP, "--announce", "3", "--announce-ms", "50", "--announce-vlan", "7")) {
            Program.run("ip", "addr", "add", "10.77.0.1/24", "dev", TAP);
            Program.run("ip", "addr", "add", "fd00::1/64", "dev", TAP, "nodad");
            Program.run("ip", "link", "set", TAP, "up", "addrgenmode", "none");
            try (Program standby = Testpmd.capture(folder.resolve("standby"), capture)) {
                run.awaitLine("switch none -> standby", SECONDS);
                Pause.millis(LISTEN_MILLIS);
                standby.interrupt();
                standby.waitFor(SECONDS);
            }
            run.interrupt();
            assertEquals(0, run.waitFor(SECONDS), run::output);
        }
        List<String> frames = PcapFile.read(capture, 2048).stream()
                .map(HexFormat.of()::formatHex)
                .toList();
        String mac = MAC.replace(":", "");
        String arp = "0001080006040001" + mac + "0a4d0001" + "000000000000" + "0a4d0001";
        String advertisement = "60000000" + "00203aff" + "fd000000000000000000000000000001";
        String vlan = "81000007";
        assertEquals(3, count(frames, "ffffffffffff" + mac + "0806" + arp), frames::toString);
        assertEquals(3, count(frames, "ffffffffffff" + mac + vlan + "0806" + arp), frames::toString);
        assertEquals(3, count(frames, "333300000001" + mac + "86dd" + advertisement), frames::toString);
        assertEquals(3, count(frames, "333300000001" + mac + vlan + "86dd" + advertisement), frames::toString);
    }

    private static long count(List<String> frames, String start) {
        return frames.stream().filter(frame -> frame.startsWith(start)).count();
    }

    private void awaitLearnt(String side, Program run) {
        Pause.until(() -> network.learnt(MAC).equals(side), SECONDS * 1000);
        assertEquals(side, network.learnt(MAC), run::output);
    }

    private Program start(String handler, String... options) {
        List<String> command = new ArrayList<>(List.of("run", "--cnc-dir", folder.toString(), "--handler", handler));
        command.addAll(
                List.of("--primary", "net_virtio_user0,server=1,path=" + folder.resolve("primary") + ",mac=" + MAC));
        command.addAll(List.of("--standby", "net_virtio_user1,server=1,path=" + folder.resolve("standby")));
        command.addAll(List.of(options));
        command.addAll(List.of("--", "-l", "1", "--no-huge"));
        Program run = Program.twinport(command.toArray(String[]::new));
        run.awaitLine("ready", SECONDS);
        return run;
    }
}
