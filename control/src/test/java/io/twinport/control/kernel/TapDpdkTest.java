package io.twinport.control.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.dataplane.cnc.CncReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the user of the kernel's interface does to it. */
class TapDpdkTest {
    private static final int SECONDS = 60;
    private static final int PROMISCUOUS = 0x100;
    private static final String STRANGER = "02:00:00:00:99:99";
    private static final String POD =
            "twinport-pod-" + Long.toString(ProcessHandle.current().pid(), 36);

    @TempDir
    private Path folder;

    @RegisterExtension
    private final GuestNetwork network = new GuestNetwork();

    @Test
    void shouldSetBothSidesAsTheInterfaceIsSet() {
        List<String> arguments = new ArrayList<>(List.of("--name", "guest", "--cnc-dir", folder.toString()));
        arguments.addAll(List.of("--primary", "net_tap0,iface=one,mac=" + GuestNetwork.MAC));
        arguments.addAll(List.of("--standby", "net_tap1,iface=two", "--handler", "tap:wan", "--", "--no-huge"));
        try (Program run = network.startTwinport(arguments)) {
            run.awaitReady(2, SECONDS);
            network.inGuest("ip", "link", "set", "wan", "mtu", "1400");
            run.awaitLine("MTU 1400, as it was set on the interface", SECONDS);
            network.inGuest("ip", "link", "set", "wan", "address", "02:00:00:00:00:77");
            run.awaitLine("MAC address 02:00:00:00:00:77, as it was set on the interface", SECONDS);
            for (String side : List.of("one", "two")) {
                assertEquals("1400", read(side, "mtu"));
                assertEquals("02:00:00:00:00:77", read(side, "address"));
                assertEquals(0, flags(side) & PROMISCUOUS);
            }
            network.inGuest("ip", "link", "set", "wan", "promisc", "on");
            await("both are promiscuous", () -> arePromiscuous("one", "two"));
            network.inGuest("ip", "link", "set", "wan", "promisc", "off");
            await("neither is", () -> (flags("one") & PROMISCUOUS) + (flags("two") & PROMISCUOUS) == 0);

            network.inGuest("ip", "link", "set", "wan", "mtu", "1900");
            run.awaitLine("MTU 1900 was set on the interface, which has the old value again: .*68 to ", SECONDS);
            assertEquals("1400", read("wan", "mtu"));
            end(run);
        }
    }

    /** Devices without a list of groups show it by letting all through. */
    @Test
    void shouldTellBothSidesTheGroupsOfTheInterface() {
        try (Program run = network.startTwinport(folder)) {
            run.awaitLine("standby net_af_packet1 .* joined", SECONDS);
            network.inGuest("ip", "maddr", "add", "01:00:5e:01:02:03", "dev", "wan");
            await("both let it through", () -> arePromiscuous(GuestNetwork.PRIMARY, GuestNetwork.STANDBY));
            end(run);
            assertEquals(0, run.count("not fully restored"), run::output);
            assertEquals(0, flags(GuestNetwork.PRIMARY) & PROMISCUOUS);
        }
    }

    /** The traffic of another port goes on, and this one's when its user has set the interface up again. */
    @Test
    void shouldMakeAnInterfaceAgainThatWasDeleted() throws IOException {
        network.plug("other", "02:00:00:00:00:05");
        Path file = Files.writeString(folder.resolve("twinport.yaml"), """
                name: guest
                eal: --no-huge
                ports:
                  wan:
                    primary: net_af_packet0,iface=primary
                    standby: net_af_packet1,iface=standby
                    handler: tap:wan
                    queues: 2
                    mtu: 1400
                  lan:
                    primary: net_af_packet2,iface=other
                    handler: tap:lan
                """);
        network.inNetwork("ip", "addr", "add", "10.78.0.1/24", "dev", "br0");
        try (Program run = network.startTwinport(List.of("-c", file.toString(), "--cnc-dir", folder.toString()))) {
            run.awaitLine("wan: carrier on", SECONDS);
            run.awaitLine("lan: carrier on", SECONDS);
            setUp("wan", "10.77.0.2/24");
            setUp("lan", "10.78.0.2/24");
            assertPing(GuestNetwork.HOST);
            assertPing("10.78.0.1");
            try (Program other = network.startInGuest("ping", "-i", "0.02", "-c", "150", "10.78.0.1")) {
                other.awaitLine("bytes from", SECONDS);
                network.inGuest("ip", "link", "delete", "wan");
                run.awaitLine(
                        "wan: the interface wan was deleted by somebody else; twinport has made it again", SECONDS);
                assertEquals("1400", read("wan", "mtu"));
                assertEquals(GuestNetwork.MAC, read("wan", "address"));
                setUp("wan", "10.77.0.2/24");
                assertEquals("1", read("wan", "carrier"));
                assertPing(GuestNetwork.HOST);
                assertEquals(0, other.waitFor(SECONDS), other::output);
                assertEquals(1, other.count(" 0% packet loss"), other::output);
            }
            end(run);
        }
    }

