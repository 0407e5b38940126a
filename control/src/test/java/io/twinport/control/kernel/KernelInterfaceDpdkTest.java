package io.twinport.control.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Pause;
import io.twinport.control.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What runs in a guest sees one interface, whatever happens to the devices below it. */
class KernelInterfaceDpdkTest {
    private static final int SECONDS = 60;
    private static final int FAILOVERS = 50;
    private static final int DWELL_MILLIS = 50;
    private static final Pattern SENT =
            Pattern.compile("tx (\\d+) by the primary \\+ (\\d+) by the standby.* announcements sent (\\d+)");

    @TempDir
    private Path folder;

    @RegisterExtension
    private final GuestNetwork network = new GuestNetwork();

    /** A hundred switches: each second failover because the primary's wire is cut, the others because it is pulled out. */
    @Test
    void shouldKeepLeaseAndConnectionsThroughAHundredSwitches() throws IOException {
        try (Program run = network.startTwinport(folder, "--failback", "at-once");
                Program dhcp = startDhcpServer();
                Program iperfServer = network.startInNetwork("iperf3", "-s", "--forceflush", "-B", GuestNetwork.HOST)) {
            run.awaitLine("standby net_af_packet1 .* joined", SECONDS);
            network.inGuest("ip", "link", "set", "wan", "up");
            run.awaitLine("carrier on", SECONDS);
            run.awaitLine("switch (none|standby) -> primary", SECONDS);
            int failbacks = run.count("switch standby -> primary");
            try (Program lease = startDhcpClient()) {
                lease.awaitLine("lease of 10\\.77\\.0\\.\\d+ obtained", SECONDS);
                iperfServer.awaitLine("Server listening", SECONDS);
                String carrierChanges = carrierChanges();
                try (Program ping = network.startInGuest("ping", "-i", "0.05", GuestNetwork.HOST);
                        Program iperf = startIperf();
                        SshSession ssh = SshSession.open(network, folder)) {
                    awaitTraffic(ping, iperf, ssh);
                    int asked = dhcp.count("DHCPREQUEST"); // twice, where a busy machine has answered late
                    for (int round = 1; round <= FAILOVERS; round++) {
                        failOver(run, round);
                        run.awaitCount("switch standby -> primary", failbacks + round, SECONDS);
                        Pause.millis(DWELL_MILLIS);
                    }
                    awaitTraffic(ping, iperf, ssh);
                    assertEquals(carrierChanges, carrierChanges(), run::output);
                    assertEquals(0, resets(), "connections were reset");
                    assertEquals("", ssh.failure());
                    iperf.interrupt();
                    iperf.awaitLine("receiver", SECONDS);
                    assertEquals(asked, dhcp.count("DHCPREQUEST"), dhcp::output);
                }
                assertEquals(1, lease.count("lease of"), lease::output);
            }
            run.interrupt();
            assertEquals(0, run.waitFor(SECONDS), run::output);
            assertEquals(0, run.count("Exception|^\\d+ times:|frames are not back|not fully restored"), run::output);
            assertEquals(FAILOVERS / 2, run.count("primary net_af_packet0 has gone"), run::output);
            assertHistory(run);
        }
    }

    private void failOver(Program run, int round) {
        boolean pulls = round % 2 == 0;
        if (pulls) {
            network.pull(GuestNetwork.PRIMARY);
        } else {
            network.cut(GuestNetwork.PRIMARY);
        }
        run.awaitCount("switch primary -> standby", round, SECONDS);
        Pause.millis(DWELL_MILLIS);
        if (pulls) {
            network.plug(GuestNetwork.PRIMARY, GuestNetwork.MAC);
        } else {
            network.restore(GuestNetwork.PRIMARY);
        }
    }

    private Program startDhcpServer() {
        Program server = network.startInNetwork(
                "dnsmasq",
                "--no-daemon",
                "--conf-file=/dev/null",
                "--user=root",
                "--pid-file",
                "--port=0",
                "--interface=br0",
                "--bind-interfaces",
                "--no-ping",
                "--dhcp-range=10.77.0.100,10.77.0.199,1h",
                "--dhcp-leasefile=" + folder.resolve("leases"));
        server.awaitLine("DHCP, IP range", SECONDS);
        return server;
    }

