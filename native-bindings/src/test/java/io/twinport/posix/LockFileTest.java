package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockFileTest {
    @TempDir
    private Path folder;

    private Path path() {
        return folder.resolve("lock");
    }

    @Test
    void shouldBeHadByOneAtATime() {
        LockFile mine = LockFile.take(path()).orElseThrow();
        assertEquals(Optional.empty(), LockFile.take(path()));
        mine.close();
        assertFalse(Files.exists(path()), "it goes with the lock");
        LockFile.take(path()).orElseThrow().close();
    }

    /** One that a killed process has left: nobody has locked it. */
    @Test
    void shouldTakeAFileThatNobodyHasLocked() throws IOException {
        Files.createFile(path());
        LockFile.take(path()).orElseThrow().close();
        assertFalse(Files.exists(path()));
    }

    @Test
    void shouldNotFollowALink() throws IOException {
        Files.createSymbolicLink(path(), folder.resolve("elsewhere"));
        assertThrows(PosixException.class, () -> LockFile.take(path()));
        assertFalse(Files.exists(folder.resolve("elsewhere")));
    }

    /** Who waits for it asks again and again. */
    @Test
    void shouldKeepNoDescriptorOfWhatItDoesNotGet() {
        try (LockFile _ = LockFile.take(path()).orElseThrow()) {
            int before = number();
            for (int i = 0; i < 100; i++) {
                assertTrue(LockFile.take(path()).isEmpty());
            }
            assertTrue(number() < before + 100, "numbers are given from the lowest on");
        }
    }

    /** That of the next descriptor. */
    private int number() {
        int descriptor = Posix.open(folder.toString(), 0, 0);
        Posix.close(descriptor);
        return descriptor;
    }
}
