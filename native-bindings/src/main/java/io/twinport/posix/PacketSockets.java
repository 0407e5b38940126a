package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Packet sockets that a library in this process has opened ({@code packet(7)}). */
public final class PacketSockets {
    private static final int ADDRESS_BYTES = 20; // sockaddr_ll
    private static final int INDEX = 4;
    private static final short AF_PACKET = 17;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUFFORCE = 32;

    /** The most that the kernel takes; what a socket with a ring can have on its way is bounded by the ring. */
    private static final int NO_LIMIT = Integer.MAX_VALUE / 2;

    private static final MethodHandle GETSOCKNAME =
            Posix.function("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private PacketSockets() {}

    /**
     * Lets the sockets over an interface always be writable: {@code poll} waits for a socket of whose send buffer (some 100
     * KiB) more than half is on its way, without end where the interface sends nothing.
     *
     * @param index the interface's
     * @throws PosixException without the right, CAP_NET_ADMIN
     */
    public static void letAlwaysBeWritable(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment noLimit = arena.allocateFrom(JAVA_INT, NO_LIMIT);
            over(index)
                    .forEach(socket -> Posix.setOption(
                            socket, SOL_SOCKET, SO_SNDBUFFORCE, noLimit, "SO_SNDBUFFORCE, which takes CAP_NET_ADMIN"));
        }
    }

    /**
     * Has the sockets over an interface take no frame that is longer: what does not fit into a slot of its ring a socket would
     * hand on cut, with the length that is left.
     *
     * @param index the interface's
     * @param longest in bytes, with Ethernet's header
     */
    public static void refuseLongerThan(int index, int longest) {
        PacketFilter filter = PacketFilter.upTo(longest);
        over(index).forEach(filter::attach);
    }

    private static IntStream over(int index) {
        return Arrays.stream(Posix.openDescriptors()).filter(descriptor -> index != 0 && indexOf(descriptor) == index);
    }

    /** The interface that a packet socket is bound to; 0 for any other descriptor. */
    private static int indexOf(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
            MemorySegment length = arena.allocateFrom(JAVA_INT, ADDRESS_BYTES);
            int result = (int) GETSOCKNAME.invokeExact(Posix.newState(arena), descriptor, address, length);
            return result == 0 && address.get(JAVA_SHORT, 0) == AF_PACKET ? address.get(JAVA_INT, INDEX) : 0;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
