package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twinport.control.Executed;
import io.twinport.posix.SystemFiles;
import io.twinport.posix.ThisUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder in which a user's processes and commands meet has a name that others know, and may take first. */
class OwnFolderTest {
    private static final int NOBODY = 65_534;
    private static final String USER =
            "twinport-test-" + ProcessHandle.current().pid();

    /** All that use it. */
    private static final List<String> COMMANDS = List.of(
            "demo",
            "soak",
            "show ports",
            "show history",
            "top --count 1",
            "switch standby",
            "attach standby",
            "detach standby",
            "capture -",
            "reload",
            "drain",
            "loglevel debug",
            "stop");

    @TempDir
    private Path elsewhere;

    private final Path folder = Path.of("/dev/shm", "twinport-" + USER);
    private final String me = System.getProperty("user.name");

    @BeforeEach
    void beAnother() {
        System.setProperty("user.name", USER);
    }

    @AfterEach
    void cleanUp() throws IOException {
        System.setProperty("user.name", me);
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            for (Path file : SystemFiles.list(folder)) {
                Files.delete(file);
            }
        }
        Files.deleteIfExists(folder);
    }

    private void assertRefused(String why) {
        for (String command : COMMANDS) {
            Executed done = Executed.twinport(command.split(" "));
            assertEquals(2, done.code(), done::output);
            assertEquals(1, done.output().lines().count(), done::output);
            assertTrue(done.output().contains(folder + " is not used: " + why), done::output);
        }
        assertEquals(List.of(), SystemFiles.list(elsewhere), "nothing was made where a link leads");
    }

    private void make(String permissions) throws IOException {
        Files.createDirectory(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
        Files.createSymbolicLink(folder.resolve("twinport.cnc"), elsewhere.resolve("cnc"));
        Files.createSymbolicLink(folder.resolve("twinport.lock"), elsewhere.resolve("lock"));
    }

    @Test
    void shouldNotBeUsedWhereOthersMayWrite() throws IOException {
        make("rwxrwxrwx");
        assertRefused("it belongs to user " + me + " and has mode 0777");
    }

    @Test
    void shouldNotBeUsedWhereAnotherHasMadeIt() throws IOException {
        assumeTrue(ThisUser.id() == ThisUser.ROOT, "only root can give a folder away");
        make("rwx------");
        Files.setAttribute(folder, "unix:uid", NOBODY);
        assertRefused("it belongs to user nobody and has mode 0700");
    }

    @Test
    void shouldNotBeUsedWhereItIsALink() throws IOException {
        Files.createSymbolicLink(folder, elsewhere);
        assertRefused("it is no folder");
    }

    /** A container's user may have no name. */
    @Test
    void shouldBeNumberedWhereItsUserHasNoName() {
        System.setProperty("user.name", "?");
        Executed done = Executed.twinport("show", "ports", "--name", USER);
        assertEquals(2, done.code(), done::output);
        assertTrue(done.output().contains("/dev/shm/twinport-" + ThisUser.id() + "/" + USER + ".sock"), done::output);
    }
}
