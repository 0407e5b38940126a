package io.twinport.dataplane.cnc;

import io.twinport.posix.FileType;
import io.twinport.posix.ThisUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The right to a name, {@code NAME.cnc} and what lies beside it: one process has it, as long as it lives. It is the lock on
 * {@code NAME.lock}, a file that nobody replaces. A lock on a file that is replaced can be had twice: by who has the new file,
 * and by who had opened the old one before.
 */
public final class NameLock implements AutoCloseable {
    private static final String SUFFIX = ".lock";
    private static final int TRIES = 50;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** What this process has: to close a second channel of the same file would give the lock away, fcntl(2). */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private NameLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Empty if another process has it, and not just for the moment in which it cleans up. */
    static Optional<NameLock> get(Path cnc) throws IOException {
        Optional<NameLock> lock = tryGet(cnc);
        for (int tries = 1; lock.isEmpty() && tries < TRIES; tries++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            lock = tryGet(cnc);
        }
        return lock;
    }

    /**
     * Empty if somebody has it.
     *
     * @param cnc {@code NAME.cnc}
     * @throws IOException if the lock's file is none of this user's
     */
    public static Optional<NameLock> tryGet(Path cnc) throws IOException {
        Path file = file(cnc).toAbsolutePath();
        if (!HELD.add(file)) {
            return Optional.empty();
        }
        Optional<NameLock> lock = Optional.empty();
        try {
            lock = open(file);
            return lock;
        } finally {
            if (lock.isEmpty()) {
                HELD.remove(file);
            }
        }
    }

    private static Optional<NameLock> open(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            FileType type = FileType.of(file, LinkOption.NOFOLLOW_LINKS);
            if (type != FileType.REGULAR) { // to open a FIFO would wait for its reader
                throw new FileSystemException(file.toString(), null, file + " is " + type + ", and no lock: delete it");
            }
        }
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        boolean got = false;
        try {
            if ((int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS) != ThisUser.id()) {
                throw new FileSystemException(
                        file.toString(),
                        null,
                        file + " belongs to user " + Files.getOwner(file, LinkOption.NOFOLLOW_LINKS));
            }
            got = channel.tryLock() != null;
            return got ? Optional.of(new NameLock(file, channel)) : Optional.empty();
        } catch (OverlappingFileLockException e) {
            return Optional.empty(); // it is this process's by another path
        } finally {
            if (!got) {
                channel.close();
            }
        }
    }

    /** The lock's file. */
    public static Path file(Path cnc) {
        return cnc.resolveSibling(String.valueOf(cnc.getFileName()).replaceFirst("\\.cnc$", "") + SUFFIX);
    }

    /** Gives it up. The file stays. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            HELD.remove(file);
        }
    }
}
