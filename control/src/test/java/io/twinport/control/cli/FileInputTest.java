package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.posix.SystemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Whatever a command is given to read: one paragraph that says what is wrong with it, exit code 2, at once. */
class FileInputTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    /** Command lines, with {@code FILE} and {@code FOLDER}, which holds it, in the place of a path. */
    private static final List<String> READING = List.of(
            "history FILE",
            "history FILE --json -",
            "history FILE --pcap FOLDER/out.pcapng",
            "replay FILE",
            "top --name odd --cnc-dir FOLDER",
            "show history --name odd --cnc-dir FOLDER",
            "config check FILE",
            "teaming check FILE",
            "teaming check --network FILE",
            "teaming check --verdicts FILE",
            "migrate plan vm01 qemu+ssh://hostb/system --verdicts FILE",
            "run -c FILE",
            "demo --pcap FILE");

    /** Arguments that name a file or a folder which is read, or looked into; with those of {@code FileOutputTest} these are all. */
    static final Set<String> READ = Set.of(
            "history FILE",
            "replay FILE",
            "config check FILE",
            "teaming check --network",
            "teaming check --target-network",
            "* --verdicts",
            "* --hooks",
            "* --state",
            "host install-hook --program",
            "run --config",
            "demo --pcap",
            "* --cnc-dir",
            "* --control-socket");

    @TempDir
    private Path folder;

    /** JUnit would warn of links that lead out of the folder. */
    @AfterEach
    void deleteLinks() throws IOException {
        for (Path file : SystemFiles.list(folder)) {
            if (Files.isSymbolicLink(file)) {
                Files.delete(file);
            }
        }
    }

    static Stream<Arguments> odd() {
        return READING.stream()
                .flatMap(command -> Arrays.stream(OddFiles.values()).map(file -> Arguments.of(command, file)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("odd")
    void shouldSayInOneParagraphWhatIsWrong(String command, OddFiles kind) throws IOException {
        Path file = folder.resolve("odd.cnc");
        kind.make(file);
        String[] arguments = command.replace("FILE", file.toString())
                .replace("FOLDER", folder.toString())
                .split(" ");
        int descriptors = Path.of("/proc/self/fd").toFile().list().length;
        Executed done = assertTimeoutPreemptively(AT_ONCE, () -> Executed.twinport(arguments));
        assertEquals(2, done.code(), done::output);
        assertEquals(1, done.output().lines().count(), done::output);
        assertTrue(done.output().startsWith("twinport: "), done::output);
        assertTrue(done.output().contains(file.toString()), done::output);
        assertTrue(
                Path.of("/proc/self/fd").toFile().list().length <= descriptors + 1,
                "the file stays open: " + done.output());
    }

    /** A new command with a file must come in here, or among those that write. */
    @Test
    void shouldKnowEachArgumentThatNamesAFile() {
        Set<String> known = new TreeSet<>(READ);
        known.addAll(FileOutputTest.WRITTEN);
        Set<String> unknown = new TreeSet<>();
        collect(new CommandLine(new Twinport()).getCommandSpec(), "", known, unknown);
        assertEquals(Set.of(), unknown);
    }

    private static void collect(CommandSpec command, String name, Set<String> known, Set<String> unknown) {
        List<ArgSpec> all = new ArrayList<>(command.options());
        all.addAll(command.positionalParameters());
        for (ArgSpec argument : all) {
            String own = argument.isOption()
                    ? ((CommandLine.Model.OptionSpec) argument).longestName()
                    : argument.paramLabel();
            boolean isFile =
                    argument.type() == Path.class || argument.paramLabel().matches(".*(FILE|DIR|PATH).*");
            if (isFile && !known.contains((name + " " + own).strip()) && !known.contains("* " + own)) {
                unknown.add((name + " " + own).strip());
            }
        }
        command.subcommands()
                .forEach((sub, line) -> collect(line.getCommandSpec(), (name + " " + sub).strip(), known, unknown));
    }
}
