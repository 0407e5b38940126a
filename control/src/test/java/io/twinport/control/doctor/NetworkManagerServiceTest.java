package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.doctor.Finding.Level;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real NetworkManager, what {@code doctor} says of it, and what comes of the fix. */
class NetworkManagerServiceTest {
    private static final String SERVICE = "NetworkManager";
    private static final String FOLDER = "/etc/NetworkManager/conf.d/";
    private static final String DISTRIBUTION = "/usr/lib/NetworkManager/conf.d/";
    private static final String CONNECTION = "/etc/NetworkManager/system-connections/lan.nmconnection";

    /** For any device, so that it needs no DHCP server to be done. */
    private static final String LAN = "[connection]\nid=lan\ntype=ethernet\nmulti-connect=3\n"
            + "[ipv4]\nmethod=manual\naddresses=192.0.2.7/24\n[ipv6]\nmethod=disabled";

    private static final String ALL_TAKEN = "takes ens1 (lan), ens5 (lan):";

    @RegisterExtension
    private static final ServiceBox box = new ServiceBox();

    private FakeHost machine;
    private boolean isRunning;

    @BeforeEach
    void haveAPair() throws IOException {
        box.run(
                "bash",
                "-c",
                "rm -rf /run/NetworkManager/conf.d /var/lib/NetworkManager " + FOLDER + "* " + DISTRIBUTION + "*");
        forget();
        box.file("/etc/NetworkManager/NetworkManager.conf", "[main]\nplugins=keyfile\nno-auto-default=*")
                .file(CONNECTION, LAN);
        box.run("chmod", "600", CONNECTION);
        machine = box.machineWithPair();
    }

    @AfterEach
    void stop() {
        if (isRunning) {
            box.stop(SERVICE);
            isRunning = false;
        }
    }

    private void start() {
        box.start(
                SERVICE,
                () -> box.programs()
                        .ask("nmcli", "-t", "-f", "STARTUP", "general")
                        .out()
                        .startsWith("started"),
                SERVICE,
                "--no-daemon");
        isRunning = true;
    }

    private List<Finding> findings() {
        return new NetworkManagerCheck().findings(machine.host(box.programs()));
    }

    private Finding only() {
        List<Finding> found = findings();
        assertEquals(1, found.size(), found.toString());
        return found.getFirst();
    }

    private String state(String name) {
        return box.run("nmcli", "-g", "GENERAL.STATE", "device", "show", name).strip();
    }

    /** Does what a finding says, and waits until that has had its effect, or another is told. */
    private void mend(Finding finding) {
        Remedy.apply(box, finding.fix()).forEach(command -> box.run(command.split(" ")));
        Pause.until(() -> !only().equals(finding), 10_000);
    }

    private void shouldBeLeft(String own) {
        assertEquals("leaves ens1, ens5 alone (nmcli)", only().text());
        assertEquals("10 (unmanaged)", state("ens1"));
        assertEquals("10 (unmanaged)", state("ens5"));
        assertEquals("100 (connected)", state("ens7"));
        assertEquals(own, state("tw0"));
    }

    /** What it says must be so, and what it tells to do must make it ok; others, and the port's own interface, stay as they are. */
    private void shouldMend(String taken) {
        start();
        String own = state("tw0");
        Finding finding = only();
        assertEquals(Level.WARNING, finding.level(), finding.text());
        assertTrue(finding.text().startsWith(taken), finding.text());
        mend(finding);
        shouldBeLeft(own);
        reboot();
        shouldBeLeft(own);
    }

    /** As far as it is NetworkManager's: what it has kept in /run is gone, and so are addresses. */
    private void reboot() {
        stop();
        forget();
        start();
    }

    private static void forget() {
        box.run(
                "bash",
                "-c",
                "rm -rf /run/NetworkManager/{devices,no-stub*,internal*}; for i in 1 5 7; do ip address flush dev ens$i; done");
    }

    @Test
    void shouldMendAPlainConfiguration() {
        shouldMend(ALL_TAKEN);
    }

    /** The last list by name is the only one; ours has to hold beside it. */
    @Test
    void shouldMendBesideTheListsOfAzureAndRedHat() {
        box.file(
                        FOLDER + "99-azure-unmanaged-devices.conf",
                        "[keyfile]\nunmanaged-devices=driver:mlx4_core;driver:mlx5_core")
                .file(FOLDER + "99-unmanaged-devices.conf", "[keyfile]\nunmanaged-devices=interface-name:lan9");
        shouldMend(ALL_TAKEN);
    }

    /** Switched off by an empty file of its name, as all over the net, and beside what netplan writes. */
    @Test
    void shouldMendBesideTheFilesOfUbuntu() {
        box.file(
                        DISTRIBUTION + "10-globally-managed-devices.conf",
                        "[keyfile]\nunmanaged-devices=*,except:type:wifi,except:type:gsm,except:type:cdma")
                .file(FOLDER + "10-globally-managed-devices.conf", "")
                .file(
                        "/run/NetworkManager/conf.d/netplan.conf",
                        "[keyfile]\nunmanaged-devices+=interface-name:lan9,interface-name:lan8,");
        shouldMend(ALL_TAKEN);
    }

