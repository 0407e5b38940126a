package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.OptionalInt;

/** Unix sockets that a library in this process has opened. */
public final class UnixSockets {
    private static final int ADDRESS_BYTES = 110;
    private static final short AF_UNIX = 1;
    private static final int SHUT_RDWR = 2;
    private static final MethodHandle GETPEERNAME =
            Posix.function("getpeername", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SHUTDOWN =
            Posix.function("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private UnixSockets() {}

    /** The descriptor that is connected to the socket at a path, empty if there is none. */
    public static OptionalInt connectedTo(String path) {
        return Arrays.stream(Posix.openDescriptors())
                .filter(descriptor -> path.equals(peerOf(descriptor)))
                .findFirst();
    }

    /** Ends a connection in both directions; its descriptor stays open. The far end sees it at once. */
    public static void shutdown(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Posix.newState(arena);
            int result = (int) SHUTDOWN.invokeExact(state, descriptor, SHUT_RDWR);
            if (result < 0) {
                throw new PosixException("shutdown(fd=" + descriptor + ")", Posix.errno(state), "");
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** The path of the peer, empty for what is no connected unix socket. */
    private static String peerOf(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS_BYTES, Short.BYTES);
            MemorySegment length = arena.allocateFrom(JAVA_INT, ADDRESS_BYTES);
            int result = (int) GETPEERNAME.invokeExact(Posix.newState(arena), descriptor, address, length);
            boolean named = result == 0
                    && address.get(JAVA_SHORT, 0) == AF_UNIX
                    && length.get(JAVA_INT, 0) > Short.BYTES
                    && address.get(JAVA_BYTE, Short.BYTES) != 0;
            return named ? address.getString(Short.BYTES) : "";
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
