package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** What {@code run} refuses before it touches a device {@code config check} refuses, and says where it stands. */
class ConfigCheckTest {
    /** The last thing that run looks at: what comes to that was found good. */
    private static final String END = "-l 99999: this process may use CPUs";

    @TempDir
    private static Path folder;

    private static Junk junk;

    @BeforeAll
    static void prepare() throws IOException {
        junk = new Junk(folder);
    }

    private static List<String> keys(Object options) {
        return Configuration.keys(CommandLines.of(options));
    }

    static List<String> ofPorts() {
        return keys(new PortArguments());
    }

    static List<String> ofTheProcess() {
        return keys(new ProcessOptions());
    }

    private static List<String> values() {
        return Stream.of(
                        Junk.NEVER_POSSIBLE.stream(), Junk.NUMBERS.stream(), Junk.WORDS.stream(), junk.paths().stream())
                .flatMap(all -> all)
                // Which no file can have in it, and which ends the options of a command line.
                .filter(value -> !value.equals("\ud800") && !value.equals("--"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("ofPorts")
    void shouldRefuseOfAPortWhatRunRefuses(String key) throws IOException {
        for (String value : values()) {
            String primary = key.equals("primary") ? "" : "    primary: net_null0\n";
            assertAgreement(
                    key, value, "ports:\n  wan:\n" + primary + "    " + key + ": " + quoted(value) + "\n", "\\d+:5: ");
        }
    }

    @ParameterizedTest
    @MethodSource("ofTheProcess")
    void shouldRefuseOfTheProcessWhatRunRefuses(String key) throws IOException {
        for (String value : values()) {
            assertAgreement(key, value, key + ": " + quoted(value) + "\nports: {wan: {primary: net_null0}}\n", "1:1: ");
        }
    }

    private static void assertAgreement(String key, String value, String yaml, String place) throws IOException {
        List<String> line = new ArrayList<>();
        if (!key.equals("primary")) {
            line.addAll(List.of("--primary", "net_null0"));
        }
        line.addAll(List.of("--" + key + "=" + value, "--", "-l", "99999"));
        Executed run = Executed.of(() -> Commands.execute(new RunCommand(), line.toArray(String[]::new)));
        Path file = write(yaml);
        Executed check = Executed.of(() -> Commands.execute(new ConfigCommand.Check(), file.toString()));
        boolean isFlag = keysOfFlags().contains(key);
        String both = key + ": " + value.replaceAll("(?s)(.{99}).*", "$1...") + "\nrun: " + run.output() + "\ncheck: "
                + check.output();
        assertEquals(2, run.code(), both);
        if (run.output().contains(END)) {
            assertEquals(0, check.code(), both);
        } else {
            assertEquals(2, check.code(), both);
            assertTrue(check.output().matches("(?s)twinport: \\Q" + file + "\\E:" + place + ".*"), both);
            assertTrue(isFlag || check.output().contains(key), both);
        }
    }

    private static List<String> keysOfFlags() {
        return Stream.of(new PortArguments(), new ProcessOptions())
                .flatMap(options -> CommandLines.of(options).getCommandSpec().options().stream())
                .filter(option -> CommandLines.typeOf(option) == boolean.class)
                .map(option -> option.longestName().substring(2))
                .toList();
    }

    private static Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("twinport.yaml"), yaml);
    }

    /** JSON is YAML. */
    private static String quoted(String value) {
        return new String(JsonMapper.shared().writeValueAsBytes(value), StandardCharsets.UTF_8)
                .replace("\u007f", "\\x7f")
                .replace("\u009b", "\\x9b");
    }

    /** @param yaml with a bar for each end of a line, and a greater-than sign for an indent */
    @ParameterizedTest
    @CsvSource(delimiter = '!', textBlock = """
            eal: -l 0-99999999999          ! 1:1: ! this process may use CPUs
            eal: -l 0-2147483647           ! 1:1: ! this process may use CPUs
            eal: [-l 1, --help]            ! 1:1: ! EAL would print its help and end the process
            eal: --nosuch                  ! 1:1: ! EAL has no option '--nosuch'
            eal: --no-pci|ports: {wan: {primary: 05:00.0}} ! 1:1: ! --no-pci cannot be given where a side is a PCI device
            eal: '--vdev=net_tap0,mac=1'   ! 1:1: ! '1' is not a MAC address
            control-socket: "\\0"          ! 1:1: ! 'control-socket' has a control character in it (U+0000)
            control-socket: FOLDER/cnc/twinport.cnc|cnc-dir: FOLDER/cnc ! 1:1: ! its own file there
            control-socket: FOLDER/no/s    ! 1:1: ! there is no folder FOLDER/no
            control-socket: FOLDER/large   ! 1:1: ! exists and is no socket
            cnc-dir: FOLDER/large/x        ! 1:1: ! FOLDER/large is no folder
            name: ../x                     ! 1:1: ! --name ../x is not possible
            name: a b                      ! 1:1: ! --name a b is not possible
            ports: {wan: {primary: net_null0, handler: 'tap:..'}}  ! 1:35: ! the kernel makes no interface of the name '..'
            ports: {wan: {primary: net_null0, handler: 'tap:lo'}}  ! 1:35: ! 'lo'
            ports: {wan: {primary: net_null0, handler: 'tap:all'}} ! 1:35: ! 'all'
            ports: {wan: {standby: later0, standby-driver: kernel, handler: 'tap:later0'}} ! 1:15: ! both have the interface later0
            ports: {wan: {primary: 'net_af_packet0,iface=a', standby: 'net_af_packet1,iface=a'}} ! 1:15: ! both have the interface a
            ports: {wan: {primary: '05:00.0'}, lan: {primary: '0000:05:00.0'}} ! 1:42: ! both have 0000:05:00.0
            ports: {wan: {primary: auto, standby: auto}, lan: {primary: auto, standby: auto}} ! 1:67: ! the only pair
            ports: {wan: {primary: 'net_ring0,mac=02:00:00:00:00:01'}} ! 1:15: ! net_ring takes no mac=
            ports: {wan: {primary: 'net_af_packet0,iface=a,framesz=16384'}} ! 1:15: ! give framesz=2080 at most
            ports: {wan: {primary: net_null0, hold-us: -1}} ! 1:35: ! --hold-us -1 is not possible: give 0 to 10000000 microseconds
            """)
    void shouldSayWhatIsWrongWithoutADevice(String yaml, String place, String part) throws IOException {
        String text = yaml.strip().replace("FOLDER", folder.toString()).replace("|", "\n");
        Path file = write(text.contains("ports:") ? text : text + "\nports: {wan: {primary: net_null0}}\n");
        Executed check = Executed.of(() -> Commands.execute(new ConfigCommand.Check(), file.toString()));
        assertEquals(2, check.code(), check::output);
        assertTrue(check.output().startsWith("twinport: " + file + ":" + place.strip()), check::output);
        assertTrue(check.output().contains(part.strip().replace("FOLDER", folder.toString())), check::output);
    }

    /** R13: both sides of a pair have one address, and may be given by it. */
    @ParameterizedTest
    @CsvSource({"auto", "dpdk", "twinport", "kernel"})
    void shouldTakeAPairByItsOneAddress(String driver) throws IOException {
        Path file = write("""
                ports:
                  wan:
                    primary: mac:52:54:00:12:34:56
                    standby: mac:52:54:00:12:34:56
                    standby-driver: %s
                """.formatted(driver));
        Executed check = Executed.of(() -> Commands.execute(new ConfigCommand.Check(), file.toString()));
        assertEquals(0, check.code(), check::output);
    }

    @Test
    void shouldTakeFramesThatFitBesideAPortOfALargerMtu() throws IOException {
        Path file = write("""
                ports:
                  wan: {primary: 'net_af_packet0,iface=a,framesz=8192'}
                  lan: {primary: net_null0, mtu: 9000}
                """);
        Executed check = Executed.of(() -> Commands.execute(new ConfigCommand.Check(), file.toString()));
        assertEquals(0, check.code(), check::output);
    }
}
