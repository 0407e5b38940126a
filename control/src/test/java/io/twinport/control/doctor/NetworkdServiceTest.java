package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.doctor.Finding.Level;
import io.twinport.control.program.Answer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real systemd-networkd, what {@code doctor} says of it, and what comes of the fix. */
class NetworkdServiceTest {
    private static final String SERVICE = "networkd";
    private static final String FOLDER = "/etc/systemd/network/";
    private static final String AZURE = "[Match]\nProperty=AZURE_UNMANAGED_SRIOV=1\n[Link]\nUnmanaged=yes";
    private static final String LAN = "[Match]\nName=en* tw0\n[Network]\nDHCP=yes\nLinkLocalAddressing=no";

    @RegisterExtension
    private static final ServiceBox box = new ServiceBox();

    private FakeHost machine;

    @BeforeEach
    void haveAPair() throws IOException {
        box.run("bash", "-c", "rm -rf " + FOLDER + " /run/systemd/network; mkdir -p " + FOLDER + " /run/systemd");
        machine = box.machineWithPair();
    }

    @AfterEach
    void stop() {
        box.stop(SERVICE);
    }

    /** Its own word for the interface that is no port's tells that it has read its files and seen all. */
    private void start() {
        box.start(
                SERVICE,
                () -> box.programs()
                        .ask("networkctl", "--json=short", "status", "ens7")
                        .out()
                        .matches("(?s).*\"AdministrativeState\":\"(configur.*|unmanaged).*"),
                "/lib/systemd/systemd-networkd");
    }

    private String state(String name) {
        Answer answer = box.programs().ask("networkctl", "--no-legend", "list", name);
        return answer.out().strip().replaceFirst(".*\\s", "");
    }

    private Finding only() {
        List<Finding> found = new NetworkdCheck().findings(machine.host(box.programs()));
        assertEquals(1, found.size(), found.toString());
        return found.getFirst();
    }

    /** What it says must be so, and what it tells to do must make it ok; the port's own interface stays managed. */
    private void shouldMend(String taken) {
        start();
        Finding finding = only();
        assertEquals(Level.WARNING, finding.level(), finding.text());
        assertTrue(finding.text().startsWith("takes " + taken + ":"), finding.text());
        Remedy.apply(box, finding.fix()).forEach(command -> box.run(command.split(" ")));
        Pause.until(() -> only().level() == Level.OK, 10_000);
        assertEquals("leaves ens1, ens5 alone (networkctl)", only().text());
        assertEquals("unmanaged", state("ens1"));
        assertEquals("unmanaged", state("ens5"));
        assertTrue(state("tw0").startsWith("configur"), state("tw0"));
        assertTrue(state("ens7").startsWith("configur"), state("ens7"));
    }

    @Test
    void shouldMendAPlainConfiguration() {
        box.file(FOLDER + "20-lan.network", LAN);
        shouldMend("ens1 (/etc/systemd/network/20-lan.network), ens5 (/etc/systemd/network/20-lan.network)");
    }

    /** Its property is set by udev only. */
    @Test
    void shouldMendBesideAzuresFile() {
        box.file(FOLDER + "01-azure-unmanaged-sriov.network", AZURE)
                .file("/run/systemd/network/10-netplan-all-en.network", LAN);
        shouldMend("ens1 (/run/systemd/network/10-netplan-all-en.network), ens5"
                + " (/run/systemd/network/10-netplan-all-en.network)");
    }

    @Test
    void shouldComeBeforeAFileThatComesBeforeOthers() {
        box.file(FOLDER + "00-lan.network", LAN);
        shouldMend("ens1 (/etc/systemd/network/00-lan.network), ens5 (/etc/systemd/network/00-lan.network)");
    }

    @Test
    void shouldComeBeforeFilesWithEvenLesserNames() {
        box.file(FOLDER + "0-lan.network", LAN).file(FOLDER + "00--lan.network", "[Match]\nName=lan0");
        shouldMend("ens1 (/etc/systemd/network/0-lan.network), ens5 (/etc/systemd/network/0-lan.network)");
    }

