package io.twinport.control.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * U5 below a packet socket: what the kernel has merged, or left to a NIC, comes by an interface as it is. It is switched off where
 * that can be done, else counted and said, with the command that mends it.
 */
class WholeFramesDpdkTest {
    private static final int SECONDS = 60;

    /** Merged frames that are cut leave some 30 kbit/s, unfinished ones none. */
    private static final int ENOUGH = 1000;

    private static final String COMMAND = "Let it complete them: (ip netns exec .* tx off)$";

    @TempDir
    private Path folder;

    @RegisterExtension
    private final GuestNetwork network = new GuestNetwork();

    private Program startRun(String driver, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--name", "guest", "--cnc-dir", folder.toString()));
        arguments.addAll(List.of("--primary", driver + "0,iface=primary", "--standby", driver + "1,iface=standby"));
        arguments.addAll(List.of("--handler", "tap:wan", "--failback", "at-once"));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("--", "--no-huge"));
        Program run = network.startTwinport(arguments);
        run.awaitReady(2, SECONDS);
        network.inGuest("ip", "addr", "add", "10.77.0.2/24", "dev", "wan");
        network.inGuest("ip", "link", "set", "wan", "up");
        network.inGuest("ping", "-c", "3", "-i", "0.2", "-w", "20", GuestNetwork.HOST);
        return run;
    }

    private static void end(Program run) {
        run.interrupt();
        assertEquals(0, run.waitFor(SECONDS), run::output);
        assertEquals(0, run.count("Exception|^\\d+ times:|not fully restored|not all settings"), run::output);
    }

    private String show(String what) {
        return Executed.twinport("show", what, "--name", "guest", "--cnc-dir", folder.toString())
                .output();
    }

    /** Kilobits that TCP has brought from the other host per second; 0 if it did not even connect. */
    private long rate() {
        try (Program server = network.startInNetwork("iperf3", "-s", "-1", "--forceflush", "-B", GuestNetwork.HOST)) {
            server.awaitLine("Server listening", SECONDS);
            String[] client = {
                "iperf3", "-c", GuestNetwork.HOST, "-R", "-t", "2", "-b", "3M", "-f", "k", "--connect-timeout", "3000"
            };
            try (Program run = network.startInGuest(client)) {
                run.waitFor(SECONDS);
                return run.output()
                        .lines()
                        .filter(line -> line.endsWith("receiver"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll(".* (\\d+)(\\.\\d+)? Kbits/sec.*", "$1")))
                        .findFirst()
                        .orElse(0);
            }
        }
    }

    private static void assertFlows(long kilobits) {
        assertTrue(kilobits > ENOUGH, kilobits + " kbit/s");
    }

    @Test
    void shouldSayTheCommandThatHasTcpWork() {
        leaveAllToTheNic();
        try (Program run = startRun("net_af_packet")) {
            executeWhatIsSaid(run);
            assertFlows(rate());
            network.cut("primary");
            run.awaitLine("switch primary -> standby", SECONDS);
            assertFlows(rate());
            end(run);
        }
        assertEquals(2, features("rx-gro|generic-receive-offload: on"), "put back");
    }

    /** XDP is before the kernel merges, which switches that on by itself: nothing of it is anybody else's doing. */
    @Test
    void shouldSayTheSameWhereFramesComeByXdp() {
        leaveAllToTheNic();
        try (Program run = startRun("net_af_xdp")) {
            executeWhatIsSaid(run);
            assertEquals(0, run.count("somebody else"), run::output);
            end(run);
        }
    }

    private void leaveAllToTheNic() {
        for (String side : List.of("primary", "standby")) {
            network.inNetwork("ethtool", "-K", "to-" + side, "tx", "on");
            network.inGuest("ethtool", "-K", side, "gro", "on");
        }
    }

    private static void executeWhatIsSaid(Program run) {
        for (String side : List.of("primary", "standby")) {
            String line = run.awaitLine("of " + side + " leaves checksums to a NIC.*" + COMMAND, SECONDS);
            Program.run(line.replaceAll(".*" + COMMAND, "$1").split(" "));
        }
    }

    private long features(String regex) {
        return List.of("primary", "standby").stream()
                .filter(side -> network.inGuest("ethtool", "-k", side)
                        .lines()
                        .anyMatch(line -> line.matches(".*(" + regex + ").*")))
                .count();
    }

    /** What the driver cannot take whole is dropped, counted and said; so is what comes unfinished. */
    @Test
    void shouldCountAndSayWhatItCannotTake() {
        network.inNetwork("ethtool", "-K", "to-primary", "tx", "on");
        try (Program run = startRun("net_af_packet")) {
            assertTrue(rate() < ENOUGH);
            run.awaitLine(
                    "primary net_af_packet0: frames on primary have unfinished checksums, which their sender.* ethtool -K"
                            + " to-primary tx off",
                    SECONDS);
            network.inNetwork("ethtool", "-K", "to-primary", "tx", "off");
            // In fragments, which net_af_packet has the kernel put together.
            network.inGuest("sh", "-c", "ping -c 5 -i 0.2 -w 2 -s 3000 " + GuestNetwork.HOST + " || true");
            run.awaitLine("primary net_af_packet0: frames on primary are longer than the 1982 bytes", SECONDS);
            String port = show("port");
            assertTrue(port.contains("frames longer than 1982 bytes dropped: "), port);
            assertTrue(port.contains("frames with checksums that are not complete: "), port);
            assertTrue(show("xstats").matches("(?s).*kernel_too_long +[1-9].*"), show("xstats"));
            assertTrue(show("stats").matches("(?s).*rx_errors +[1-9].*"), show("stats"));
            end(run);
        }
    }

    /** Both ends of a veth are here: what is merged and unfinished is switched off at the other one, too. */
    @Test
    void shouldHaveTheOtherEndInTheSameNamespaceSendWholeFrames() {
        network.pull("primary");
        network.pull("standby");
        network.inGuest(
                "sh",
                "-c",
                "ip link add br1 type bridge forward_delay 0 && ip link set br1 up"
                        + " && for i in primary standby; do ip link add $i address " + GuestNetwork.MAC
                        + " type veth peer name $i.1 && ip link set $i up && ip link set $i.1 up master br1"
                        + " && ethtool -K $i gro on; done");
        network.inNetwork(
                "ip", "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", network.guest());
        network.inNetwork("ip", "link", "set", "wire", "up", "master", "br0");
        network.inGuest("ip", "link", "set", "wire", "up", "master", "br1");
        try (Program run = startRun("net_af_packet")) {
            assertEquals(0, run.count("leaves? checksums"), run::output);
            assertFlows(rate());
            network.inGuest("ip", "link", "set", "primary.1", "down");
            run.awaitLine("switch primary -> standby", SECONDS);
            assertFlows(rate());
            network.inGuest("ethtool", "-K", "standby.1", "tx", "on");
            run.awaitLine("somebody else has set tx-checksum-ip-generic of standby.1 to on; it is off again", SECONDS);
            assertFlows(rate());
            end(run);
        }
        for (String end : List.of("primary.1", "standby.1")) {
            String features = network.inGuest("ethtool", "-k", end);
            assertTrue(features.contains("tcp-segmentation-offload: on"), features);
            assertTrue(features.contains("tx-checksum-ip-generic: on"), features);
        }
    }

    @Test
    void shouldSayThatSlotsAreLargerThanMbufs() {
        String device = "net_af_packet0,iface=primary,blocksz=16384,framesz=16384";
        try (Program run = network.startTwinport(
                List.of("--cnc-dir", folder.toString(), "--primary", device, "--", "--no-huge"))) {
            assertEquals(2, run.waitFor(SECONDS), run::output);
            assertTrue(run.output().contains("with framesz=16384 frames are up to 16352 bytes long"), run::output);
        }
    }

    /** R22, R33: a network with longer frames. The interface is put back, though its driver could not have that. */
    @Test
    void shouldHaveThePortsMtuOnAnInterfaceOfAJumboNetwork() {
        network.inGuest("sh", "-c", "for i in primary standby; do ip link set $i mtu 9000; done");
        try (Program run = startRun("net_af_packet")) {
            assertEquals("1500", read("primary"));
            network.inGuest("ip", "link", "set", "wan", "mtu", "1400");
            run.awaitLine("MTU 1400, as it was set on the interface", SECONDS);
            assertEquals("1400", read("standby"));
            end(run);
        }
        assertEquals("9000", read("primary"));
        assertEquals("9000", read("standby"));
    }

    private String read(String side) {
        return network.inGuest("cat", "/sys/class/net/" + side + "/mtu").strip();
    }
}
