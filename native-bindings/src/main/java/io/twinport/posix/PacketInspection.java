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

/**
 * What comes by an interface and is of no use to a packet socket of somebody else's: frames that are too long for the slots of
 * its ring, and frames whose checksums their sender has left to a NIC, though none was on their way. The kernel counts them, by
 * a socket for each; a few are looked at. Any thread.
 */
public final class PacketInspection implements AutoCloseable {
    private static final short AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final short ETH_P_ALL_BIG_ENDIAN = 0x0300;
    private static final int ADDRESS_BYTES = 20; // sockaddr_ll
    private static final int MSG_DONTWAIT = 0x40;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int STATISTICS_BYTES = 8;

    /** {@code virtio_net_hdr}, and a byte of the frame. */
    private static final int SAMPLE_BYTES = 10 + 1;

    private static final byte NEEDS_CHECKSUM = 1;

    /** Room for a few frames: those beyond it are counted all the same. */
    private static final int ROOM_BYTES = 8192;

    private static final int MOST_SAMPLES = 64;

    /** Longer than anything that comes. */
    private static final int ANY_LENGTH = 1 << 20;

    private static final MethodHandle BIND =
            Posix.function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECV =
            Posix.function("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle GETSOCKOPT = Posix.function(
            "getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private final int longSocket;
    private final int unfinishedSocket;
    private long tooLong;
    private long unfinished;
    private boolean closed;

    /**
     * @param index the interface's
     * @param longest bytes of a frame that a slot holds; 0 where any is held
     * @throws PosixException without the right (CAP_NET_RAW), or if the interface has gone
     */
    public PacketInspection(int index, int longest) {
        int most = longest == 0 ? ANY_LENGTH : longest;
        longSocket = open(index, PacketFilter.longerThan(most));
        try {
            unfinishedSocket = open(index, PacketFilter.unfinished(most));
        } catch (PosixException e) {
            Posix.close(longSocket);
            throw e;
        }
    }

    private static int open(int index, PacketFilter filter) {
        int socket = Posix.socket("AF_PACKET", AF_PACKET, SOCK_RAW);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment on = arena.allocateFrom(JAVA_INT, 1);
            Posix.setOption(socket, SOL_PACKET, PACKET_VNET_HDR, on, "PACKET_VNET_HDR");
            Posix.setOption(socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, on, "PACKET_IGNORE_OUTGOING");
            Posix.setOption(socket, SOL_SOCKET, SO_RCVBUF, arena.allocateFrom(JAVA_INT, ROOM_BYTES), "SO_RCVBUF");
            // Before it is bound: until then nothing comes.
            filter.attach(socket);
            MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
            address.set(JAVA_SHORT, 0, AF_PACKET);
            address.set(JAVA_SHORT, 2, ETH_P_ALL_BIG_ENDIAN);
            address.set(JAVA_INT, 4, index);
            MemorySegment state = Posix.newState(arena);
            int result = (int) BIND.invokeExact(state, socket, address, ADDRESS_BYTES);
            if (result < 0) {
                throw new PosixException("bind(AF_PACKET, " + index + ")", Posix.errno(state), "");
            }
            return socket;
        } catch (PosixException e) {
            Posix.close(socket);
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** Frames that did not fit, so far; of datagrams that the kernel puts together from fragments each counts as one. */
    public synchronized long tooLong() {
        if (!closed) {
            look(longSocket);
            tooLong += counted(longSocket);
        }
        return tooLong;
    }

    /** Frames with checksums that are not complete, so far. */
    public synchronized long unfinished() {
        if (!closed) {
            Look look = look(unfinishedSocket);
            long seen = counted(unfinishedSocket);
            // Of many one may only look so.
            unfinished += look.unfinished == look.frames ? seen : look.unfinished;
        }
        return unfinished;
    }

    private record Look(int frames, int unfinished) {}

    /** Empties a socket's queue. */
    private static Look look(int socket) {
        int frames = 0;
        int unfinished = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sample = arena.allocate(SAMPLE_BYTES);
            MemorySegment state = Posix.newState(arena);
            while (frames < MOST_SAMPLES) {
                long length = (long) RECV.invokeExact(state, socket, sample, (long) SAMPLE_BYTES, MSG_DONTWAIT);
                if (length < 0 && Posix.errno(state) != Errno.EINVAL) {
                    break;
                }
                frames++;
                // For a frame that a virtio_net_hdr has no words for there is an error in its place.
                unfinished += length < 0 ? 0 : sample.get(JAVA_BYTE, 0) & NEEDS_CHECKSUM;
            }
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
        return new Look(frames, unfinished);
    }

    /** Frames since the last call: with those for which there was no room. */
    private static long counted(int socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statistics = arena.allocate(STATISTICS_BYTES, 4);
            MemorySegment length = arena.allocateFrom(JAVA_INT, STATISTICS_BYTES);
            int result = (int) GETSOCKOPT.invokeExact(
                    Posix.newState(arena), socket, SOL_PACKET, PACKET_STATISTICS, statistics, length);
            return result < 0 ? 0 : statistics.get(JAVA_INT, 0) & 0xffff_ffffL;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** What has been counted stays. */
    @Override
    public synchronized void close() {
        closed = true;
        Posix.close(longSocket);
        Posix.close(unfinishedSocket);
    }
}
