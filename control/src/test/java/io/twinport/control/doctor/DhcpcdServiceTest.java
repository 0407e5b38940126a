package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.doctor.Finding.Level;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real dhcpcd, what {@code doctor} says of it, and what comes of the fix. */
class DhcpcdServiceTest {
    private static final String SERVICE = "dhcpcd";
    private static final String FILE = "/etc/dhcpcd.conf";

    @RegisterExtension
    private static final ServiceBox box = new ServiceBox();

    private FakeHost machine;

    @BeforeEach
    void haveAPair() throws IOException {
        box.run("mkdir", "-p", "/var/lib/dhcpcd");
        machine = box.machineWithPair();
    }

    @AfterEach
    void stop() {
        box.stop(SERVICE);
    }

    /** Without udev it would wait for that. */
    private void start(String configuration, String... arguments) {
        box.file(FILE, "nodev\n" + configuration);
        restart(arguments);
    }

    private void restart(String... arguments) {
        String[] command = new String[3 + arguments.length];
        command[0] = SERVICE;
        command[1] = "--nobackground";
        command[2] = "--debug";
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        box.start(SERVICE, () -> log().contains(": soliciting a DHCP lease"), command);
    }

    private static String log() {
        return box.run("cat", "/tmp/dhcpcd.log");
    }

    private Finding only() {
        List<Finding> found = new DhcpcdCheck().findings(machine.host(box.programs()));
        assertEquals(1, found.size(), found.toString());
        return found.getFirst();
    }

    @Test
    void shouldDenyItTheSides() {
        start("hostname\ninterface ens5\nstatic ip_address=192.0.2.7/24");
        Finding finding = only();
        assertEquals(Level.WARNING, finding.level(), finding.text());
        assertEquals(List.of("systemctl restart dhcpcd"), Remedy.apply(box, finding.fix()));
        stop();
        restart();
        assertEquals(Level.OK, only().level(), only().text());
        assertFalse(log().contains("\nens1:") || log().contains("\nens5:"), log());
        assertTrue(log().contains("\nens7:"), log());
    }

    @Test
    void shouldNotTakeWhatIsDeniedElsewhereForDenied() {
        start("interface ens7\ndenyinterfaces ens1 ens5");
        assertEquals(Level.WARNING, only().level(), only().text());
        assertTrue(Pause.until(() -> log().contains("\nens5: soliciting"), 30_000), DhcpcdServiceTest::log);
    }

    @Test
    void shouldSeeWhichInterfaceItWasStartedFor() {
        start("hostname", "ens5");
        // Its processes say so once they have called themselves what they are.
        String expected = "takes ens5 (a process of its works on it):";
        assertTrue(Pause.until(() -> only().text().startsWith(expected), 30_000), only().text());
    }
}
