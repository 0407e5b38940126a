package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** U5: what comes by a veth from a namespace of the test's, whose kernel leaves to a NIC what it can. */
class PacketInspectionTest {
    private static final String NEAR = "twj" + ProcessHandle.current().pid() % 100_000;
    private static final String NAMESPACE = "twinport-" + NEAR;
    private static final int LONGEST = 1982;

    @BeforeEach
    void makeNetwork() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/dev/net/tun")), "kernel interfaces need root");
        run("ip", "netns", "add", NAMESPACE);
        run("ip", "link", "add", NEAR, "type", "veth", "peer", "name", "far", "netns", NAMESPACE);
        run("ip", "link", "set", NEAR, "up");
        there("ip address add 10.79.9.1/24 dev far; ip -6 address add fd79::1/64 dev far nodad; ip link set far up;"
                + " ip neigh replace 10.79.9.2 lladdr 02:00:00:00:00:09 dev far;"
                + " ip neigh replace fd79::2 lladdr 02:00:00:00:00:09 dev far");
    }

    @AfterEach
    void removeNetwork() throws Exception {
        ChildJvm.run(List.of("ip", "link", "delete", NEAR)); // at once; a namespace goes later
        ChildJvm.run(List.of("ip", "netns", "delete", NAMESPACE));
    }

    private static void run(String... command) throws Exception {
        ChildJvm.Result result = ChildJvm.run(Arrays.asList(command));
        assertEquals(0, result.exitCode(), result::toString);
    }

    /** Nobody answers: connections are not made, and that is no failure. */
    private static void there(String script) throws Exception {
        run("ip", "netns", "exec", NAMESPACE, "bash", "-c", script + "; true");
    }

    private static PacketInspection inspection() {
        return new PacketInspection(Interfaces.indexOf(NEAR).orElseThrow(), LONGEST);
    }

    @Test
    void shouldCountFramesWhoseChecksumsAreLeftToANic() throws Exception {
        String sending = "echo x > /dev/udp/10.79.9.2/7; echo x > /dev/udp/fd79::2/7;"
                + " timeout 0.5 bash -c 'echo > /dev/tcp/10.79.9.2/7'; timeout 0.5 bash -c 'echo > /dev/tcp/fd79::2/7'";
        try (PacketInspection inspection = inspection()) {
            there("ping -c 3 -i 0.2 -w 1 10.79.9.2");
            assertEquals(0, inspection.unfinished(), "ICMP's are complete");
            there(sending);
            Await.until("each of UDP and TCP, by IPv4 and IPv6", () -> inspection.unfinished() >= 4);
            long before = inspection.unfinished();
            there("ethtool -K far tx off");
            there(sending);
            there(sending);
            assertEquals(before, inspection.unfinished(), "they are complete now");
            assertEquals(0, inspection.tooLong());
        }
    }

    @Test
    void shouldCountWhatIsTooLong() throws Exception {
        there("ethtool -K far tx off");
        try (PacketInspection inspection = inspection()) {
            there("ping -c 3 -i 0.2 -w 1 -s 1400 10.79.9.2; ping -c 3 -i 0.2 -w 1 -s 1800 10.79.9.2");
            assertEquals(0, inspection.tooLong(), "in one piece, and in fragments that are short enough together");
            there("ping -c 3 -i 0.2 -w 1 -s 3000 10.79.9.2");
            Await.until("a datagram each, in fragments", () -> inspection.tooLong() >= 3);
            long before = inspection.tooLong();
            run("ip", "link", "set", NEAR, "mtu", "9000");
            there("ip link set far mtu 9000; ping -c 3 -i 0.2 -w 1 -s 3000 10.79.9.2");
            Await.until("a frame each", () -> inspection.tooLong() >= before + 3);
            assertEquals(0, inspection.unfinished());
        }
    }

    /** The kernel counts more than there is room for. */
    @Test
    void shouldCountWhatNobodyHasLookedAtMeanwhile() throws Exception {
        try (PacketInspection inspection = inspection()) {
            there("for i in $(seq 300); do echo x > /dev/udp/10.79.9.2/7; done");
            Await.until("all of them", () -> inspection.unfinished() >= 300);
        }
    }

    @Test
    void shouldKeepWhatItHasCountedWhenItIsClosed() throws Exception {
        PacketInspection inspection = inspection();
        there("echo x > /dev/udp/10.79.9.2/7");
        Await.until("it is counted", () -> inspection.unfinished() > 0);
        run("ip", "link", "set", NEAR, "down");
        inspection.close();
        assertTrue(inspection.unfinished() > 0);
    }
}
