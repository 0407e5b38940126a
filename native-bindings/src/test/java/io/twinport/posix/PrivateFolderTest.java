package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFolderTest {
    private static final int NOBODY = 65_534;

    @TempDir
    private Path parent;

    private Path folder(int mode) throws IOException {
        Path folder = Files.createDirectory(parent.resolve("mode" + mode));
        Files.setAttribute(folder, "unix:mode", mode);
        return folder;
    }

    private static String reason(Path folder) {
        return FileErrors.reason(assertThrows(IOException.class, () -> PrivateFolder.check(folder)));
    }

    @Test
    void shouldMakeFoldersForThisUserAlone() throws IOException {
        Path folder = parent.resolve("a/b");
        PrivateFolder.make(folder);
        assertEquals(0700, (int) Files.getAttribute(folder, "unix:mode") & 07777);
        PrivateFolder.make(folder);
        assertTrue(PrivateFolder.isOwn(folder));
    }

    @Test
    void shouldRefuseFoldersInWhichOthersMayWrite() throws IOException {
        assertEquals("other users may write in it (mode 0777)", reason(folder(0777)));
        assertEquals("other users may write in it (mode 0770)", reason(folder(0770)));
        assertDoesNotThrow(() -> PrivateFolder.check(folder(0755)));
        assertDoesNotThrow(() -> PrivateFolder.check(folder(01777)), "as /tmp is");
    }

    @Test
    void shouldKnowWhetherAFolderIsThisUsersAlone() throws IOException {
        assertTrue(PrivateFolder.isOwn(folder(0700)));
        assertFalse(PrivateFolder.isOwn(folder(0711)));
        assertFalse(PrivateFolder.isOwn(folder(01777)));
        assertFalse(PrivateFolder.isOwn(parent.resolve("none")));
        assertFalse(PrivateFolder.isOwn(Files.createSymbolicLink(parent.resolve("link"), parent)));
        assertFalse(PrivateFolder.isOwn(Files.createFile(parent.resolve("file"))));
    }

    @Test
    void shouldRefuseWhatIsAnotherUsers() throws IOException {
        assumeTrue(ThisUser.id() == ThisUser.ROOT, "only root can give a folder away");
        Path theirs = folder(0700);
        Files.setAttribute(theirs, "unix:uid", NOBODY);
        assertEquals("it belongs to user nobody", reason(theirs));
        assertFalse(PrivateFolder.isOwn(theirs));
        Path link = Files.createSymbolicLink(parent.resolve("link"), folder(0711));
        assertDoesNotThrow(() -> PrivateFolder.check(link));
        Files.setAttribute(link, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
        assertEquals("it belongs to user nobody", reason(link));
    }

    @Test
    void shouldNotTakeAFolderThatOthersHaveMadeTheirs() throws IOException {
        Path open = folder(0777);
        assertThrows(IOException.class, () -> PrivateFolder.make(open));
    }

    @Test
    void shouldRefuseALinkToWhatIsAnotherUsers() throws IOException {
        assumeTrue(ThisUser.id() == ThisUser.ROOT, "only root can give a folder away");
        Path theirs = folder(0700);
        Files.setAttribute(theirs, "unix:uid", NOBODY);
        assertEquals("it belongs to user nobody", reason(Files.createSymbolicLink(parent.resolve("mine"), theirs)));
    }
}
