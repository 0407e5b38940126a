package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Program;
import io.twinport.control.doctor.Finding.Level;
import io.twinport.control.program.Answer;
import io.twinport.control.program.FakePrograms;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

    /** All that need no DPDK. */
    private static final List<Check> CHECKS = Doctor.CHECKS.stream()
            .filter(check -> !(check instanceof SoftwareCheck))
            .toList();

    private static final List<Check> SERVICES =
            CHECKS.stream().filter(ServiceCheck.class::isInstance).toList();

    @TempDir
    Path root;

    private FakeHost machine;

    @BeforeEach
    void haveAPair() {
        machine = new FakeHost(root).pair();
    }

    private static Check check(String subject, RuntimeException failure) {
        return new Check() {
            @Override
            public String subject() {
                return subject;
            }

            @Override
            public List<Finding> findings(Host host) {
                throw failure;
            }
        };
    }

    @Test
    void shouldGoOnAfterACheckThatFails() {
        List<Finding> found = Doctor.examine(
                machine.host(), List.of(check("first", new IllegalStateException("no\nway")), new PairCheck()));
        assertEquals(2, found.size());
        assertEquals(Level.WARNING, found.getFirst().level());
        assertEquals("first", found.getFirst().subject());
        assertTrue(found.getFirst().text().contains("IllegalStateException: no?way"), found.toString());
        assertEquals(Level.OK, found.getLast().level());
    }

    /** What stands in a file of anybody's is not for a terminal to obey. */
    @Test
    void shouldShowNoControlCharacters() {
        machine.file("/etc/sysconfig/network-scripts/ifup-eth", "")
                .file("/etc/sysconfig/network-scripts/ifcfg-\u001b[31mred", "DEVICE=ens5");
        String text = Doctor.examine(machine.host(), CHECKS).toString();
        assertTrue(text.contains("ifcfg-?[31mred"), text);
        assertFalse(text.contains("\u001b"), text);
    }

    /** Nothing that lies where a file is expected keeps it, or ends it. */
    @Test
    @Timeout(60)
    void shouldLookAtAMachineThatIsOdd() {
        for (String file : List.of(
                "/etc/network/interfaces",
                "/etc/dhcpcd.conf",
                "/etc/cloud/cloud.cfg",
                "/etc/udev/rules.d/75-x.rules",
                "/etc/sysconfig/network-scripts/ifcfg-ens5",
                "/proc/12/comm",
                "/proc/self/limits",
                "/proc/self/status",
                "/sys/class/net/ens5/addr_assign_type")) {
            Path path = root.resolve(file.substring(1));
            machine.folder(file.substring(0, file.lastIndexOf('/')));
            Program.run("mkfifo", path.toString());
        }
        machine.folder("/sys/class/net/ens1/address1")
                .folder("/etc/systemd/network/20-x.network")
                .link("/etc/NetworkManager/conf.d/loop.conf", "/etc/NetworkManager/conf.d/loop.conf")
                .file("/sys/bus/pci/slots/1/power", "");
        List<Finding> found = Doctor.examine(machine.host(), CHECKS);
        assertFalse(found.toString().contains("this check failed"), found.toString());
    }

    /**
     * Whatever stands in a service's files, and whether or not something shows that it has run: who cannot be asked is not said to
     * leave an interface alone.
     */
    @Test
    void shouldNotSpeakForAServiceThatItCannotAsk() {
        machine.folder("/run/systemd/netif")
                .file("/usr/lib/systemd/systemd-networkd", "")
                .file("/etc/systemd/network/01-azure.network", "[Match]\nProperty=X=1\n[Link]\nUnmanaged=yes")
                .folder("/run/NetworkManager")
                .file("/etc/NetworkManager/conf.d/99-all.conf", "[keyfile]\nunmanaged-devices=*")
                .file("/etc/network/interfaces", "iface ens1 inet manual\niface ens5 inet manual")
                .file("/etc/cloud/cloud.cfg", "network: {config: disabled}")
                .file("/etc/dhcpcd.conf", "denyinterfaces ens1 ens5");
        List<Finding> found = Doctor.examine(machine.host(), SERVICES);
        assertFalse(found.toString().contains("alone ("), found.toString());
        assertEquals(
                List.of("NetworkManager", "systemd-networkd", "ifupdown", "cloud-init", "dhcpcd", "network-scripts"),
                found.stream().map(Finding::subject).toList());
        assertTrue(
                found.stream()
                        .limit(5)
                        .allMatch(finding -> finding.level() != Level.OK
                                && finding.text().contains("cannot be known here")
                                && !finding.fix().isEmpty()),
                found.toString());
    }

    /** They run, and their tools are not there, fail, hang, or talk nonsense. */
    @Test
    void shouldSayWhyAServiceThatRunsHasNotAnswered() {
        machine.process(11, "NetworkManager").process(12, "systemd-network").process(13, "dhcpcd");
        for (Answer answer : List.of(
                Answer.none("it has not answered within 10 s"),
                new Answer(1, "", "Error: Could not create NMClient object"),
                new Answer(0, "", ""),
                new Answer(0, "{\"Interfaces\": 7", ""),
                new Answer(0, "[[[]]]\u0000:::\n:", ""))) {
            FakePrograms programs = new FakePrograms()
                    .answer("nmcli", answer)
                    .answer("networkctl", answer)
                    .answer("ifquery", answer)
                    .answer("ifup", answer)
                    .answer("cloud-init", answer)
                    .answer("python3", answer)
                    .answer("ip", answer);
            List<Finding> found = Doctor.examine(machine.host(programs), CHECKS);
            assertFalse(found.toString().contains("this check failed"), found.toString());
            List<Finding> services = found.stream()
                    .filter(finding -> List.of("NetworkManager", "systemd-networkd", "ifupdown", "cloud-init")
                            .contains(finding.subject()))
                    .toList();
            assertEquals(4, services.size(), found.toString());
            assertTrue(
                    services.stream().allMatch(finding -> finding.level() == Level.WARNING),
                    answer + ": " + services.stream().map(Finding::text).collect(Collectors.joining("\n")));
        }
    }

    /** None is asked that could be started by that. */
    @Test
    void shouldNotAskWhatDoesNotRun() {
        FakePrograms programs = new FakePrograms()
                .answer("networkctl --json=short", 0, "{\"Name\":\"ens1\",\"AdministrativeState\":\"unmanaged\"}")
                .answer("networkctl --version", 0, "systemd 252 (252.39)")
                .answer("systemctl is-enabled systemd-networkd", 0, "enabled\n");
        machine.file("/proc/1/comm", "systemd").file("/usr/lib/systemd/systemd-networkd", "");
        Finding finding = new NetworkdCheck().findings(machine.host(programs)).getFirst();
        assertEquals(Level.NOTE, finding.level());
        assertTrue(finding.text().startsWith("does not run, so it was not asked"), finding.text());
    }

    /** A process of a container has other interfaces. */
    @Test
    void shouldNotTakeAContainersServiceForOurs() {
        machine.file("/proc/1/comm", "systemd")
                .file("/proc/77/comm", "systemd-network")
                .link("/proc/self/ns/net", "/net:[1]")
                .link("/proc/77/ns/net", "/net:[2]");
        assertFalse(Processes.runs(machine.host(), "systemd-network"));
        machine.file("/proc/78/comm", "systemd-network").link("/proc/78/ns/net", "/net:[1]");
        assertTrue(Processes.runs(machine.host(), "systemd-network"));
    }

    @Test
    void shouldNotAskWhereThereIsNoPort() {
        assertEquals(
                List.of("none was asked"),
                Doctor.examine(new FakeHost(root.resolve("empty")).host(), CHECKS).stream()
                        .filter(finding -> finding.subject().equals("services"))
                        .map(finding -> finding.text().replaceFirst(".*(none was asked).*", "$1"))
                        .toList());
    }
}