    /** Which no line can be added to so that it counts at once. */
    @Test
    void shouldMendBesideAnExceptionOfTheList() {
        box.file(FOLDER + "50-all.conf", "[keyfile]\nunmanaged-devices=*,except:type:ethernet");
        start();
        String own = state("tw0");
        mend(only());
        Finding second = only();
        assertEquals(Level.WARNING, second.level());
        assertTrue(second.fix().contains("then: nmcli device set ens5 managed no"), second.fix());
        mend(second);
        shouldBeLeft(own);
        reboot();
        shouldBeLeft(own);
    }

    @Test
    void shouldComeAfterSectionsThatManageDevices() {
        box.file(FOLDER + "zz-zones.conf", "[device-all]\nmatch-device=type:ethernet\nmanaged=1");
        shouldMend(ALL_TAKEN);
    }

    @Test
    void shouldMendByNameWhereTheAddressIsNotPermanent() throws IOException {
        machine = box.machine().pair();
        box.file(FOLDER + "50-one.conf", "[keyfile]\nunmanaged-devices=interface-name:=ens5");
        shouldMend("takes ens1 (lan):");
    }

    /** Copies that it does not read, patterns that are none, and a list that is. */
    @Test
    void shouldBelieveItWhateverStandsInFiles() {
        box.file(FOLDER + "10-copy.conf.bak", "[keyfile]\nunmanaged-devices=*")
                .file(FOLDER + "20-literal.conf", "[keyfile]\nunmanaged-devices=interface-name:=ens*");
        start();
        assertEquals(Level.WARNING, only().level(), only().text());
        stop();
        box.file(FOLDER + "30-mac.conf", "[keyfile]\nunmanaged-devices=mac:" + FakeHost.MAC + ";interface-name:ens[1-");
        start();
        assertEquals("leaves ens1, ens5 alone (nmcli)", only().text());
    }

    @Test
    void shouldSayThatARequestDoesNotLast() {
        start();
        box.run("nmcli", "device", "set", "ens5", "managed", "no");
        assertTrue(
                only().text()
                        .startsWith("takes ens1 (lan); leaves ens5 (The device was removed) alone, but only for now:"),
                only().text());
        // nmcli waits 25 s, and NetworkManager may need longer while it is about to activate something.
        box.run("bash", "-c", "nmcli networking off || nmcli networking off");
        assertTrue(only().text().startsWith("leaves ens1 ("), only().text());
        assertEquals(Level.WARNING, only().level());
    }

    @Test
    void shouldNotAskWhatDoesNotRun() {
        Finding finding = only();
        assertEquals(Level.OK, finding.level());
        assertEquals(
                "does not run, and nothing starts it (systemctl is-enabled NetworkManager: disabled), so it was not asked",
                finding.text());
        box.run("mkdir", "-p", "/etc/systemd/system/multi-user.target.wants");
        box.run(
                "ln",
                "-s",
                "/lib/systemd/system/NetworkManager.service",
                "/etc/systemd/system/multi-user.target.wants/");
        finding = only();
        box.run("rm", "/etc/systemd/system/multi-user.target.wants/NetworkManager.service");
        assertEquals(Level.NOTE, finding.level());
        assertTrue(finding.text().contains("whether it takes ens1, ens5 when it is started cannot be known here"));
        Remedy.apply(box, finding.fix());
        start();
        assertEquals(Level.OK, only().level(), only().text());
    }

    /** The only thing that holds in an initramfs too. */
    @Test
    void shouldBelieveItOfPropertiesOfUdev() {
        box.withUdev("ens5", "NM_UNMANAGED=1", () -> {
            start();
            assertTrue(only().text().startsWith("takes ens1 (lan):"), only().text());
        });
    }

    /** Hidden until the standby is acknowledged, or plugged in again elsewhere, under a name that nobody could know. */
    @Test
    void shouldHoldForAPrimaryThatComesLater() {
        shouldMend(ALL_TAKEN);
        box.run("ip", "link", "add", "ens8", "type", "veth", "peer", "name", "to-ens8");
        box.run("ip", "link", "add", "ens9", "address", FakeHost.MAC, "type", "veth", "peer", "name", "to-ens9");
        for (String name : List.of("ens9", "to-ens9", "ens8", "to-ens8")) {
            box.run("ip", "link", "set", name, "up");
        }
        Pause.until(() -> state("ens8").startsWith("100"), 30_000);
        assertEquals("100 (connected)", state("ens8"));
        assertEquals("10 (unmanaged)", state("ens9"));
        box.run("ip", "link", "delete", "ens8");
        box.run("ip", "link", "delete", "ens9");
    }
}
