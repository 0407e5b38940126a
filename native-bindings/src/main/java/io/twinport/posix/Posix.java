package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * How libc's functions are found and how their {@code errno} gets to Java: each call leaves it in a captured state. And those
 * that several classes need.
 */
final class Posix {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_NOFOLLOW = 0x20000;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOCK_NONBLOCK = 0x800;

    private static final int O_CLOEXEC = 0x80000;

    private static final MethodHandle SOCKET =
            function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle OPEN =
            variadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle SETSOCKOPT =
            function("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private Posix() {}

    /** A function whose first argument in Java is the state for {@link #errno}. */
    static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
    }

    /** As {@link #function}, of a variadic one that is always called with the types given. */
    static MethodHandle variadic(String name, FunctionDescriptor type, int fixedArguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                type,
                Linker.Option.firstVariadicArg(fixedArguments),
                Linker.Option.captureCallState("errno"));
    }

    /**
     * A socket of the family's first protocol, which programs that this process starts do not inherit.
     *
     * @param name of the family, for messages
     */
    static int socket(String name, int family, int type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newState(arena);
            int socket = (int) SOCKET.invokeExact(state, family, type | SOCK_CLOEXEC, 0);
            if (socket < 0) {
                throw new PosixException("socket(" + name + ")", errno(state), "");
            }
            return socket;
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /**
     * Opens a file, for this program alone.
     *
     * @param flags of open(2)
     * @param mode of a file that is made by it
     */
    static int open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newState(arena);
            int descriptor = (int) OPEN.invokeExact(state, arena.allocateFrom(path), flags | O_CLOEXEC, mode);
            if (descriptor < 0) {
                throw new PosixException("open(" + path + ")", errno(state), "");
            }
            return descriptor;
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /**
     * Sets an option of a socket.
     *
     * @param name of it, for messages
     */
    static void setOption(int socket, int level, int option, MemorySegment value, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newState(arena);
            int result = (int) SETSOCKOPT.invokeExact(state, socket, level, option, value, (int) value.byteSize());
            if (result < 0) {
                throw new PosixException("setsockopt(fd=" + socket + ", " + name + ")", errno(state), "");
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Closes a descriptor. Whatever that returns, the descriptor is gone afterwards (close(2)). */
    static void close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) CLOSE.invokeExact(newState(arena), descriptor);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** The descriptors that this process has open, whoever has opened them. */
    static int[] openDescriptors() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .mapToInt(path -> Integer.parseInt(path.getFileName().toString()))
                    .toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static MemorySegment newState(Arena arena) {
        return arena.allocate(STATE);
    }

    static int errno(MemorySegment state) {
        return state.get(JAVA_INT, ERRNO);
    }

    static AssertionError impossible(Throwable e) {
        return new AssertionError(e);
    }
}
