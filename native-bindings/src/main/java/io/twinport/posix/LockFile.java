package io.twinport.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file that one process at a time has locked (flock(2)), made and deleted with the lock. The end of a process ends it. */
public final class LockFile implements AutoCloseable {
    private static final int LOCK_EX_NB = 6;
    private static final int FOR_ITS_USER = 0600;

    private static final MethodHandle FLOCK =
            Posix.function("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private final Path path;
    private final int descriptor;

    private LockFile(Path path, int descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /**
     * Takes the lock; empty where somebody has it, in this process or another one.
     *
     * @throws PosixException if the file cannot be made
     */
    public static Optional<LockFile> take(Path path) {
        while (true) {
            int descriptor = Posix.open(path.toString(), Posix.O_RDWR | Posix.O_CREAT | Posix.O_NOFOLLOW, FOR_ITS_USER);
            if (!lock(descriptor)) {
                Posix.close(descriptor);
                return Optional.empty();
            }
            if (isAt(path, descriptor)) {
                return Optional.of(new LockFile(path, descriptor));
            }
            Posix.close(descriptor); // whoever had it has deleted it since it was opened here
        }
    }

    private static boolean lock(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Posix.newState(arena);
            return (int) FLOCK.invokeExact(state, descriptor, LOCK_EX_NB) == 0;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    private static boolean isAt(Path path, int descriptor) {
        try {
            return Files.isSameFile(path, Path.of("/proc/self/fd", String.valueOf(descriptor)));
        } catch (IOException e) {
            return false;
        }
    }

    /** Somebody else may take it. */
    @Override
    public void close() {
        try {
            // Before the lock goes: who opens the file from now on makes another one.
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // It stays, and does no harm: nobody has locked it.
        }
        Posix.close(descriptor);
    }
}
