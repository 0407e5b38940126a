package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twinport.posix.Affinity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EalOptionsTest {
    private static final Path TESTPMD = Path.of("/usr/bin/dpdk-testpmd");
    private static final Pattern NAME = Pattern.compile("(?<![\\w-])(--[a-z][a-z-]+|-[a-zA-Z])(?=[ ,=\\[]|$)");

    private static EalOptions parse(String line) {
        return EalOptions.parse(line.isEmpty() ? List.of() : Arrays.asList(line.split(" ", -1)));
    }

    private static String failure(String line) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> parse(line).pollCpus(), line)
                        .getMessage());
    }

    @Test
    void shouldTakeValuesAsTheyAreGiven() {
        EalOptions options = parse("-l 0 --vdev=net_tap0,iface=a --vdev net_null1 -m256 --huge-unlink");
        assertEquals(List.of("net_tap0,iface=a", "net_null1"), options.values("--vdev"));
        assertEquals(List.of("256"), options.values("-m"));
        assertTrue(options.has("--huge-unlink"));
        assertFalse(options.has("--in-memory"));
    }

    @Test
    void shouldTakeTheLastCpuUnlessOneIsGiven() {
        int last = Affinity.ofThisProcess().last();
        int first = Affinity.ofThisProcess().first();
        assertEquals(Set.of(last), parse("").pollCpus());
        assertEquals(
                new TreeSet<>(Set.of(first, last)),
                parse("-l " + first + "," + last).pollCpus());
        assertEquals(Set.of(first), parse("-l" + first + "-" + first).pollCpus());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --nosuch              | EAL has no option '--nosuch'
            --hel                 | EAL has no option '--hel'
            -vh                   | -v takes no value, and not 'h'
            foo                   | EAL has no option 'foo'
            -                     | EAL has no option '-'
            --                    | EAL has no option '--'
            --help                | EAL would print its help and end the process
            -h                    | EAL would print its help and end the process
            --log-level=help      | --log-level cannot be 'help'
            --log-level           | needs a value
            -l                    | needs a value
            -l --no-huge          | '--no-huge' is neither a CPU
            -l 1-0                | '1-0' is neither a CPU nor a range
            -l 0,                 | '' is neither a CPU
            -l -1                 | '-1' is neither a CPU
            -l 0x1                | '0x1' is neither a CPU
            -l 0-2147483647       | this process may use CPUs
            -l 0-99999999999      | this process may use CPUs
            -l 99999999999        | this process may use CPUs
            -l 0 -l 0             | EAL takes -l once
            -c 1                  | twinport's own threads
            --lcores=1            | twinport's own threads
            --no-huge=1           | --no-huge takes no value
            -m -5                 | -m cannot be '-5'
            -m 99999999999        | -m cannot be '99999999999'
            --proc-type=secondary | twinport is a primary process
            --file-prefix=../x    | --file-prefix cannot be
            --no-huge --in-memory | EAL does not take --no-huge and --in-memory together
            -a 05:00.0 -b 06:00.0 | EAL does not take -a and -b together
            """)
    void shouldSayWhatEalCannotDoWith(String line, String part) {
        String message = failure(line);
        assertTrue(message.contains(part), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--log-level=8",
                "--log-level pmd.net.*:debug",
                "--log-level lib.*,5",
                "--huge-worker-stack=64",
                "--vfio-vf-token 14d63f20-8445-11ea-8900-1f9ce7d5650d",
                "--base-virtaddr 0x100000000",
                "-v -n 4 -r 2 --telemetry"
            })
    void shouldTakeWhatEalTakes(String line) {
        assertEquals(1, parse(line).pollCpus().size());
    }

    @Test
    void shouldRefusePciDevicesBesideOptionsAgainstThem() {
        for (String against : List.of("--no-pci", "-b05:00.0", "--block=05:00.0")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> EalArguments.of(List.of("0000:05:00.0"), List.of(against)),
                    against);
            assertEquals(
                    List.of(against),
                    EalArguments.of(List.of(), List.of(against)).extra());
        }
    }

    /** The installed EAL's own help names no option that is not known here. */
    @Test
    void shouldKnowAllThatEalHas() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(TESTPMD), "dpdk-testpmd, whose help is EAL's, is not installed (dpdk-dev)");
        Process help = new ProcessBuilder(TESTPMD.toString(), "--help")
                .redirectErrorStream(true)
                .start();
        String text = new String(help.getInputStream().readAllBytes());
        assertEquals(0, help.waitFor(), text);
        String ofEal = text.substring(text.indexOf("EAL common options"));
        Set<String> names = new TreeSet<>();
        for (String line : ofEal.lines().toList()) {
            Matcher name = NAME.matcher(line.strip());
            while (line.startsWith("  -") && name.lookingAt()) {
                names.add(name.group(1));
                name.region(
                        Math.min(line.strip().length(), name.end() + 2),
                        line.strip().length());
            }
        }
        assertTrue(names.size() > 40, names::toString);
        for (String name : names) {
            try {
                parse(name);
            } catch (IllegalArgumentException e) {
                assertFalse(String.valueOf(e.getMessage()).contains("EAL has no option"), e::getMessage);
            }
        }
    }
}
