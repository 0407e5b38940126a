package io.twinport.control.host.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Program;
import io.twinport.control.host.NicId;
import io.twinport.control.host.NicVerdict;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.program.MachinePrograms;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** The agent's steps on a real bridge, in a network namespace; its primary is a tap's place on another bridge. */
class AgentBridgeTest {
    private static final String MAC = FakeLibvirt.MAC;
    private static final String HOST =
            "twinport-agent-" + Long.toString(ProcessHandle.current().pid(), 36);

    private static final NicVerdicts NOTHING = new NicVerdicts() {
        @Override
        public NicVerdict behindBridge(NicId nic) {
            return NicVerdict.UNKNOWN;
        }

        @Override
        public NicVerdict behindMacvlan(NicId nic) {
            return NicVerdict.UNKNOWN;
        }
    };

    @TempDir
    private Path folder;

    private final FakeLibvirt libvirt = new FakeLibvirt(
            new MachinePrograms(Path.of("/"), List.of("ip", "netns", "exec", HOST), Duration.ofSeconds(60)));
    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void boot() {
        try {
            Program.run("ip", "netns", "add", HOST);
        } catch (IllegalStateException e) {
            throw new TestAbortedException("it takes root and network namespaces: " + e.getMessage(), e);
        }
        // Its own frames would be counted too.
        assertEquals(
                "", inHost("cd /proc/sys/net/ipv6/conf; echo 1 > all/disable_ipv6; echo 1 > default/disable_ipv6"));
        ip("link add br0 type bridge forward_delay 0 mcast_snooping 0");
        ip("link set br0 up");
        ip("link add nic type bridge forward_delay 0 mcast_snooping 0");
        for (String port : List.of("tap01 br0", "pf0 br0", "vf0 nic")) {
            String[] names = port.split(" ");
            ip("link add " + names[0] + " type veth peer name far-" + names[0]);
            ip("link set " + names[0] + " master " + names[1] + " up");
            ip("link set far-" + names[0] + " up");
        }
        libvirt.primary = "<interface type='ethernet'><mac address='" + MAC + "'/><target dev='vf0' managed='no'/>"
                + "<teaming type='transient' persistent='ua-backup0'/><alias name='ua-vf'/></interface>";
        libvirt.stored = FakeLibvirt.STANDBY + libvirt.primary;
    }

    @AfterEach
    void end() {
        Program.run("ip", "netns", "delete", HOST);
    }

    private static void ip(String command) {
        String[] words = ("ip -n " + HOST + " " + command).split(" ");
        String ignored = Program.run(words);
    }

    private static String inHost(String script) {
        return Program.run("ip", "netns", "exec", HOST, "sh", "-c", script);
    }

    private static String entries() {
        return inHost("bridge fdb show br br0")
                .lines()
                .filter(line -> line.startsWith(MAC))
                .map(String::strip)
                .toList()
                .toString();
    }

    /** Whether ten frames for the guest that arrive at the uplink come to the tap; a few of the kernel's own may come too. */
    private static boolean arrive() {
        long before = received();
        String ignored =
                inHost("ip link set far-pf0 address 02:00:00:00:00:77; ip addr replace 192.0.2.1/24 dev far-pf0;"
                        + " ip neigh replace 192.0.2.9 lladdr " + MAC + " dev far-pf0 nud permanent;"
                        + " ping -c 10 -i 0.01 -W 1 192.0.2.9 >/dev/null; ip addr flush dev far-pf0");
        return received() - before >= 10;
    }

    private static long received() {
        return Long.parseLong(
                inHost("cat /sys/class/net/far-tap01/statistics/rx_packets").strip());
    }

    @Test
    void shouldSendFramesToTheStandbyWhileThePrimaryIsAway() throws InterruptedException {
        // Flooding would bring them there too.
        assertEquals("", inHost("bridge link set dev tap01 flood off"));
        Agent agent = new Agent(
                "qemu:///system",
                NOTHING,
                libvirt,
                List.of(),
                folder,
                folder.resolve("audit"),
                (level, text) -> said.add(text));
        agent.begin();
        assertEquals("[]", entries(), said::toString);
        assertFalse(arrive());
        libvirt.hasJob = true;
        agent.take("event UNPLUG_PRIMARY at 1764604800.123456 for domain 'vm01': {\"device-id\":\"ua-vf\"}");
        agent.step(System.nanoTime());
        assertEquals("[" + MAC + " dev tap01 sticky master br0 static]", entries(), said::toString);
        assertTrue(arrive(), said::toString);
        libvirt.state = "";
        agent.take("event 'lifecycle' for domain 'vm01': Stopped Migrated");
        agent.step(System.nanoTime());
        assertEquals("[]", entries(), said::toString);
        assertFalse(arrive());
    }
}
