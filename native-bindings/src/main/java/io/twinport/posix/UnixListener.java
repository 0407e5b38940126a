package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;

/** A unix stream socket that listens at a path, which is its own while it does. It never waits. For one thread. */
public final class UnixListener implements AutoCloseable {
    /** Who connects while another one is served waits there. */
    private static final int BACKLOG = 4;

    private static final MethodHandle BIND =
            Posix.function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle LISTEN =
            Posix.function("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle ACCEPT4 =
            Posix.function("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));

    private final int descriptor;
    private final Path path;
    private final Object file;

    private UnixListener(int descriptor, String path, Object file) {
        this.descriptor = descriptor;
        this.path = Path.of(path);
        this.file = file;
    }

    /** @throws PosixException if the path cannot be had: something is there already, or its folder is not */
    public static UnixListener open(String path) {
        int socket = UnixStream.socket(BIND, "bind", path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Posix.newState(arena);
            int listening = (int) LISTEN.invokeExact(state, socket, BACKLOG);
            if (listening < 0) {
                throw new PosixException("listen(" + path + ")", Posix.errno(state), "");
            }
            return new UnixListener(socket, path, fileAt(Path.of(path)));
        } catch (PosixException e) {
            Posix.close(socket);
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** For {@link PollSet}. */
    public int descriptor() {
        return descriptor;
    }

    /** Whoever has connected and waits; empty if nobody does. */
    public Optional<UnixStream> accept() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Posix.newState(arena);
            int accepted = (int) ACCEPT4.invokeExact(
                    state,
                    descriptor,
                    MemorySegment.NULL,
                    MemorySegment.NULL,
                    Posix.SOCK_NONBLOCK | Posix.SOCK_CLOEXEC);
            if (accepted >= 0) {
                return Optional.of(new UnixStream(accepted));
            }
            int errno = Posix.errno(state);
            if (errno == Errno.EAGAIN || errno == Errno.EINTR || errno == Errno.ECONNABORTED) {
                return Optional.empty();
            }
            throw new PosixException("accept4(" + path + ")", errno, "are there too many open files (ulimit -n)?");
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** Whether who connects to the path comes here: nobody has moved the file, or put another one in its place. */
    public boolean isThere() {
        return file.equals(fileAt(path));
    }

    /** Equal for one file only; an object of its own where there is none. */
    private static Object fileAt(Path path) {
        try {
            return Objects.requireNonNull(
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                            .fileKey());
        } catch (IOException e) {
            return new Object();
        }
    }

    /** Nobody can connect any more, and the path is free. */
    @Override
    public void close() {
        Posix.close(descriptor);
        try {
            if (isThere()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            // Its folder cannot be written to any more: the file stays, and nobody listens at it.
        }
    }
}
