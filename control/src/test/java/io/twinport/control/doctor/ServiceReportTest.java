package io.twinport.control.doctor;

import static io.twinport.control.doctor.FakeHost.MAC;
import static io.twinport.control.doctor.FakeHost.NO_FEATURES;
import static io.twinport.control.doctor.FakeHost.WITH_STANDBY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.doctor.Finding.Level;
import io.twinport.control.program.FakePrograms;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service's answer means, for answers that no service of the tests gives. */
class ServiceReportTest {

    @TempDir
    Path root;

    private FakeHost machine;

    @BeforeEach
    void haveNetworkManager() {
        machine = new FakeHost(root).process(11, "NetworkManager").process(12, "systemd-network");
    }

    private static String device(String name, String state) {
        return "GENERAL.DEVICE:" + name + "\nGENERAL.STATE:" + state
                + "\nGENERAL.REASON:0 (No reason given)\nGENERAL.CONNECTION:my\\:lan\n\n";
    }

    private List<Finding> networkManager(String... devices) {
        return new NetworkManagerCheck()
                .findings(machine.host(new FakePrograms()
                        .answer("NetworkManager", 0, "")
                        .answer("nmcli", 0, String.join("", devices))));
    }

    private void kernelFailover() {
        machine.kernelFailover().permanent("ens1", "ens1nsby", "ens5");
    }

    @Test
    void shouldLeaveTheKernelsFailoverDeviceToItsService() {
        kernelFailover();
        List<Finding> found = networkManager(
                device("ens1", "100 (connected)"),
                device("ens1nsby", "10 (unmanaged)"),
                device("ens5", "10 (unmanaged)"));
        assertEquals(1, found.size(), found.toString());
        assertEquals(Level.NOTE, found.getFirst().level());
        assertTrue(found.getFirst()
                .text()
                .startsWith("takes ens1 (my:lan), and rightly while the kernel does the failover"));
        assertTrue(found.getFirst().fix().contains("match-device=mac:" + MAC + "\n"), "for when twinport does it");
    }

    /** Two leases for one MAC address, as the kernel's document has it. */
    @Test
    void shouldTellOfTheKernelsSidesAlone() {
        kernelFailover();
        List<Finding> found = networkManager(
                device("ens1", "100 (connected)"),
                device("ens1nsby", "30 (disconnected)"),
                device("ens5", "100 (connected)"));
        assertEquals(Level.WARNING, found.getFirst().level());
        assertTrue(found.getFirst().text().startsWith("takes ens1nsby (my:lan), ens5 (my:lan):"), found.toString());
        assertTrue(
                found.getFirst().fix().contains("match-device=interface-name:ens1nsby;interface-name:ens5\n"),
                found.getFirst().fix());
    }

    @Test
    void shouldTellOfAVirtualFunctionUnderHyperV() {
        machine.nic("0001:00:02.0", "mlx5_core", "enP1s1", MAC)
                .vmbus("eth0", MAC)
                .master("enP1s1", "eth0");
        List<Finding> found = networkManager(device("eth0", "100 (connected)"), device("enP1s1", "100 (connected)"));
        assertEquals(1, found.size(), found.toString());
        assertTrue(found.getFirst().text().startsWith("takes enP1s1 (my:lan):"), found.toString());
        assertTrue(found.getFirst().fix().contains("match-device=interface-name:enP1s1\n"), found.toString());
    }

    /** The primary is hidden, or unplugged for a migration. */
    @Test
    void shouldTellOfAStandbyAlone() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, WITH_STANDBY).permanent("ens1");
        Finding found = networkManager(device("ens1", "100 (connected)")).getFirst();
        assertEquals(Level.WARNING, found.level());
        assertTrue(found.fix().contains("match-device=mac:" + MAC + "\n"), "for the primary too, when it comes");
    }

    /** Where a service knows only names. */
    @Test
    void shouldSayThatAPrimaryThatIsNotThereHasNoName() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, WITH_STANDBY).process(13, "dhcpcd");
        Finding found = new DhcpcdCheck().findings(machine.host()).getFirst();
        assertEquals(Level.WARNING, found.level());
        assertTrue(
                found.fix().startsWith("for the present sides; run twinport doctor again once the primary is here:\n"));
    }

    /** Before the standby, the primary was bound to vfio-pci. */
    @Test
    void shouldTellOfWhatMayBeAPairWithALentDevice() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, NO_FEATURES).lent("0000:05:00.0");
        Finding found = networkManager(device("ens1", "100 (connected)")).getFirst();
        assertEquals(Level.WARNING, found.level());
        assertTrue(found.fix().startsWith("if it is the side of a port:\n"), found.fix());
    }

    @Test
    void shouldOnlyNoteADeviceThatMayBeAStandby() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, NO_FEATURES);
        Finding found = networkManager(device("ens1", "100 (connected)")).getFirst();
        assertEquals(Level.NOTE, found.level());
        assertTrue(found.text().contains("No primary for it can be seen"), found.text());
    }

    /** It is in another network namespace, or only now plugged in. */
    @Test
    void shouldSayOfWhichInterfaceAServiceSaysNothing() {
        machine.pair();
        Finding found = networkManager(device("ens1", "10 (unmanaged)")).getFirst();
        assertEquals(Level.WARNING, found.level());
        assertTrue(found.text().startsWith("nmcli says nothing about ens5:"), found.text());
    }

    /** Of systemd 249, which Ubuntu 22.04 has. */
    @Test
    void shouldReadANetworkctlWithoutJson() {
        machine.pair().permanent("ens1", "ens5");
        FakePrograms programs = new FakePrograms()
                .answer("networkctl --json=short", 1, "")
                .answer("networkctl --version", 0, "systemd 247 (247.3-7)\n+PAM +AUDIT")
                .answer("networkctl --no-pager", 0, """
                        * 2: ens1
                                             Link File: /usr/lib/systemd/network/99-default.link
                                          Network File: /run/systemd/network/10-netplan-ens1.network
                                                  Type: ether
                                                 State: routable (configured)
                                                  Path: pci-0000:01:00.0

                        * 3: ens5
                                             Link File: /usr/lib/systemd/network/99-default.link
                                          Network File: n/a
                                                 State: off (unmanaged)
                        """);
        Finding found = new NetworkdCheck().findings(machine.host(programs)).getFirst();
        assertTrue(found.text().startsWith("takes ens1 (/run/systemd/network/10-netplan-ens1.network):"), found.text());
        assertTrue(found.fix().contains("[Match]\nName=ens1 ens5\n"), "it may not know PermanentMACAddress=");
    }
}
