package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.control.UserException;
import io.twinport.control.socket.ControlClient;
import io.twinport.posix.SystemFiles;
import io.twinport.posix.ThisUser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Where there is no room for a file that is mapped, or for a result, that is said, and no half of it stays. */
class FullDiskDpdkTest {
    private static final int SECONDS = 60;
    private static final String NO_ROOM = "No space left on device";

    @TempDir
    private Path folder;

    /** In a mount namespace of its own, with a small disk over the folder. */
    private Program onDisk(String size, String... arguments) {
        assumeTrue(ThisUser.id() == ThisUser.ROOT, "only root can mount");
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c"));
        command.add("mount -t tmpfs -o size=" + size + " none " + folder + " && \"$@\"; code=$?; ls " + folder
                + " | sed 's/^/left: /'; exit $code");
        command.add("sh");
        command.addAll(Program.command(List.of(), arguments));
        return Program.start(command.toArray(String[]::new));
    }

    private void assertNoRoom(String what, String size, List<String> left, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("run", "--cnc-dir", folder.toString(), "--name", "x", "--primary", "net_null0"));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("--handler", "sink", "--", "--no-huge"));
        try (Program twinport = onDisk(size, arguments.toArray(String[]::new))) {
            assertEquals(2, twinport.waitFor(SECONDS), twinport::output);
            assertTrue(
                    twinport.output().contains("twinport: " + folder.resolve(what) + " cannot be written: " + NO_ROOM),
                    twinport::output);
            assertEquals(0, twinport.count("^\\s+at |internal fault"), twinport::output);
            assertEquals(
                    left,
                    twinport.output()
                            .lines()
                            .filter(line -> line.startsWith("left: "))
                            .map(line -> line.substring(6))
                            .toList());
        }
        assertEquals(List.of(), SystemFiles.list(folder));
    }

    @Test
    void shouldHaveRoomForTheMappedFileBeforeAnythingElse() {
        assertNoRoom("x.cnc", "2m", List.of("x.lock"));
    }

    @Test
    void shouldHaveRoomForTheFlightRecorder() {
        assertNoRoom("x.flight", "20m", List.of("x.cnc", "x.lock"), "--flight-recorder", "4096");
    }

    @Test
    void shouldSayThatAResultIsNotWritten() {
        for (String option : List.of("--json", "--hgrm")) {
            try (Program demo =
                    Program.twinport("demo", "--switches", "1", "--cnc-dir", folder.toString(), option, "/dev/full")) {
                assertEquals(1, demo.waitFor(SECONDS), demo::output);
                assertEquals(1, demo.count("^twinport: " + option + " /dev/full cannot be written: " + NO_ROOM));
                assertEquals(0, demo.count("^\\s+at |internal fault"), demo::output);
            }
        }
    }

    /** The traffic goes on; that nobody could be told of it is said at the end. */
    @Test
    void shouldSayThatNothingOfARunWasWritten() {
        String[] run = {
            "run",
            "--cnc-dir",
            folder.toString(),
            "--primary",
            "net_null0,no-rx=1",
            "--handler",
            "generate:1000",
            "--",
            "--no-huge"
        };
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" >/dev/full", "sh"));
        command.addAll(Program.command(List.of(), run));
        try (Program twinport = Program.start(command.toArray(String[]::new))) {
            Path socket = folder.resolve("twinport.sock");
            assertTrue(Pause.until(() -> isJoined(socket), SECONDS * 1000));
            try (Program capture =
                    Program.twinport("capture", "/dev/full", "--frames", "5", "--cnc-dir", folder.toString())) {
                assertEquals(1, capture.waitFor(SECONDS), capture::output);
                assertEquals(1, capture.count("the capture has ended after 0 bytes: " + NO_ROOM), capture::output);
            }
            twinport.interrupt();
            assertEquals(1, twinport.waitFor(SECONDS), twinport::output);
            assertEquals(1, twinport.count("^twinport: stdout cannot be written: " + NO_ROOM), twinport::output);
        }
    }

    /** Of which a line has been written, or not. */
    private static boolean isJoined(Path socket) {
        try (ControlClient operator = ControlClient.connect(socket)) {
            JsonNode primary = operator.request("port", Map.of()).path("sides").path(0);
            return primary.path("phase").asString("").equals("joined");
        } catch (UserException e) {
            return false; // it does not listen yet
        }
    }
}
