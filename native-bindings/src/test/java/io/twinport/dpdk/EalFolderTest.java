package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EalFolderTest {
    private static final int USER = 1000;

    /** Larger than any process's number can be. */
    private static final String DEAD = "twinport-99999999";

    @TempDir
    private Path folder;

    private Path make(String name, String permissions) throws IOException {
        Path made = Files.createDirectory(
                folder.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        Files.createFile(made.resolve("config"));
        return made;
    }

    private Set<String> left() throws IOException {
        EalFolder.deleteLeftovers(folder.resolve("own"));
        Set<String> names = new TreeSet<>();
        try (var files = Files.list(folder)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        return names;
    }

    @Test
    void shouldBeWhereEalHasIt() {
        assertEquals(Path.of("/var/run/dpdk"), EalFolder.parent(Map.of("XDG_RUNTIME_DIR", "/x"), 0));
        assertEquals(Path.of("/x/dpdk"), EalFolder.parent(Map.of("XDG_RUNTIME_DIR", "/x"), USER));
        assertEquals(Path.of("/tmp/dpdk"), EalFolder.parent(Map.of(), USER));
        assertEquals(
                Path.of("/r/dpdk"), EalFolder.parent(Map.of("XDG_RUNTIME_DIR", "/x", "RUNTIME_DIRECTORY", "/r"), USER));
    }

    @Test
    void shouldBeDeletedWhereItsProcessWasKilled() throws IOException {
        String alive = "twinport-" + ProcessHandle.current().pid();
        make(DEAD, "rwx------");
        make(alive, "rwx------");
        make("rte", "rwx------");
        make(DEAD + "00", "rwx------");
        assertEquals(Set.of(alive, "rte", DEAD + "00"), left());
    }

    @Test
    void shouldStayWhereItIsNotOurs() throws IOException {
        make(DEAD, "rwxr-xr-x");
        assertEquals(Set.of(DEAD), left());
    }

    /** A process in a container has another number there. */
    @Test
    void shouldStayWhileEalHoldsItsLock() throws Exception {
        Path config = make(DEAD, "rwx------").resolve("config");
        Program lock = new Program(config);
        try {
            assertEquals(Set.of(DEAD), left());
        } finally {
            lock.end();
        }
        assertEquals(Set.of(), left());
    }

    /** A lock of this process's would not be in its own way. */
    private record Program(Process process) {
        Program(Path file) throws IOException {
            this(new ProcessBuilder(
                            "perl",
                            "-e",
                            "use Fcntl; open(F, '+<', '" + file + "'); "
                                    + "my $lock = pack('s s l! l! i', F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $lock) or die; "
                                    + "$| = 1; print qq(locked\n); <STDIN>")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
            assertEquals('l', process.getInputStream().read());
        }

        void end() throws Exception {
            process.getOutputStream().close();
            assertEquals(0, process.waitFor());
        }
    }

    /** Its number has been given to another process since then. */
    @Test
    void shouldBeDeletedWhereItIsOlderThanItsProcess() throws IOException {
        String reused = "twinport-" + ProcessHandle.current().pid();
        Files.setLastModifiedTime(make(reused, "rwx------"), FileTime.from(Instant.EPOCH));
        assertTrue(left().isEmpty());
    }
}
