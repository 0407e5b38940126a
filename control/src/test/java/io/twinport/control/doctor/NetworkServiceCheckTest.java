package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.doctor.Finding.Level;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkServiceCheckTest {
    private static final String MAC = "52:54:00:12:34:56";

    @TempDir
    Path root;

    private FakeHost machine;

    @BeforeEach
    void haveAPair() {
        machine = new FakeHost(root)
                .nic("0000:05:00.0", "iavf", "ens5", MAC)
                .virtioNic("0000:01:00.0", "ens1", MAC, "0".repeat(64))
                .nic("0000:07:00.0", "e1000", "ens7", "52:54:00:00:00:07");
    }

    @Test
    void shouldSayNothingWhereNoServiceRuns() {
        assertEquals(List.of(), findings());
    }

    @Test
    void shouldGiveNetworkdTheFileThatIsMissing() {
        machine.folder("/run/systemd/netif")
                .file("/usr/lib/systemd/network/80-ether.network", "[Match]\nType=ether\n[Network]\nDHCP=yes")
                .file("/etc/systemd/network/20-lan.network", "[Match]\nName=en*\n[Network]\nDHCP=yes");
        Finding finding = only();
        assertEquals(Level.WARNING, finding.level());
        assertTrue(finding.text().contains("ens1, ens5, which belong to a pair (/etc/systemd/network/20-lan.network)"));
        assertTrue(finding.fix().contains("[Match]\nName=ens1 ens5\n[Link]\nUnmanaged=yes"), finding.fix());
    }

    @Test
    void shouldSeeThatNetworkdLeavesThemAlone() {
        machine.folder("/run/systemd/netif")
                .file("/etc/systemd/network/00-twinport.network", "[Match]\nName=ens1 ens5\n[Link]\nUnmanaged=yes")
                .file("/etc/systemd/network/20-lan.network", "[Match]\nName=en*\n[Network]\nDHCP=yes");
        assertEquals(Level.OK, only().level());
    }

    @Test
    void shouldReadNetworkdsListsOfOthers() {
        machine.folder("/run/systemd/netif")
                .file("/etc/systemd/network/20-lan.network", "[Match]\nName=!ens1 ens5\n[Network]\nDHCP=yes")
                .file("/etc/systemd/network/30-mac.network", "[Match]\nMACAddress=52:54:00:00:00:07");
        assertEquals(Level.OK, only().level());
    }

    @Test
    void shouldGiveNetworkManagerTheNamesThatItTakes() {
        machine.folder("/run/NetworkManager")
                .file(
                        "/etc/NetworkManager/conf.d/05.conf",
                        "[keyfile]\nunmanaged-devices=interface-name:ens1;mac:00:11:22:33:44:55");
        Finding finding = only();
        assertEquals(Level.WARNING, finding.level());
        assertTrue(finding.fix().contains("unmanaged-devices+=interface-name:ens5\n"), finding.fix());
    }

    @Test
    void shouldTakeNetworkManagersLastList() {
        machine.folder("/run/NetworkManager")
                .file("/etc/NetworkManager/conf.d/05.conf", "[keyfile]\nunmanaged-devices=interface-name:ens*")
                .file("/etc/NetworkManager/conf.d/06.conf", "[keyfile]\nunmanaged-devices+=interface-name:eth0");
        assertEquals(Level.OK, only().level());
        machine.file("/etc/NetworkManager/conf.d/07.conf", "[keyfile]\nunmanaged-devices=interface-name:eth1");
        assertEquals(Level.WARNING, only().level());
    }

    @Test
    void shouldNameIfupdownsLine() {
        machine.file("/etc/network/interfaces", "auto lo\niface lo inet loopback")
                .file("/etc/network/interfaces.d/lan", "auto ens5\niface ens5 inet dhcp\niface ens1 inet manual");
        Finding finding = only();
        assertEquals("in /etc/network/interfaces.d/lan: iface ens5 inet manual", finding.fix());
    }

    @Test
    void shouldKnowWhereCloudInitLeavesTheNetwork() {
        machine.file("/etc/cloud/cloud.cfg", "");
        assertEquals(Level.WARNING, only().level());
        machine.file("/etc/cloud/cloud.cfg.d/99-x.cfg", "network: {config: disabled}");
        assertEquals(List.of(), findings());
        machine.file("/etc/cloud/cloud.cfg.d/99-x.cfg", "# mine\nnetwork:\n  config: disabled");
        assertEquals(List.of(), findings());
    }

    private Finding only() {
        List<Finding> found = findings();
        assertEquals(1, found.size(), found.toString());
        return found.getFirst();
    }

    private List<Finding> findings() {
        return new NetworkServiceCheck().findings(machine.host());
    }
}
