package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user can get wrong: a paragraph that says what to do, exit code 2, and nothing left behind. */
class BadInputDpdkTest {
    private static final int SECONDS = 180;

    @TempDir
    private Path folder;

    private String failure(List<String> flags, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(1, List.of("--cnc-dir", folder.toString()));
        try (Program twinport = Program.twinport(flags, all.toArray(String[]::new))) {
            assertEquals(2, twinport.waitFor(SECONDS), twinport::output);
            assertEquals(0, twinport.count("^\\s+at |Exception in"), twinport::output);
            assertTrue(Files.notExists(Path.of("/var/run/dpdk/twinport-" + twinport.pid())), "EAL's folder stays");
            return twinport.output();
        }
    }

    private void assertFailure(String part, String... arguments) {
        assertSaid(part, failure(List.of(), arguments));
    }

    private static void assertSaid(String part, String output) {
        assertTrue(output.contains(part), output);
        String last = output.substring(output.lastIndexOf('\n') + 1);
        assertTrue(last.startsWith("twinport: "), output);
    }

    /** What can be told without EAL. */
    private static void assertRefusal(String part, String... arguments) {
        Executed twinport = Executed.twinport(arguments);
        assertEquals(2, twinport.code(), twinport::output);
        assertSaid(part, twinport.output());
    }

    @Test
    void shouldNameAnUnknownDevice() {
        assertFailure("unknown device net_nosuch0", "run", "--primary", "net_nosuch0", "--", "--no-huge");
    }

    @Test
    void shouldTakeTheGoodSideBackWhenTheOtherIsBad() {
        String tap = "twbad" + ProcessHandle.current().pid() % 10_000;
        assertFailure(
                "unknown device net_nosuch1",
                "run",
                "--primary",
                "net_tap0,iface=" + tap,
                "--standby",
                "net_nosuch1",
                "--",
                "--no-huge");
        assertFalse(Files.exists(Path.of("/sys/class/net", tap)), "the good side's interface was left behind");
    }

    @Test
    void shouldSayWhatIsNoRecordOfDecisions() throws IOException {
        Path text = Files.writeString(folder.resolve("some.txt"), "no record");
        for (Path file : List.of(text, folder.resolve("missing.cnc"), folder)) {
            assertRefusal("twinport: " + file, "replay", file.toString());
        }
    }

    /** Also where SIGINT and SIGTERM are waited for already. */
    @Test
    void shouldEndAtOnceWhateverItsStartFailsWith() throws IOException {
        Path inTheWay = Files.createDirectory(folder.resolve("taken.cnc"));
        for (String command : List.of(
                "run --primary net_null0 --name ../x -- --no-huge",
                "run --primary net_null0 --name taken -- --no-huge",
                "run --primary net_null0 --metrics 192.0.2.1:1 -- --no-huge",
                "run --primary net_null0 --control-socket " + inTheWay + " -- --no-huge",
                "demo --name taken",
                "soak --name taken")) {
            String output = failure(List.of("-Dtwinport.dpdk.dir=" + inTheWay), command.split(" "));
            assertFalse(output.contains("has not closed"), output);
        }
    }

    @Test
    void shouldRefuseTwoEqualDevices() {
        assertRefusal(
                "they must be two devices",
                "run",
                "--primary",
                "net_null0",
                "--standby",
                "net_null0",
                "--",
                "--no-huge");
    }

    @Test
    void shouldRefuseDifferentMacAddresses() {
        assertFailure(
                "need the same MAC address",
                "run",
                "--primary",
                "net_tap0,mac=02:00:00:00:00:01",
                "--standby",
                "net_tap1,mac=02:00:00:00:00:02",
                "--",
                "--no-huge");
    }

    /** R59: what no port can be set to. */
    @Test
    void shouldRefuseSettingsThatAreNone() {
        assertSetting("--mtu 67 is not possible: give 68 to 16000 bytes", "--mtu", "67");
        assertSetting("--mtu 16001 is not possible", "--mtu", "16001");
        assertSetting("--vlan 4095 is not possible: give 1 to 4094", "--vlan", "10,4095");
        assertSetting("--vlan 0 is not possible", "--vlan", "0");
        assertSetting("--mac: '01:00:5e:00:00:fb' cannot be an interface's MAC address", "--mac", "01:00:5e:00:00:fb");
        assertSetting("--mac: 'x' is not a MAC address", "--mac", "x");
        assertSetting(
                "--multicast: '02:00:00:00:00:01' is no multicast address",
                "--multicast",
                "01:00:5e:00:00:fb,02:00:00:00:00:01");
    }

    private void assertSetting(String part, String option, String value) {
        assertRefusal(part, "run", "--primary", "net_null0", option, value, "--", "--no-huge");
    }

