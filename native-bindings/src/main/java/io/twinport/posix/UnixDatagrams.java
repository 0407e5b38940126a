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

/**
 * Datagrams to unix sockets, which the JDK's channels do not send.
 *
 * <pre>
 *   sockaddr_un  0        2                                        110   (linux/un.h)
 *               +--------+-----------------------------------------+
 *               | family | path, ended by 0; or 0 and a name (unix(7)) |
 *               +--------+-----------------------------------------+
 * </pre>
 */
public final class UnixDatagrams {
    static final short AF_UNIX = 1;

    private static final int SOCK_DGRAM = 2;
    static final int MSG_NOSIGNAL = 0x4000;
    private static final int PATH = 2;

    private static final MethodHandle SENDTO = Posix.function(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    private UnixDatagrams() {}

    /**
     * Sends one datagram; waits while the receiver's queue is full.
     *
     * @param address a path, or a name in the abstract namespace after {@code @}
     * @throws PosixException if nobody receives there
     */
    public static void send(String address, String text) {
        String call = "sendto(" + address + ")";
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = address(arena, address);
            MemorySegment payload = arena.allocateFrom(JAVA_BYTE, text.getBytes(StandardCharsets.UTF_8));
            MemorySegment state = Posix.newState(arena);
            int socket = Posix.socket("AF_UNIX", AF_UNIX, SOCK_DGRAM);
            long sent = (long) SENDTO.invokeExact(
                    state, socket, payload, payload.byteSize(), MSG_NOSIGNAL, to, (int) to.byteSize());
            int errno = Posix.errno(state);
            Posix.close(socket);
            if (sent < 0) {
                throw new PosixException(call, errno, "");
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** A {@code sockaddr_un}, as long as it has to be: the length ends a name, which may hold zeros. */
    static MemorySegment address(Arena arena, String address) {
        byte[] path = address.getBytes(StandardCharsets.UTF_8);
        if (path.length > SocketPath.LONGEST) {
            throw new PosixException(
                    "sockaddr_un(" + address + ")", Errno.EINVAL, "it has at most " + SocketPath.LONGEST + " bytes");
        }
        boolean named = address.startsWith("@");
        MemorySegment to = arena.allocate(PATH + path.length + (named ? 0 : 1), Short.BYTES);
        to.set(JAVA_SHORT, 0, AF_UNIX);
        MemorySegment.copy(path, 0, to, JAVA_BYTE, PATH, path.length);
        if (named) {
            to.set(JAVA_BYTE, PATH, (byte) 0);
        }
        return to;
    }
}