    /** Somebody else has the name: what comes for the interface is dropped and counted until it can be had again. */
    @Test
    void shouldDropAndCountWhileTheInterfaceCannotBeMadeAgain() {
        try (Program run = network.startTwinport(folder)) {
            run.awaitLine("carrier on", SECONDS);
            setUp("wan", "10.77.0.2/24");
            assertPing(GuestNetwork.HOST);
            network.inGuest("ip", "link", "add", "thief", "type", "bridge");
            // Else it would be made again before the name is taken.
            Program.run("kill", "-STOP", String.valueOf(run.pid()));
            network.inGuest("ip", "link", "delete", "wan");
            network.inGuest("ip", "link", "set", "thief", "name", "wan");
            Program.run("kill", "-CONT", String.valueOf(run.pid()));
            run.awaitLine("the interface wan was deleted by somebody else, and cannot be made again: ", SECONDS);
            for (int i = 0; i < 5; i++) {
                network.inNetwork("sh", "-c", "ping -c 1 -W 1 -b 10.77.0.255 || true");
            }
            network.inGuest("ip", "link", "delete", "wan");
            run.awaitLine("has made it again", SECONDS);
            setUp("wan", "10.77.0.2/24");
            assertPing(GuestNetwork.HOST);
            end(run);
            assertTrue(run.count("not taken by the kernel [1-9]") == 1, run::output);
        }
    }

    /** The interface is in another namespace, and here one of its name: nothing is taken from that, and nothing set on it. */
    @Test
    void shouldKnowItsInterfaceFromAStrangerOfItsName() throws IOException {
        Path file = Files.writeString(folder.resolve("twinport.yaml"), """
                name: guest
                eal: --no-huge
                ports:
                  wan:
                    primary: net_af_packet0,iface=primary
                    standby: net_af_packet1,iface=standby
                    handler: tap:wan
                    failback: at-once
                """);
        Program.run("ip", "netns", "add", POD);
        try (Program run = network.startTwinport(List.of("-c", file.toString(), "--cnc-dir", folder.toString()))) {
            run.awaitReady(2, SECONDS);
            network.inGuest("ip", "link", "set", "wan", "netns", POD);
            Program.run("ip", "-n", POD, "addr", "add", "10.77.0.7/24", "dev", "wan");
            Program.run("ip", "-n", POD, "link", "set", "wan", "up");
            network.inGuest(
                    "ip", "link", "add", "wan", "address", STRANGER, "mtu", "1450", "type", "veth", "peer", "name",
                    "w2");
            setUp("wan", "192.0.2.55/24");
            Files.writeString(file, Files.readString(file) + "    mtu: 1400\n    mac: 02:00:00:00:00:09\n");
            Program.run("kill", "-HUP", String.valueOf(run.pid()));
            run.awaitLine("reloaded wan.mtu", SECONDS);
            Pause.millis(1500); // longer than to the next look
            assertEquals("1450", read("wan", "mtu"));
            assertEquals(STRANGER, read("wan", "address"));
            for (String side : List.of(GuestNetwork.PRIMARY, GuestNetwork.STANDBY)) {
                assertEquals("1400", read(side, "mtu"));
                assertEquals("02:00:00:00:00:09", read(side, "address"));
            }
            assertEquals(0, run.count("as it was set on the interface|could not be"), run::output);
            Program.run("ip", "netns", "exec", POD, "ping", "-c", "3", "-i", "0.2", "-w", "20", GuestNetwork.HOST);

            Program.run("ip", "netns", "delete", POD);
            run.awaitLine("the interface wan was deleted by somebody else, and cannot be made again", SECONDS);
            network.inGuest("ip", "link", "delete", "wan");
            run.awaitLine("has made it again", SECONDS);
            assertEquals("1400", read("wan", "mtu"));
            assertEquals("02:00:00:00:00:09", read("wan", "address"));
            setUp("wan", "10.77.0.2/24");
            assertPing(GuestNetwork.HOST);
            end(run);
        }
    }

