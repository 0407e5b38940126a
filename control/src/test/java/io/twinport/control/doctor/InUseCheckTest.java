package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.program.FakePrograms;
import io.twinport.control.program.Programs;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InUseCheckTest {

    @TempDir
    Path root;

    private FakeHost machine;

    @BeforeEach
    void haveAPair() {
        machine = new FakeHost(root).pair();
    }

    private Finding only(Programs programs) {
        List<Finding> found = new InUseCheck().findings(machine.host(programs));
        assertEquals(1, found.size(), found.toString());
        return found.getFirst();
    }

    @Test
    void shouldSayNothingOfWhatNobodyUses() {
        assertEquals(List.of(), new InUseCheck().findings(machine.host()));
    }

    @Test
    void shouldNameABondOrABridge() {
        machine.file("/sys/class/net/bond0/bonding/mode", "active-backup 1").master("ens5", "bond0");
        assertTrue(only(Programs.NONE).text().startsWith("ens5 belongs to the bond bond0"));
        assertTrue(only(Programs.NONE).fix().contains("ip link set ens5 nomaster"));
    }

    @Test
    void shouldNameWhatLiesOnTop() {
        machine.file("/sys/class/net/ens1/upper_ens1.100", "");
        assertTrue(only(Programs.NONE).text().startsWith("ens1.100 is on top of ens1"));
    }

    /** Not the kernel's own of IPv6. */
    @Test
    void shouldNameAddresses() {
        FakePrograms programs = new FakePrograms()
                .answer("ip -json address show dev ens1", 0, """
                        [{"ifname":"ens1","addr_info":[
                        {"family":"inet","local":"192.0.2.7","prefixlen":24,"scope":"global"},
                        {"family":"inet6","local":"fe80::1","prefixlen":64,"scope":"link"}]}]""")
                .answer("ip", 0, "[{}]");
        assertTrue(
                only(programs).text().startsWith("ens1 has 192.0.2.7/24:"),
                only(programs).text());
    }

    @Test
    void shouldNameADhcpClient() {
        machine.file("/proc/812/comm", "dhclient").file("/proc/812/cmdline", "dhclient\0-4\0ens5\0");
        assertEquals(
                "dhclient -4 ens5 (process 812) takes addresses on ens5",
                only(Programs.NONE).text());
    }
}