    /** R22: the device and the MTU by name. */
    @Test
    void shouldSayThatADeviceCannotHaveTheMtu() {
        assertFailure(
                "cannot join: the port has an MTU of 9000, and it cannot have that: net_tap0",
                "run",
                "--primary",
                "net_tap0,iface=twbadmtu",
                "--mtu",
                "9000",
                "--",
                "--no-huge");
        assertFalse(Files.exists(Path.of("/sys/class/net/twbadmtu")), "its interface was left behind");
    }

    /** What time may mend does not end it: here somebody makes room for a vhost-user socket. */
    @Test
    void shouldSayThatAPortDoesNotStartAndTryAgain() throws IOException {
        Path file = Files.writeString(folder.resolve("in-the-way"), "");
        try (Program run = Program.twinport(
                "run",
                "--cnc-dir",
                folder.toString(),
                "--primary",
                "net_vhost0,iface=" + file.resolve("socket"),
                "--handler",
                "sink",
                "--",
                "--no-huge")) {
            run.awaitLine("primary net_vhost0 cannot join: rte_eth_dev_configure.* It is tried again", SECONDS);
            Files.delete(file);
            Files.createDirectory(file);
            run.awaitLine("primary net_vhost0 \\(port 0, net_vhost\\) joined", SECONDS);
            run.interrupt();
            assertEquals(0, run.waitFor(SECONDS), run::output);
        }
    }

    @Test
    void shouldSayHowToHaveHugepages() throws IOException {
        if (Files.readString(Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"))
                .trim()
                .equals("0")) {
            assertFailure("free hugepages", "run", "--primary", "net_null0");
        } else {
            assertFailure("-m 999999", "run", "--primary", "net_null0", "--", "--in-memory", "-m", "999999");
        }
    }

    @Test
    void shouldSayThatThereIsNoPermissionForATap() {
        // Root without its capabilities: it may read what Maven has put in root's home, and no more.
        List<String> command = new ArrayList<>(List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all"));
        command.addAll(List.of(System.getProperty("java.home") + "/bin/java", "-Xmx64m"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--add-exports"));
        command.addAll(List.of("java.base/jdk.internal.misc=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.twinport.control.cli.Main"));
        command.addAll(List.of("run", "--cnc-dir", folder.toString(), "--primary", "net_null0"));
        command.addAll(List.of("--handler", "tap:twnobody", "--", "--no-huge"));
        try (Program twinport = Program.start(command.toArray(String[]::new))) {
            assertEquals(2, twinport.waitFor(SECONDS), twinport::output);
            assertTrue(twinport.output().contains("run it as root"), twinport::output);
        }
    }

    @Test
    void shouldRefuseAReleaseOfDpdkThatItDoesNotKnow() throws IOException {
        Path source = folder.resolve("eal.c");
        Files.writeString(source, "const char *rte_version(void) { return \"DPDK 23.11.3\"; }\n");
        Path library = folder.resolve("librte_eal.so.24");
        Program.run("gcc", "-shared", "-fPIC", "-o", library.toString(), source.toString());
        String output =
                failure(List.of("-Dtwinport.dpdk.dir=" + folder), "run", "--primary", "net_null0", "--", "--no-huge");
        assertTrue(output.contains("DPDK 23.11.3"), output);
        assertTrue(output.contains("It knows 22.11, 24.11"), output);
    }

    @Test
    void shouldRefuseOptionsThatMakeNoSense() {
        assertRefusal("--switches 0", "demo", "--switches", "0");
        assertRefusal("--rate -1", "demo", "--rate", "-1");
        assertRefusal("cannot be read", "demo", "--pcap", folder.resolve("none").toString());
        assertRefusal(
                "--json", "demo", "--json", folder.resolve("none/result.json").toString());
        assertFailure("-l 99", "run", "--primary", "net_null0", "--", "-l", "99");
        assertRefusal("--handler", "run", "--primary", "net_null0", "--handler", "drop", "--", "--no-huge");
        assertRefusal("give active, presence or both", "run", "--primary", "net_null0", "--rx-mode", "kernel");
        assertRefusal("give 0 to 10000 microseconds", "run", "--primary", "net_null0", "--rx-lookback-us", "10001");
        assertRefusal("--rx-lookback-us -1", "run", "--primary", "net_null0", "--rx-lookback-us", "-1");
        assertRefusal("give 0 to 10000 milliseconds", "run", "--primary", "net_null0", "--rx-window-ms", "10001");
        Executed bogus = Executed.twinport("run", "--bogus");
        assertEquals(2, bogus.code());
        assertTrue(bogus.output().contains("--bogus"), bogus::output);
    }

    @Test
    void shouldRefuseASecondInstanceOfTheSameName() {
        try (Program first = Program.twinport(
                "run",
                "--cnc-dir",
                folder.toString(),
                "--primary",
                "net_null0",
                "--handler",
                "sink",
                "--",
                "--no-huge")) {
            first.awaitLine("ready", SECONDS);
            assertFailure("belongs to a twinport that is running", "run", "--primary", "net_null0", "--", "--no-huge");
            first.interrupt();
            assertEquals(0, first.waitFor(SECONDS), first::output);
        }
    }
}
