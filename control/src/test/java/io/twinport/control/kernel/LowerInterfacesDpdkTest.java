package io.twinport.control.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Pause;
import io.twinport.control.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What others do to the interfaces below a port's sides: one that a DPDK driver shares with the kernel, and one that the
 * kernel keeps for the port alone.
 */
class LowerInterfacesDpdkTest {
    private static final int SECONDS = 60;
    private static final int PROMISCUOUS = 0x100;
    private static final String PRIMARY = GuestNetwork.PRIMARY;
    private static final String STANDBY = GuestNetwork.STANDBY;
    private static final List<String> SIDES = List.of(PRIMARY, STANDBY);
    private static final String AWAY =
            "twinport-away-" + Long.toString(ProcessHandle.current().pid(), 36);

    @TempDir
    private Path folder;

    @RegisterExtension
    private final GuestNetwork network = new GuestNetwork();

    private Program startRun() {
        // What the tests of the guest set is for twinport to see to here.
        network.inGuest("sh", "-c", "cd /proc/sys/net/ipv4/conf/all; echo 0 | tee rp_filter > arp_ignore");
        List<String> arguments = new ArrayList<>(List.of("--name", "guest", "--cnc-dir", folder.toString()));
        arguments.addAll(List.of("--primary", "net_af_packet0,iface=" + PRIMARY));
        arguments.addAll(List.of("--standby", STANDBY, "--standby-driver", "kernel"));
        arguments.addAll(List.of("--handler", "tap:wan", "--failback", "at-once", "--", "--no-huge"));
        Program run = network.startTwinport(arguments);
        run.awaitLine("primary net_af_packet0 .*joined", SECONDS);
        run.awaitLine("standby net_af_packet_standby .*joined", SECONDS);
        run.awaitLine("switch (none|standby) -> primary", SECONDS);
        network.inGuest("ip", "addr", "add", "10.77.0.2/24", "dev", "wan");
        network.inGuest("ip", "link", "set", "wan", "up");
        return run;
    }

    private void assertPing() {
        String replies = network.inGuest("ping", "-c", "4", "-i", "0.2", "-w", "20", GuestNetwork.HOST);
        assertTrue(!replies.contains("DUP!") && replies.matches("(?s).* ([4-9]|\\d\\d) received.*"), replies);
    }

    private static void end(Program run) {
        run.interrupt();
        assertEquals(0, run.waitFor(SECONDS), run::output);
        assertEquals(
                0,
                run.count("Exception|^\\d+ times:|frames are not back|not fully restored|not all settings"),
                run::output);
    }

    private String show(String what) {
        Executed shown = Executed.twinport("show", what, "--name", "guest", "--cnc-dir", folder.toString());
        assertEquals(0, shown.code(), shown::output);
        return shown.output();
    }

    /** All that a run may change of them, a line each; not whether they are up, for one that is moved comes down. */
    private String state() {
        return SIDES.stream().map(this::state).collect(Collectors.joining("\n"));
    }

    private String state(String side) {
        String settings = network.inGuest(
                "sh",
                "-c",
                "cd /sys/class/net/" + side + "; echo $(($(cat flags) & ~1)); cat mtu address; tc qdisc show dev "
                        + side
                        + " | cut -d ' ' -f 2; ethtool -k " + side
                        + " | grep -E 'gro|rx-check|large'; cd /proc/sys/net; cat ipv4/conf/" + side
                        + "/rp_filter ipv6/conf/" + side + "/disable_ipv6");
        return settings.replaceAll("(?m)^", side + " ").strip();
    }

    @AfterEach
    void removeNamespace() {
        try (Program ignored = Program.start("ip", "netns", "delete", AWAY)) {
            ignored.waitFor(SECONDS);
        }
    }

    /**
     * Something that others set.
     *
     * @param command with {@code %s} for the interface, as a shell takes it
     * @param what twinport calls it
     * @param sides which ones it concerns
     */
    private record Change(String command, String what, List<String> sides) {}

    private static final List<Change> CHANGES = List.of(
            new Change("ip link set %s mtu 1300", "the MTU of %s to 1300", SIDES),
            new Change("ip link set %s address 02:00:00:00:00:66", "the MAC address of %s to 02:00:00:00:00:66", SIDES),
            new Change("ip link set %s promisc off", "promiscuous mode of %s to off", SIDES),
            new Change("ip link set %s arp on", "ARP of %s to on", SIDES),
            new Change("ip link set %s allmulticast off", "all multicast of %s to off", List.of(STANDBY)),
            new Change("ethtool -K %s gro on", "rx-gro of %s to on", SIDES),
            new Change(
                    "tc qdisc replace dev %s root pfifo_fast",
                    "the queueing discipline of %s to pfifo_fast", List.of(STANDBY)),
            new Change("tc qdisc delete dev %s root", "the queueing discipline of %s to the default", List.of(STANDBY)),
            new Change("echo 0 > /proc/sys/net/ipv4/conf/%s/rp_filter", "rp_filter of %s to 0", SIDES),
            new Change("echo 0 > /proc/sys/net/ipv6/conf/%s/disable_ipv6", "disable_ipv6 of %s to 0", SIDES));

