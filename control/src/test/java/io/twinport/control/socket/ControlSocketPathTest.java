package io.twinport.control.socket;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.posix.UnixListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketPathTest {
    @TempDir
    private Path folder;

    private void check(Path file) {
        ControlSocketPath.check("--control-socket " + file, file, folder.resolve("new/folder"));
    }

    private void assertRefused(Path file, String why) {
        String message = String.valueOf(
                assertThrows(UserException.class, () -> check(file)).getMessage());
        assertTrue(message.startsWith("--control-socket " + file + " " + why), message);
    }

    @Test
    void shouldTakeAPathInAFolderThatIsOrWillBeThere() {
        assertDoesNotThrow(() -> check(folder.resolve("socket")));
        assertDoesNotThrow(() -> check(folder.resolve("new/folder/socket")));
        assertDoesNotThrow(() -> check(folder.resolve("new/socket")), "it is made on the way");
        assertDoesNotThrow(() -> check(Path.of("socket")), "in the folder in which it is started");
        assertRefused(folder.resolve("other/socket"), "is not possible: there is no folder " + folder.resolve("other"));
    }

    @Test
    void shouldRefuseWhatDoesNotFitIntoASocketsAddress() {
        assertRefused(Path.of("/tmp/" + "x".repeat(103)), "is too long: a unix socket's path has 107 bytes at most.");
    }

    /** One that a killed process has left is made anew; anything else is somebody's. */
    @Test
    void shouldRefuseToPutASocketInPlaceOfSomethingElse() throws IOException {
        assertRefused(Files.createFile(folder.resolve("file")), "exists and is no socket.");
        assertRefused(
                Files.createSymbolicLink(folder.resolve("link"), folder.resolve("none")), "exists and is no socket.");
        try (UnixListener listener = UnixListener.open(folder.resolve("socket").toString())) {
            assertTrue(listener.isThere());
            assertDoesNotThrow(() -> check(folder.resolve("socket")));
        }
    }
}