    /** As with a device whose address was given to it, or a kernel that does not say. */
    @Test
    void shouldMendByNameWhereTheAddressIsNotPermanent() throws IOException {
        machine = box.machine().pair();
        box.file(FOLDER + "20-lan.network", LAN);
        shouldMend("ens1 (/etc/systemd/network/20-lan.network), ens5 (/etc/systemd/network/20-lan.network)");
    }

    @Test
    void shouldBelieveItWhereItLeavesThemAlone() {
        box.file(FOLDER + "10-other.network", "[Match]\nPermanentMACAddress=52:54:00:00:00:07\n[Network]\nDHCP=yes")
                .file(FOLDER + "15-bridge.network", "[Match]\nKind=bridge\n[Network]\nDHCP=yes")
                .file(FOLDER + "16-braces.network", "[Match]\nName=ens{1,5}\n[Network]\nDHCP=yes")
                .file(FOLDER + "17-bracket.network", "[Match]\nName=ens[15\n[Network]\nDHCP=yes")
                .file("/run/systemd/network/18-masked.network", LAN)
                .file(FOLDER + "20-left.network", LAN)
                .file(FOLDER + "20-left.network.d/50.conf", "[Link]\nUnmanaged=yes");
        box.run("ln", "-s", "/dev/null", FOLDER + "18-masked.network");
        start();
        Finding finding = only();
        assertEquals(Level.OK, finding.level(), finding.text());
    }

    @Test
    void shouldSeeFilesWhereverItReadsThem() {
        box.file("/usr/local/lib/systemd/network/20-lan.network", LAN);
        try {
            shouldMend("ens1 (/usr/local/lib/systemd/network/20-lan.network), ens5"
                    + " (/usr/local/lib/systemd/network/20-lan.network)");
        } finally {
            box.run("rm", "-r", "/usr/local/lib/systemd");
        }
    }

    /** What a driver has is matched by what the kernel says of the interface. */
    @Test
    void shouldSeeWhatIsLeftToADriver() {
        box.file(FOLDER + "10-driver.network", "[Match]\nDriver=iavf\n[Link]\nUnmanaged=yes")
                .file(FOLDER + "20-lan.network", LAN);
        shouldMend("ens1 (/etc/systemd/network/20-lan.network), ens5 (/etc/systemd/network/20-lan.network)");
    }

    /** Of a device that Azure's rules have marked. */
    @Test
    void shouldBelieveItOfPropertiesOfUdev() {
        box.file(FOLDER + "01-azure-unmanaged-sriov.network", AZURE).file(FOLDER + "20-lan.network", LAN);
        box.withUdev("ens5", "AZURE_UNMANAGED_SRIOV=1", () -> shouldMend("ens1 (/etc/systemd/network/20-lan.network)"));
    }

    /** Hidden until the standby is acknowledged, or plugged in again elsewhere, under a name that nobody could know. */
    @Test
    void shouldHoldForAPrimaryThatComesLater() {
        box.file(FOLDER + "20-lan.network", LAN);
        shouldMend("ens1 (/etc/systemd/network/20-lan.network), ens5 (/etc/systemd/network/20-lan.network)");
        box.run("ip", "link", "add", "ens8", "type", "veth", "peer", "name", "to-ens8");
        box.run("ip", "link", "add", "ens9", "address", FakeHost.MAC, "type", "veth", "peer", "name", "to-ens9");
        Pause.until(() -> state("ens8").startsWith("configur") && !state("ens9").equals("pending"), 30_000);
        assertEquals("unmanaged", state("ens9"));
        assertTrue(state("ens8").startsWith("configur"), state("ens8"));
        box.run("ip", "link", "delete", "ens8");
        box.run("ip", "link", "delete", "ens9");
    }
}