    @Test
    void shouldPutBackOnceWhatOthersSetAndThenOnlySayIt() {
        network.inGuest(
                "sh",
                "-c",
                "for i in primary standby; do ethtool -K $i gro on;"
                        + " echo 0 > /proc/sys/net/ipv6/conf/$i/disable_ipv6; done");
        String before = state();
        try (Program run = startRun()) {
            assertPing();
            network.inGuest("ip", "link", "set", "wan", "promisc", "on");
            for (String side : SIDES) {
                assertTrue(Pause.until(() -> (flags(side) & PROMISCUOUS) != 0, SECONDS * 1000), side);
            }
            List<String> done = new ArrayList<>();
            for (Change change : CHANGES) {
                for (String side : change.sides()) {
                    String what = Pattern.quote(String.format(change.what(), side));
                    boolean isDoneBefore = done.contains(what.replaceAll(" to .*", ""));
                    String wanted = state();
                    network.inGuest("sh", "-c", String.format(change.command(), side));
                    if (!isDoneBefore) {
                        run.awaitLine(
                                "WHO: somebody else has set ".replace("WHO", role(side)) + what + "; it is ", SECONDS);
                        assertEquals(wanted, state(), change::toString);
                        network.inGuest("sh", "-c", String.format(change.command(), side));
                    }
                    run.awaitLine("somebody else has set " + what + ", and it stays so: ", SECONDS);
                    done.add(what.replaceAll(" to .*", ""));
                }
            }
            String port = show("port");
            String health = show("health");
            for (String side : SIDES) {
                assertTrue(port.contains("the MTU of " + side + " is 1300 in place of 1500"), port);
                assertTrue(health.contains("the MTU of " + side + " is 1300 in place of 1500"), health);
                assertTrue(port.contains("the MAC address of " + side + " is 02:00:00:00:00:66"), port);
            }
            assertTrue(show("ports").contains("(!)"), show("ports"));
            network.inGuest("sh", "-c", "for i in primary standby; do ip link set $i mtu 1500; done");
            run.awaitLine("the MTU of primary is 1500 again", SECONDS);
            run.awaitLine("the MTU of standby is 1500 again", SECONDS);
            end(run);
        }
        // The discipline that somebody has given it last stays his.
        network.inGuest("sh", "-c", "tc qdisc delete dev standby root || true");
        assertEquals(before, state());
    }

    private int flags(String side) {
        return Integer.decode(
                network.inGuest("cat", "/sys/class/net/" + side + "/flags").strip());
    }

    private static String role(String side) {
        return side.equals(PRIMARY) ? "primary net_af_packet0" : "standby standby";
    }

    /** Each, and the port's own interface, by its number: strangers of their names are nobody's. */
    @Test
    void shouldStayWithInterfacesThatAreRenamed() {
        try (Program run = startRun()) {
            for (String name : List.of(PRIMARY, STANDBY, "wan")) {
                network.inGuest("ip", "link", "set", name, "name", name + "2");
                network.inGuest("ip", "link", "add", name, "address", "02:00:00:00:99:99", "type", "bridge");
            }
            run.awaitLine("primary net_af_packet0: primary has been renamed to primary2,", SECONDS);
            run.awaitLine("standby standby: standby has been renamed to standby2,", SECONDS);
            network.inGuest("ip", "link", "set", "wan2", "mtu", "1400");
            run.awaitLine("MTU 1400, as it was set on the interface", SECONDS);
            network.inGuest("ip", "link", "set", "wan2", "address", "02:00:00:00:00:77");
            run.awaitLine("MAC address 02:00:00:00:00:77, as it was set on the interface", SECONDS);
            for (String name : List.of(PRIMARY, STANDBY, "wan")) {
                assertEquals("1400 02:00:00:00:00:77", mtuAndMac(name + "2"));
                assertEquals("1500 02:00:00:00:99:99", mtuAndMac(name), "a stranger's");
            }
            for (int i = 0; i < 2; i++) {
                network.cut(PRIMARY);
                run.awaitCount("switch primary -> standby", i + 1, SECONDS);
                assertPing();
                network.restore(PRIMARY);
                run.awaitCount("switch standby -> primary", i + 1, SECONDS);
                assertPing();
            }
            assertEquals(0, run.count("released|has gone"), run::output);
            end(run);
        }
        for (String name : SIDES) {
            assertEquals("1500 " + GuestNetwork.MAC, mtuAndMac(name + "2"), "as it was found");
            assertEquals("1500 02:00:00:00:99:99", mtuAndMac(name));
        }
    }

    private String mtuAndMac(String name) {
        return network.inGuest("sh", "-c", "cd /sys/class/net/" + name + "; echo $(cat mtu address)")
                .strip();
    }