    private Program startDhcpClient() throws IOException {
        Path script = Files.writeString(folder.resolve("lease"), """
                #!/bin/sh
                [ "$1" != bound ] || ip addr add $ip/$mask dev $interface
                """);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return network.startInGuest("udhcpc", "-f", "-i", "wan", "-s", script.toString(), "-t", "20", "-T", "1");
    }

    /** Both ways, until it is interrupted. */
    private Program startIperf() {
        return network.startInGuest(
                "iperf3", "-c", GuestNetwork.HOST, "--bidir", "-b", "20M", "-t", "0", "-i", "0.5", "--forceflush");
    }

    /** Waits until replies, bytes in both directions and echoes have come since now. */
    private static void awaitTraffic(Program ping, Program iperf, SshSession ssh) {
        String sends = "TX-C\\].*sec +[1-9][\\d.]* \\wBytes";
        String receives = "RX-C\\].*sec +[1-9][\\d.]* \\wBytes";
        int replies = ping.count("bytes from");
        int sent = iperf.count(sends);
        int received = iperf.count(receives);
        int echoed = ssh.echoed();
        ping.awaitCount("bytes from", replies + 5, SECONDS);
        iperf.awaitCount(sends, sent + 2, SECONDS);
        iperf.awaitCount(receives, received + 2, SECONDS);
        assertTrue(Pause.until(() -> ssh.echoed() > echoed + 5, SECONDS * 1000), ssh::failure);
    }

    private String carrierChanges() {
        return network.inGuest("cat", "/sys/class/net/wan/carrier_changes").trim();
    }

    /** TCP's resets that either end has sent, or seen in a connection that was established. */
    private long resets() {
        return resets(network.inGuest("cat", "/proc/net/snmp")) + resets(network.inNetwork("cat", "/proc/net/snmp"));
    }

    private static long resets(String snmp) {
        List<String[]> tcp = snmp.lines()
                .filter(line -> line.startsWith("Tcp:"))
                .map(line -> line.split(" "))
                .toList();
        List<String> names = List.of(tcp.getFirst());
        return Long.parseLong(tcp.getLast()[names.indexOf("EstabResets")])
                + Long.parseLong(tcp.getLast()[names.indexOf("OutRsts")]);
    }

    /** The record of the switches against what was done, and against what the other host has received. */
    private void assertHistory(Program run) throws IOException {
        Path file = folder.resolve("history.json");
        Executed history =
                Executed.twinport("history", folder.resolve("guest.cnc").toString(), "--json", file.toString());
        assertEquals(0, history.code(), history::output);
        List<JsonNode> switches = StreamSupport.stream(
                        JsonMapper.shared()
                                .readTree(Files.readString(file))
                                .get("switches")
                                .spliterator(),
                        false)
                .filter(each -> !each.get("kind").asString().equals("start"))
                .collect(Collectors.toCollection(ArrayList::new));
        // What the run's end did. Before it a primary that is pulled may leave before the loop sees its link.
        while (switches.getLast().get("cause").asString().endsWith(" left")) {
            switches.removeLast();
        }
        assertEquals(FAILOVERS, count(switches, "failover"), switches::toString);
        assertEquals(0, count(switches, "outage"), switches::toString);
        long failbacks = run.count("switch standby -> primary");
        assertEquals(failbacks, count(switches, "reversion"), switches::toString);
        long lostAtMost = switches.stream()
                .mapToLong(each -> each.get("lostAtMost").asLong())
                .sum();
        Matcher sent = SENT.matcher(run.output());
        assertTrue(sent.find(), run::output);
        long missing = Long.parseLong(sent.group(1))
                + Long.parseLong(sent.group(2))
                + Long.parseLong(sent.group(3))
                - network.received();
        assertTrue(missing >= 0 && missing <= lostAtMost, missing + " frames are missing\n" + run.output());
    }

    private static long count(List<JsonNode> switches, String kind) {
        return switches.stream()
                .filter(each -> each.get("kind").asString().equals(kind))
                .count();
    }
}
