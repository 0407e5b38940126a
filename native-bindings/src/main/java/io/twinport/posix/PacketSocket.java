package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Frames of one EtherType to and from an interface, below everything else that is on top of it: it sees what comes before a bridge
 * or a macvlan takes it, and does not change what the interface receives ({@code packet(7)}). One thread may send while another
 * receives.
 *
 * <pre>
 *   msghdr 0      8           16    24      32        40            48     56   (x86-64, aarch64)
 *         +------+-----------+-----+-------+---------+-------------+-------+
 *         | name | its length| iov | count | control | its length  | flags |
 *         +------+-----------+-----+-------+---------+-------------+-------+
 *   cmsghdr 0        8       12     16
 *          +--------+-------+------+---------+-------------+
 *          | length | level | type | seconds | nanoseconds |
 *          +--------+-------+------+---------+-------------+
 * </pre>
 */
public final class PacketSocket implements AutoCloseable {
    private static final short AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final short ETH_P_ALL_BIG_ENDIAN = 0x0300;
    private static final int ADDRESS_BYTES = 20; // sockaddr_ll
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_TIMESTAMPNS = 35;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int STATISTICS_BYTES = 8;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int ENETDOWN = 100;

    private static final int MESSAGE_BYTES = 56;
    private static final int IOV = 16;
    private static final int IOV_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int CONTROL_BYTES = 64;
    private static final int SECONDS = 16;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private static final MethodHandle BIND =
            Posix.function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SEND =
            Posix.function("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECVMSG =
            Posix.function("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKOPT = Posix.function(
            "getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private final int descriptor;

    /** The collector's, as two threads use it. */
    private final Arena arena = Arena.ofAuto();

    private final MemorySegment sendState = Posix.newState(arena);
    private final MemorySegment receiveState = Posix.newState(arena);
    private final MemorySegment message = arena.allocate(MESSAGE_BYTES, 8);
    private final MemorySegment vector = arena.allocate(16, 8);
    private final MemorySegment control = arena.allocate(CONTROL_BYTES, 8);
    private long nanos;

    /**
     * Opens it on an interface of the calling thread's network namespace, in which it stays.
     *
     * @param index the interface's, which may be down: frames come when it is up
     * @param etherType of the frames that are received
     * @param room for frames that have not been received yet, in bytes as the kernel counts
     * @throws PosixException without the right (CAP_NET_RAW, CAP_NET_ADMIN), or if the interface has gone
     */
    public PacketSocket(int index, int etherType, int room) {
        descriptor = Posix.socket("AF_PACKET", AF_PACKET, SOCK_RAW);
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment on = confined.allocateFrom(JAVA_INT, 1);
            Posix.setOption(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, on, "PACKET_IGNORE_OUTGOING");
            Posix.setOption(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, on, "SO_TIMESTAMPNS");
            MemorySegment bytes = confined.allocateFrom(JAVA_INT, room);
            Posix.setOption(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, bytes, "SO_RCVBUFFORCE, which takes CAP_NET_ADMIN");
            // Before it is bound: until then nothing comes.
            PacketFilter.ofEtherType(etherType).attach(descriptor);
            MemorySegment address = confined.allocate(ADDRESS_BYTES, 4);
            address.set(JAVA_SHORT, 0, AF_PACKET);
            // Of all types: what is for one type comes only after a bridge has taken it.
            address.set(JAVA_SHORT, 2, ETH_P_ALL_BIG_ENDIAN);
            address.set(JAVA_INT, 4, index);
            int result = (int) BIND.invokeExact(sendState, descriptor, address, ADDRESS_BYTES);
            if (result < 0) {
                throw new PosixException("bind(AF_PACKET, " + index + ")", Posix.errno(sendState), "");
            }
        } catch (PosixException e) {
            Posix.close(descriptor);
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
        message.set(ADDRESS, IOV, vector);
        message.set(JAVA_LONG, IOV_COUNT, 1);
        message.set(ADDRESS, CONTROL, control);
    }

    /** For {@link PollSet}. */
    public int descriptor() {
        return descriptor;
    }

    /**
     * Sends a frame.
     *
     * @return whether the kernel took it; it does not while the interface is down, once after that, and while there is no room
     * @throws PosixException for any other reason
     */
    public boolean send(MemorySegment frame) {
        try {
            long sent = (long) SEND.invokeExact(sendState, descriptor, frame, frame.byteSize(), 0);
            if (sent >= 0) {
                return true;
            }
            int errno = Posix.errno(sendState);
            if (errno == ENETDOWN || errno == Errno.ENOBUFS || errno == Errno.EAGAIN || errno == Errno.EINTR) {
                return false;
            }
            throw new PosixException("send(AF_PACKET)", errno, "");
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /**
     * Receives a frame that has come, and does not wait for one.
     *
     * @param frame is filled as far as it goes
     * @return bytes of the frame in it; 0 if none has come
     * @throws PosixException if the interface has gone
     */
    public int receive(MemorySegment frame) {
        vector.set(ADDRESS, 0, frame);
        vector.set(JAVA_LONG, 8, frame.byteSize());
        message.set(JAVA_LONG, CONTROL_LENGTH, CONTROL_BYTES);
        try {
            long length = (long) RECVMSG.invokeExact(receiveState, descriptor, message, MSG_DONTWAIT);
            if (length < 0) {
                int errno = Posix.errno(receiveState);
                // That the interface is down is told once, and is no end.
                if (errno == Errno.EAGAIN || errno == Errno.EINTR || errno == ENETDOWN) {
                    return 0;
                }
                throw new PosixException("recvmsg(AF_PACKET)", errno, "");
            }
            nanos = timestamp();
            return (int) length;
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    private long timestamp() {
        boolean isThere = message.get(JAVA_LONG, CONTROL_LENGTH) > SECONDS
                && control.get(JAVA_INT, 8) == SOL_SOCKET
                && control.get(JAVA_INT, 12) == SO_TIMESTAMPNS;
        return isThere ? control.get(JAVA_LONG, SECONDS) * NANOS_PER_SECOND + control.get(JAVA_LONG, SECONDS + 8) : 0;
    }

    /** When the kernel got the frame that was received last, in nanoseconds since 1970; 0 where it does not say. */
    public long nanos() {
        return nanos;
    }

    /** Frames since the last call for which there was no room. */
    public long dropped() {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment statistics = confined.allocate(STATISTICS_BYTES, 4);
            MemorySegment length = confined.allocateFrom(JAVA_INT, STATISTICS_BYTES);
            int result = (int) GETSOCKOPT.invokeExact(
                    Posix.newState(confined), descriptor, SOL_PACKET, PACKET_STATISTICS, statistics, length);
            return result < 0 ? 0 : statistics.get(JAVA_INT, 4) & 0xffff_ffffL;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    @Override
    public void close() {
        Posix.close(descriptor);
    }
}
