package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.doctor.Finding.Level;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real ifupdown, what {@code doctor} says of it, and what comes of the fix. */
class IfupdownServiceTest {
    private static final String INTERFACES = "/etc/network/interfaces";

    /** As Debian's images have it. */
    private static final String DEBIAN =
            "source-directory /etc/network/interfaces.d\nsource-directory /run/network/interfaces.d\nauto lo\niface lo inet"
                    + " loopback";

    private static final String RULES = "/etc/udev/rules.d/75-cloud-ifupdown.rules";
    private static final String HELPER = "/etc/network/cloud-ifupdown-helper";

    /** Does what that of Debian's cloud images does for an interface that has come: a configuration, unless there is one. */
    private static final String HELPER_SCRIPT = "#!/bin/bash\nmkdir -p /run/network/interfaces.d\n"
            + "ifup --no-act \"$INTERFACE\" &>/dev/null && exit\n"
            + "template=$(</etc/network/cloud-interfaces-template)\n"
            + "echo \"${template//\\$INTERFACE/$INTERFACE}\" >\"/run/network/interfaces.d/$INTERFACE\"";

    private static final String TEMPLATE = "auto $INTERFACE\nallow-hotplug $INTERFACE\n\niface $INTERFACE inet dhcp\n\n"
            + "iface $INTERFACE inet6 manual\n  try_dhcp 1";

    @RegisterExtension
    private static final ServiceBox box = new ServiceBox();

    private FakeHost machine;

    @BeforeEach
    void haveAPair() throws IOException {
        box.run("bash", "-c", "rm -rf /etc/network/interfaces* /run/network /etc/udev/rules.d/* /etc/network/*.cfg");
        box.file(INTERFACES, DEBIAN);
        machine = box.machineWithPair();
    }

    private List<Finding> findings() {
        return new IfupdownCheck().findings(machine.host(box.programs()));
    }

    private Finding only() {
        List<Finding> found = findings();
        assertEquals(1, found.size(), found.toString());
        return found.getFirst();
    }

    /** What it would do with an interface, in its own words. */
    private static String wouldDo(String name) {
        return box.run("bash", "-c", "ifup --no-act --force --no-scripts " + name + " 2>&1; true");
    }

    private void shouldMend(String taken) {
        Finding finding = only();
        assertEquals(Level.WARNING, finding.level(), finding.text());
        assertTrue(finding.text().startsWith("takes " + taken), finding.text());
        assertEquals(List.of(), Remedy.apply(box, finding.fix()));
        assertEquals("leaves ens1, ens5 alone (ifup --no-act)", only().text(), finding.fix());
        for (String name : List.of("ens1", "ens5")) {
            assertTrue(
                    wouldDo(name)
                            .lines()
                            .filter(line -> !line.isBlank())
                            .allMatch(line -> line.matches("ip link set dev .* up .*|.*unknown interface.*")),
                    wouldDo(name));
        }
    }

    @Test
    void shouldSayThatItKnowsNone() {
        assertEquals(Level.OK, only().level(), only().text());
        assertEquals("", box.run("bash", "-c", "ls /run/network 2>/dev/null; true"), "it has changed something");
    }

    @Test
    void shouldMendAStanzaWithItsOptions() {
        box.file(
                "/etc/network/interfaces.d/lan",
                "auto ens5\niface ens5 inet static\n  address 192.0.2.7/24\n\niface ens7 inet dhcp");
        shouldMend("ens5 (/etc/network/interfaces.d/lan:2: iface ens5 inet static)");
        assertTrue(wouldDo("ens7").contains("dhclient"), wouldDo("ens7"));
    }

    @Test
    void shouldMendWhatIsSourced() {
        box.file(INTERFACES, "source /etc/network/l*.cfg")
                .file(
                        "/etc/network/lan.cfg",
                        "allow-hotplug ens1\niface ens1 inet dhcp\niface ens1 inet6 auto\nsource inner.cfg")
                .file(
                        "/etc/network/inner.cfg",
                        "iface ens5 inet6 dhcp\niface ens5 inet manual\n  up ip address add 192.0.2.9/24 dev ens5");
        shouldMend(
                "ens1 (/etc/network/lan.cfg:2: iface ens1 inet dhcp), ens5 (/etc/network/inner.cfg:1: iface ens5 inet6 dhcp)");
    }

    @Test
    void shouldMendBesideTheHelperOfDebiansCloudImages() {
        haveHelper();
        shouldMend("ens1 (" + RULES + " starts cloud-ifupdown-helper");
        come("ens1");
        come("ens5");
        assertEquals(Level.OK, only().level(), only().text());
    }

    /** It has already been there at this boot, and will be at the next. */
    @Test
    void shouldMendWhatTheHelperHasMade() {
        haveHelper();
        come("ens1");
        come("ens5");
        shouldMend("ens1 (/run/network/interfaces.d/ens1:4: iface ens1 inet dhcp), ens5 (");
        box.run("rm", "-r", "/run/network");
        come("ens1");
        come("ens5");
        assertEquals(Level.OK, only().level(), only().text());
    }

    private static void haveHelper() {
        box.file(
                        RULES,
                        "# Handle allow-hotplug interfaces\nSUBSYSTEM==\"net\", ACTION==\"add|remove\", ENV{INTERFACE}==\"eth*|en*\","
                                + " RUN+=\"" + HELPER + "\"")
                .file(HELPER, HELPER_SCRIPT)
                .file("/etc/network/cloud-interfaces-template", TEMPLATE);
    }

    /** What udev would do when an interface comes. */
    private static void come(String name) {
        box.run("bash", "-c", "INTERFACE=" + name + " bash " + HELPER);
    }

    /** A rule that a link to nowhere hides starts nothing. */
    @Test
    void shouldNotMindARuleThatIsMasked() {
        box.file("/usr/lib/udev/rules.d/75-cloud-ifupdown.rules", "RUN+=\"" + HELPER + "\"");
        assertEquals(Level.WARNING, only().level(), only().text());
        box.run("mkdir", "-p", "/etc/udev/rules.d");
        box.run("ln", "-s", "/dev/null", RULES);
        assertEquals(Level.OK, only().level(), only().text());
        box.run("rm", "/usr/lib/udev/rules.d/75-cloud-ifupdown.rules");
    }

    /** Scripts of mappings are not run, and a file that it cannot read is no answer. */
    @Test
    void shouldRunNothing() {
        box.file(
                        INTERFACES,
                        "mapping ens5\n  script /etc/network/touch.cfg\niface ens1 inet manual\n  pre-up touch /tmp/touched")
                .file("/etc/network/touch.cfg", "#!/bin/bash\ntouch /tmp/touched");
        box.run("chmod", "755", "/etc/network/touch.cfg");
        findings();
        assertEquals("", box.run("bash", "-c", "ls /tmp/touched 2>/dev/null; true"));
        box.file(INTERFACES, "iface ens5 inet dhc");
        assertTrue(only().text().startsWith("could not be asked (ifup: /etc/network/interfaces:1: "), only().text());
        assertEquals(Level.WARNING, only().level());
    }
}
