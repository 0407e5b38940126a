package io.twinport.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The right to listen at a path. A socket's file stays when whoever listened there is killed, and then nobody can bind to it:
 * such a file is deleted, one that somebody listens at is not. Who listens is seen in {@code /proc/net/unix}, as far as this
 * network namespace goes, and by a lock on {@code PATH.lock}, which those who use this class have. Nobody connects to find
 * out: that would disturb a server.
 */
public final class SocketPath implements AutoCloseable {
    /** Bytes of {@code sockaddr_un}, without the final 0; who gives more is cut short in silence by some. */
    public static final int LONGEST = 107;

    private static final String LISTENING = "00010000"; // __SO_ACCEPTCON
    private static final int FLAGS = 3;
    private static final int PATH = 7;

    private final LockFile lock;

    private SocketPath(LockFile lock) {
        this.lock = lock;
    }

    /**
     * Takes the path, and deletes what a process that was killed has left there.
     *
     * @throws PosixException if somebody listens there, or what is there is no socket, or its folder cannot be written to
     */
    public static SocketPath take(String path) {
        if (!hasFolder(path)) {
            throw new PosixException(
                    call(path), Errno.ENOENT, "there is no folder for it: make that, or choose another path");
        }
        Path lockPath = Path.of(path + ".lock");
        LockFile lock =
                LockFile.take(lockPath).orElseThrow(() -> inUse(path, "the process that has locked " + lockPath));
        try {
            free(path);
            return new SocketPath(lock);
        } catch (PosixException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Only deletes what a process that was killed has left, for somebody who is about to listen there.
     *
     * @throws PosixException as {@link #take} does
     */
    public static void free(String path) {
        try {
            deleteLeftOver(path);
        } catch (IOException e) {
            throw new PosixException(
                    call(path), Errno.EACCES, "what a killed process has left cannot be deleted: " + e);
        }
    }

    private static PosixException inUse(String path, String who) {
        return new PosixException(call(path), Errno.EADDRINUSE, who + " listens there: choose another path, or end it");
    }

    private static String call(String path) {
        return "bind(" + path + ")";
    }

    /** @throws PosixException if what is there is in use, or no socket */
    private static void deleteLeftOver(String path) throws IOException {
        Path file = Path.of(path);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket(file)) {
            throw new PosixException(call(path), Errno.EEXIST, "it is no socket: choose another path");
        }
        if (isListenedAt(path)) {
            throw inUse(path, "somebody");
        }
        Files.delete(file);
    }

    /** Whether there is a folder in which it would be. */
    public static boolean hasFolder(String path) {
        Path folder = Path.of(path).toAbsolutePath().getParent();
        return folder != null && Files.isDirectory(folder);
    }

    /** Whether a path fits into a socket's address. */
    public static boolean isShort(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST;
    }

    /** Whether what is there is a socket; a link to one is none. */
    public static boolean isSocket(Path file) {
        try {
            return FileType.of(file, LinkOption.NOFOLLOW_LINKS) == FileType.SOCKET;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether somebody in this network namespace listens at a path; the kernel knows it as it was given to bind(2). */
    public static boolean isListenedAt(String path) {
        Optional<Path> real = real(path);
        try (Stream<String> sockets = Files.lines(Path.of("/proc/net/unix"))) {
            return sockets.map(line -> line.trim().split("\\s+", PATH + 1))
                    .filter(fields -> fields.length > PATH && fields[FLAGS].equals(LISTENING))
                    .map(fields -> fields[PATH])
                    .anyMatch(bound -> isSame(bound, path, real));
        } catch (IOException e) {
            return true; // not known: better to leave it alone
        }
    }

    /** A relative one is as seen from a folder that we do not know: the same name is taken for the same file. */
    private static boolean isSame(String bound, String path, Optional<Path> real) {
        if (bound.startsWith("@")) {
            return false;
        }
        Path other = Path.of(bound);
        return bound.equals(path)
                || (other.isAbsolute()
                        ? real.isPresent() && real.equals(real(bound))
                        : other.getFileName().equals(Path.of(path).getFileName()));
    }

    private static Optional<Path> real(String path) {
        try {
            return Optional.of(Path.of(path).toRealPath());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Somebody else may listen there. */
    @Override
    public void close() {
        lock.close();
    }
}