    /** The kernel keeps an interface's number when it is moved, and what was bound to it is bound no more. */
    @ParameterizedTest
    @ValueSource(ints = {0, 50, 1500})
    void shouldTakeInterfacesAgainThatWereInAnotherNamespace(int awayMillis) {
        Program.run("ip", "netns", "add", AWAY);
        String before = state();
        try (Program run = startRun()) {
            for (int time = 1; time <= 2; time++) {
                for (String side : SIDES) {
                    String device = side.equals(PRIMARY) ? "net_af_packet0" : "net_af_packet_standby";
                    network.inGuest("ip", "link", "set", side, "netns", AWAY);
                    Pause.millis(awayMillis);
                    Program.run("ip", "-n", AWAY, "link", "set", side, "netns", network.guest());
                    network.inGuest("ip", "link", "set", side, "up");
                    run.awaitCount(device + " .*joined", time + 1, SECONDS);
                    run.awaitCount(side + " link up", time + 1, SECONDS);
                }
                assertPing();
                network.cut(PRIMARY);
                run.awaitCount("switch primary -> standby, cause: primary link down", time, SECONDS);
                assertPing();
                network.restore(PRIMARY);
                run.awaitCount("switch standby -> primary", 2 * time, SECONDS);
            }
            end(run);
        }
        // One that came back down is put back as that.
        network.inGuest("sh", "-c", "for i in primary standby; do ip link set $i up; done");
        assertEquals(before, state());
    }

    /** Whoever uses it would be cut off by a standby that is the port's alone. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ip address add 192.0.2.9/32 dev standby: has the address 192.0.2.9: ip address flush dev standby",
                "ip address add 192.0.2.9/24 dev standby label standby.1: has the address 192.0.2.9: ip address flush dev standby",
                "echo 0 > /proc/sys/net/ipv6/conf/standby/disable_ipv6; ip address add 2001.db8..9/64 dev standby: has the address 2001.db8.0.0.0.0.0.9: ip address flush dev standby",
                "ip route add 198.51.100.0/24 dev standby: has a route to 198.51.100.0/24: ip route flush dev standby",
                "ip route add default dev standby: has the default route: ip route delete default dev standby",
                "ip link add br9 type bridge && ip link set standby master br9: belongs to br9: ip link set standby nomaster",
                "ip link add link standby name mv9 type macvlan mode bridge: is below mv9: ip link delete mv9",
            })
    void shouldRefuseStandbyThatSomebodyUses(String use) {
        String[] parts = use.split(": ");
        network.inGuest(
                "sh", "-c", parts[0].replace("standby.1", "standby:1").replaceAll("2001.db8..9", "2001:db8::9"));
        assertRefused("standby " + parts[1] + ".*To free it: .*" + parts[2]);
    }

    private void assertRefused(String text) {
        try (Program run = network.startTwinport(List.of(
                "--cnc-dir",
                folder.toString(),
                "--standby",
                STANDBY,
                "--standby-driver",
                "kernel",
                "--",
                "--no-huge"))) {
            assertEquals(2, run.waitFor(SECONDS), run::output);
            assertEquals(1, run.count(text), run::output);
        }
    }

    /** As a container's, which nothing here shows but what the interface lets through. */
    @Test
    void shouldRefuseStandbyBelowMacvlanOfAnotherNamespace() {
        Program.run("ip", "netns", "add", AWAY);
        String mac = "02:00:00:00:00:09";
        network.inGuest("ip", "link", "add", "link", STANDBY, "name", "mv9", "address", mac, "type", "macvlan");
        Program.run("ip", "-n", network.guest(), "link", "set", "mv9", "netns", AWAY);
        Program.run("ip", "-n", AWAY, "link", "set", "mv9", "up");
        assertRefused("standby is below a macvlan with the address " + mac + " in another network namespace");
    }

    /** Noticed when it happens, too; an interface that only is below a DPDK driver is shared, and that is said. */
    @Test
    void shouldSayWhoUsesWhatIsBelowASide() {
        network.inGuest("ip", "address", "add", "192.0.2.9/24", "dev", PRIMARY);
        try (Program run = startRun()) {
            run.awaitLine(
                    "primary net_af_packet0: primary has the address 192.0.2.9: somebody uses it beside the port",
                    SECONDS);
            network.inGuest("ip", "link", "add", "link", STANDBY, "name", "mv9", "type", "macvlan", "mode", "bridge");
            run.awaitLine("standby standby: standby is below mv9: somebody else uses it now", SECONDS);
            assertTrue(show("port").contains("standby is below mv9"));
            network.inGuest("ip", "link", "delete", "mv9");
            network.inGuest("ip", "link", "add", "br9", "type", "bridge");
            network.inGuest("ip", "link", "set", STANDBY, "master", "br9");
            run.awaitLine("standby standby: standby belongs to br9: somebody else uses it now", SECONDS);
            network.inGuest("ip", "link", "set", STANDBY, "nomaster");
            Pause.millis(500);
            assertEquals(
                    0,
                    run.count("standby .*(released|has gone)"),
                    "a bridge's word on its port is no word on the interface");
            end(run);
        }
    }
}
