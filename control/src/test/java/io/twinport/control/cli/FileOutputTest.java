package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.OutputFile;
import io.twinport.control.Program;
import io.twinport.dataplane.cnc.CncFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be written is exit code 1 with the reason; what is seen beforehand not to be is exit code 2, before any work. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FileOutputTest {
    private static final int SECONDS = 60;

    /** Arguments that name a file or a folder which is written. */
    static final Set<String> WRITTEN = Set.of(
            "* --json",
            "history --pcap",
            "demo --hgrm",
            "capture FILE|-",
            "man DIR",
            "probe mac-filter --svg",
            "probe mac-filter --verdicts",
            "migrate run --journal",
            "migrate reattach --journal",
            "host agent --audit");

    private Path folder = Path.of("");

    @BeforeAll
    void makeRecord(@TempDir Path temporary) throws IOException {
        folder = temporary;
        CncFile.create(folder.resolve("some.cnc")).close();
        Files.writeString(folder.resolve("some.yaml"), "ports: {wan: {primary: net_null0, handler: sink}}");
    }

    private String[] words(String command) {
        return command.replace("FOLDER", folder.toString()).split(" ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "history FOLDER/some.cnc --json /dev/full",
                "show history --cnc-dir FOLDER --name some --json /dev/full",
                "doctor --json /dev/full"
            })
    void shouldSayWhyAFileIsNotWritten(String command) {
        Executed done = Executed.twinport(words(command));
        assertEquals(1, done.code(), done::output);
        assertTrue(
                done.output().endsWith("twinport: --json /dev/full cannot be written: No space left on device."),
                done::output);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "history FOLDER/some.cnc --json OUT",
                "history FOLDER/some.cnc --pcap OUT",
                "show history --cnc-dir FOLDER --name some --json OUT",
                "show ports --cnc-dir FOLDER --name some --json OUT",
                "stop --cnc-dir FOLDER --name some --json OUT",
                "capture --cnc-dir FOLDER --name some OUT",
                "doctor --json OUT",
                "demo --json OUT",
                "demo --hgrm OUT",
                "soak --json OUT"
            })
    void shouldRefuseBeforehandWhatCannotBeWritten(String command) {
        Path fifo = folder.resolve("fifo");
        if (!Files.exists(fifo)) {
            Program.run("mkfifo", fifo.toString());
        }
        Map<Path, String> whys = Map.of(
                folder,
                "it is a folder",
                folder.resolve("none/x"),
                "there is no folder " + folder.resolve("none"),
                fifo,
                "it is a FIFO");
        whys.forEach((out, why) -> {
            Executed done = Executed.twinport(words(command.replace("OUT", out.toString())));
            assertEquals(2, done.code(), done::output);
            assertEquals(1, done.output().lines().count(), done::output);
            assertTrue(done.output().contains(out + " cannot be written: " + why + "."), done::output);
        });
    }

    /** stdout, of whatever prints anything without EAL; each needs a process of its own. */
    @Test
    void shouldSayThatStdoutIsNotWritten() throws Exception {
        List<String> commands = List.of(
                "",
                "--help",
                "--version",
                "help run",
                "history FOLDER/some.cnc",
                "history FOLDER/some.cnc --json -",
                "replay FOLDER/some.cnc",
                "show history --cnc-dir FOLDER --name some",
                "top --cnc-dir FOLDER --name some --count 1 --interval-ms 100",
                "config check FOLDER/some.yaml",
                "config schema",
                "completion bash",
                "doctor");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < commands.size(); i++) {
            String[] words = commands.get(i).isEmpty() ? new String[0] : words(commands.get(i));
            processes.add(new ProcessBuilder(Program.command(List.of(), words))
                    .redirectOutput(Path.of("/dev/full").toFile())
                    .redirectError(folder.resolve("err" + i).toFile())
                    .start());
        }
        for (int i = 0; i < commands.size(); i++) {
            String command = commands.get(i);
            assertTrue(processes.get(i).waitFor(SECONDS, TimeUnit.SECONDS), command);
            String said = Files.readString(folder.resolve("err" + i));
            assertEquals(1, processes.get(i).exitValue(), command + ": " + said);
            assertTrue(
                    said.endsWith("twinport: stdout cannot be written: No space left on device.\n"),
                    command + ": " + said);
            assertFalse(said.contains("\tat "), said);
        }
    }

    @Test
    void shouldKeepFramesToItsUser() throws IOException {
        Path file = Files.writeString(folder.resolve("frames"), "of before");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        for (Path each : List.of(file, folder.resolve("new"))) {
            OutputFile.openPrivate(each).close();
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
            assertEquals(0, Files.size(each));
        }
    }

    @Test
    void shouldSayWhyPagesAreNotWritten() {
        Executed done = Executed.twinport("man", "/dev/null/pages");
        assertEquals(1, done.code(), done::output);
        assertEquals(1, done.output().lines().count(), done::output);
    }
}
