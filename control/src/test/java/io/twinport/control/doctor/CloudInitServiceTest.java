package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.doctor.Finding.Level;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real cloud-init's readers, what {@code doctor} says of them, and what comes of the fix. */
class CloudInitServiceTest {
    private static final String FOLDER = "/etc/cloud/cloud.cfg.d/";

    @RegisterExtension
    private static final ServiceBox box = new ServiceBox();

    private FakeHost machine;

    @BeforeEach
    void haveAPair() throws IOException {
        box.run(
                "bash",
                "-c",
                "rm -f " + FOLDER + "* /etc/cloud/cloud-init.disabled; rm -rf /run/systemd /run/cloud-init");
        commandLine("BOOT_IMAGE=/vmlinuz");
        machine = box.machineWithPair();
    }

    private static void commandLine(String text) {
        box.file("/tmp/cmdline", text);
        box.run(
                "bash",
                "-c",
                "mountpoint=$(</proc/mounts); [[ $mountpoint == *\" /proc/cmdline \"* ]] || mount --bind /tmp/cmdline /proc/cmdline");
    }

    private Finding only() {
        List<Finding> found = new CloudInitCheck().findings(machine.host(box.programs()));
        assertEquals(1, found.size(), found.toString());
        return found.getFirst();
    }

    private void shouldMend(String source) {
        Finding finding = only();
        assertEquals(Level.WARNING, finding.level(), finding.text());
        assertTrue(finding.text().contains("source " + source), finding.text());
        Remedy.apply(box, finding.fix());
        assertEquals("leaves the network alone (its own reader, source system_cfg)", only().text(), finding.fix());
    }

    /** Beside what an installer writes, a copy that it does not read, and a file that would come after ours. */
    @Test
    void shouldMendBesideOtherFiles() {
        box.file(FOLDER + "99-x.cfg.disabled", "network: {config: disabled}")
                .file(FOLDER + "50-curtin-networking.cfg", "network:\n  version: 2\n  ethernets: {ens1: {dhcp4: true}}")
                .file(
                        FOLDER + "zzz-lan.cfg",
                        "network:\n  version: 1\n  config: [{type: physical, name: ens1, subnets: [{type: dhcp}]}]");
        shouldMend("system_cfg");
    }

    @Test
    void shouldMendWhatItMakesUpItself() {
        shouldMend("fallback");
        assertEquals(
                "", box.run("bash", "-c", "ls -d /var/lib/cloud /var/log/cloud* 2>/dev/null; true"), "it has written");
    }

    @Test
    void shouldBelieveItsReader() {
        box.file(FOLDER + "99-x.cfg", "# mine\n\"network\":\n  # off\n  \"config\": \"disabled\"");
        assertEquals(Level.OK, only().level(), only().text());
    }

    /** Before which no file counts. */
    @Test
    void shouldSeeTheKernelsCommandLine() {
        box.file(FOLDER + "99-x.cfg", "network: {config: disabled}");
        commandLine("quiet network-config="
                + java.util.Base64.getEncoder()
                        .encodeToString("version: 2".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        Finding finding = only();
        assertEquals(Level.WARNING, finding.level(), finding.text());
        commandLine("quiet " + finding.fix().replaceFirst(".*: ", ""));
        assertEquals("leaves the network alone (its own reader, source cmdline)", only().text());
    }

    @Test
    void shouldSeeThatItIsOff() {
        box.run("mkdir", "-p", "/run/systemd/system", "/run/cloud-init");
        box.file("/run/cloud-init/enabled", "").file("/etc/cloud/cloud-init.disabled", "");
        assertEquals("is off (cloud-init status)", only().text());
    }
}
