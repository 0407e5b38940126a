package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** A unix datagram socket that receives, as a service manager has one. */
public final class DatagramReceiver implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final short POLLIN = 1;
    private static final int LIMIT_MILLIS = 60_000;
    private static final int MOST = 4096;

    private static final MethodHandle BIND =
            Posix.function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle POLL =
            Posix.function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECV =
            Posix.function("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = Posix.newState(arena);
    private final int socket;

    /** @param address a path, or a name after {@code @} */
    public DatagramReceiver(String address) {
        socket = Posix.socket("AF_UNIX", AF_UNIX, SOCK_DGRAM);
        try {
            MemorySegment own = UnixDatagrams.address(arena, address);
            if ((int) BIND.invokeExact(state, socket, own, (int) own.byteSize()) < 0) {
                throw new PosixException("bind(" + address + ")", Posix.errno(state), "");
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** The next datagram; waits for a minute at most. */
    public String receive() {
        try {
            MemorySegment polled = arena.allocate(8, 4);
            polled.set(JAVA_INT, 0, socket);
            polled.set(JAVA_SHORT, 4, POLLIN);
            if ((int) POLL.invokeExact(state, polled, 1L, LIMIT_MILLIS) <= 0) {
                throw new AssertionError("no datagram within " + LIMIT_MILLIS + " ms");
            }
            MemorySegment buffer = arena.allocate(MOST);
            long length = (long) RECV.invokeExact(state, socket, buffer, (long) MOST, 0);
            return new String(buffer.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
        } catch (AssertionError e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    @Override
    public void close() {
        Posix.close(socket);
        arena.close();
    }
}
