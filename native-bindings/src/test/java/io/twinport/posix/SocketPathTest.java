package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketPathTest {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("socket");
    }

    private String path() {
        return file().toString();
    }

    /** As a process leaves it that was killed: the file, at which nobody listens. */
    private void leaveSocket() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(file()));
        }
        assertTrue(Files.exists(file()));
    }

    private void assertInUse(String who) {
        assertInUse(path(), who);
    }

    private static void assertInUse(String path, String who) {
        String message = String.valueOf(
                assertThrows(PosixException.class, () -> SocketPath.take(path)).getMessage());
        assertTrue(message.startsWith("bind(" + path + ") failed: EADDRINUSE") && message.contains(who), message);
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void shouldDeleteWhatAKilledProcessHasLeft() throws IOException {
        leaveSocket();
        try (SocketPath _ = SocketPath.take(path())) {
            assertFalse(Files.exists(file()));
        }
        assertEquals(List.of(), left());
    }

    @Test
    void shouldLeaveAloneWhatSomebodyListensAt() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(file()));
            assertInUse("somebody listens there");
            assertTrue(Files.exists(file()));
        }
        Files.delete(file());
        assertEquals(List.of(), left(), "the lock is not left either");
    }

    /** The kernel shows the path as it was given to bind(2), which may lead there by a link or from another folder. */
    @Test
    void shouldKnowWhoListensUnderAnotherName() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(link.resolve("socket")));
            assertInUse("somebody listens there");
        }
        Files.delete(file());
        Path relative = Path.of("target", "socket-" + ProcessHandle.current().pid());
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(relative));
            assertInUse(relative.toAbsolutePath().toString(), "somebody listens there");
        } finally {
            Files.deleteIfExists(relative);
        }
    }

    @Test
    void shouldLeaveAloneWhatIsNoSocket() throws IOException {
        Files.writeString(file(), "precious");
        assertEquals(
                Errno.EEXIST,
                assertThrows(PosixException.class, () -> SocketPath.take(path()))
                        .errno());
        assertEquals("precious", Files.readString(file()));
        Files.delete(file());
        Path target = Files.writeString(folder.resolve("target"), "precious");
        Files.createSymbolicLink(file(), target);
        assertThrows(PosixException.class, () -> SocketPath.take(path()));
        assertTrue(Files.exists(file(), LinkOption.NOFOLLOW_LINKS));
        assertEquals("precious", Files.readString(target));
    }

    /** Who listens in another network namespace is not in /proc/net/unix, but has locked the path. */
    @Test
    void shouldBeTheOnlyOneWhoHasIt() throws IOException {
        try (SocketPath _ = SocketPath.take(path())) {
            assertInUse("has locked " + path() + ".lock");
        }
        SocketPath.take(path()).close();
        assertEquals(List.of(), left());
    }

    @Test
    void shouldNotBeFooledByLockFileThatWasReplaced() throws IOException {
        Path lock = folder.resolve("socket.lock");
        try (SocketPath _ = SocketPath.take(path())) {
            Path other = Files.createFile(folder.resolve("other"));
            Files.move(other, lock, StandardCopyOption.REPLACE_EXISTING);
            SocketPath.take(path()).close(); // nobody has locked what is there
        }
        Files.createSymbolicLink(lock, folder.resolve("elsewhere"));
        assertThrows(PosixException.class, () -> SocketPath.take(path()));
        assertFalse(Files.exists(folder.resolve("elsewhere")), "a link is not followed");
    }

    @Test
    void shouldSayThatTheFolderIsNotThere() {
        PosixException e = assertThrows(
                PosixException.class,
                () -> SocketPath.take(folder.resolve("missing/socket").toString()));
        assertEquals(Errno.ENOENT, e.errno());
    }

    /** Bytes count, and not characters. */
    @Test
    void shouldKnowWhatFitsIntoASocketsAddress() {
        assertTrue(SocketPath.isShort(Path.of("/" + "x".repeat(106))));
        assertFalse(SocketPath.isShort(Path.of("/" + "x".repeat(107))));
        assertFalse(SocketPath.isShort(Path.of("/" + "\u00fc".repeat(54))));
    }

    @Test
    void shouldTakeNothingForASocketThatIsNone() throws IOException {
        assertFalse(SocketPath.isSocket(folder.resolve("none")));
        assertFalse(SocketPath.isSocket(Files.createFile(folder.resolve("file"))));
        try (UnixListener listener = UnixListener.open(path())) {
            assertTrue(listener.isThere());
            assertTrue(SocketPath.isSocket(Path.of(path())));
            Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of(path()));
            assertFalse(SocketPath.isSocket(link), "a link to one");
        }
    }
}
