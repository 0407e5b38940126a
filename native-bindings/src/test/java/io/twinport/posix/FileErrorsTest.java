package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;

/** The JDK's own message of most of them is the file's name and no more. */
class FileErrorsTest {
    @Test
    void shouldSayWhatOnlyTheClassSays() {
        assertEquals("there is no such file or folder", FileErrors.reason(new NoSuchFileException("/x")));
        assertEquals("permission denied", FileErrors.reason(new AccessDeniedException("/x")));
        assertEquals("it exists already", FileErrors.reason(new FileAlreadyExistsException("/x")));
        assertEquals("it is no folder", FileErrors.reason(new NotDirectoryException("/x")));
        assertEquals("its links go in a circle", FileErrors.reason(new FileSystemLoopException("/x")));
    }

    @Test
    void shouldSayTheReasonWithoutTheName() {
        assertEquals(
                "No space left on device",
                FileErrors.reason(new FileSystemException("/x", null, "No space left on device")));
        assertEquals("/x", FileErrors.reason(new FileSystemException("/x")));
        assertEquals("it is cut short", FileErrors.reason(new IOException("it is cut short")));
    }

    @Test
    void shouldNeverSayNull() {
        assertEquals("IOException", FileErrors.reason(new IOException()));
    }
}