    /** Back where it was it is followed again. */
    @Test
    void shouldFollowItsInterfaceAgainThatWasInAnotherNamespace() {
        Program.run("ip", "netns", "add", POD);
        try (Program run = network.startTwinport(folder)) {
            run.awaitReady(2, SECONDS);
            network.inGuest("ip", "link", "set", "wan", "netns", POD);
            Program.run(
                    "ip",
                    "-n",
                    POD,
                    "link",
                    "set",
                    "wan",
                    "name",
                    "eth0",
                    "mtu",
                    "1300",
                    "address",
                    "02:00:00:00:00:0a");
            Program.run("ip", "-n", POD, "link", "set", "eth0", "netns", network.guest());
            run.awaitLine("MTU 1300, as it was set on the interface", SECONDS);
            run.awaitLine("MAC address 02:00:00:00:00:0a, as it was set on the interface", SECONDS);
            setUp("eth0", "10.77.0.2/24");
            assertPing(GuestNetwork.HOST);
            end(run);
        } finally {
            Program.run("ip", "netns", "delete", POD);
        }
    }

    /** The kernel sends a flow by that queue of the interface by which it comes; the device spreads those by their hash. */
    @Test
    void shouldMoveFlowsThroughAllQueues() {
        List<String> arguments = new ArrayList<>(List.of("--name", "guest", "--cnc-dir", folder.toString()));
        arguments.addAll(List.of("--primary", "net_af_packet0,iface=primary,qpairs=2", "--queues", "2"));
        arguments.addAll(List.of("--handler", "tap:wan", "--", "--no-huge"));
        try (Program run = network.startTwinport(arguments)) {
            run.awaitLine("carrier on", SECONDS);
            setUp("wan", "10.77.0.2/24");
            assertPing(GuestNetwork.HOST);
            try (Program server = network.startInNetwork("iperf3", "-s", "--forceflush", "-B", GuestNetwork.HOST)) {
                server.awaitLine("Server listening", SECONDS);
                network.inGuest("iperf3", "-c", GuestNetwork.HOST, "-P", "16", "-t", "1", "-b", "1M");
            }
            end(run);
        }
        for (int queue = 0; queue < 2; queue++) {
            long sent = counter("port 0 queue " + queue + " tx_packets primary");
            assertTrue(sent > 100, "queue " + queue + " has sent " + sent);
        }
    }

    private long counter(String name) {
        return CncReading.readCounters(folder.resolve("guest.cnc")).stream()
                .filter(counter -> counter.label().equals(name))
                .mapToLong(CncReading.Counter::value)
                .sum();
    }

    private void setUp(String name, String address) {
        network.inGuest("ip", "addr", "add", address, "dev", name);
        network.inGuest("ip", "link", "set", name, "up");
    }

    private void assertPing(String host) {
        network.inGuest("ping", "-c", "3", "-i", "0.2", "-w", "10", host);
    }

    private static void end(Program run) {
        run.interrupt();
        assertEquals(0, run.waitFor(SECONDS), run::output);
        assertEquals(0, run.count("Exception|^\\d+ times:|frames are not back"), run::output);
    }

    private static void await(String what, BooleanSupplier condition) {
        assertTrue(Pause.until(condition, SECONDS * 1000), what);
    }

    private boolean arePromiscuous(String one, String other) {
        return (flags(one) & flags(other) & PROMISCUOUS) != 0;
    }

    private int flags(String name) {
        return Integer.decode(read(name, "flags"));
    }

    private String read(String name, String what) {
        return network.inGuest("cat", "/sys/class/net/" + name + "/" + what).trim();
    }
}
