package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.ChecksumRequest;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufOffloads;
import org.agrona.UnsafeApi;

/**
 * The header before a frame, {@link QueueLayout#NET_HEADER}: what the frame's mbuf asks for as the device is told it, and what
 * the device says of a frame as its mbuf says it. A TAP has the same header. Nothing allocates.
 *
 * <pre>
 *   sent       an mbuf that asks for TCP's or UDP's checksum    NEEDS_CSUM; the field has the pseudo header's sum already
 *   received   NEEDS_CSUM    RX_L4_CKSUM_NONE, and the mbuf asks for the checksum: who sends the frame on has it written
 *              DATA_VALID    RX_L4_CKSUM_GOOD
 * </pre>
 */
public final class NetHeader {
    /** Bytes. */
    public static final int LENGTH = NET_HEADER;

    /** From a header to the next, where there is one for each slot. */
    static final int STRIDE = 16;

    /** The device vouches for the checksum. */
    static final int DATA_VALID = 2;

    private static final int START_SHIFT = Byte.SIZE * CSUM_START;

    private NetHeader() {}

    /** Asks for nothing. */
    static void clear(long header) {
        UnsafeApi.putLong(header, 0L);
        UnsafeApi.putInt(header + Long.BYTES, 0);
    }

    /** Asks for what a frame's mbuf asks for; its headers are where it says, and the pseudo header's sum is written. */
    public static void write(long mbuf, long header) {
        int field = MbufOffloads.checksumField(MbufOffloads.flags(mbuf));
        if (field == 0) {
            clear(header);
            return;
        }
        long start = MbufOffloads.l2Length(mbuf) + MbufOffloads.l3Length(mbuf);
        UnsafeApi.putLong(header, start << START_SHIFT | PartialChecksum.NEEDS_CHECKSUM);
        UnsafeApi.putInt(header + Long.BYTES, field); // num_buffers, behind it, is 0
    }

    /** Has a received frame say that its checksum is right, if the device says so; it says nothing else. */
    static void markRight(long mbuf) {
        if ((UnsafeApi.getByte(Mbuf.data(mbuf) - NET_HEADER + HEADER_FLAGS) & DATA_VALID) != 0) {
            Mbuf.markL4Right(mbuf);
        }
    }

    /** {@link #read(long)} where that has been negotiated; else what the header asks for is done here. */
    static boolean read(long queue, long mbuf) {
        int work = PartialChecksum.work(Mbuf.data(mbuf));
        if (work != 0) {
            UnsafeApi.putLong(queue + UNFINISHED, UnsafeApi.getLong(queue + UNFINISHED) + 1);
        }
        return UnsafeApi.getInt(queue + MARKS) != 0 ? read(mbuf) : work == 0 || PartialChecksum.complete(mbuf);
    }

    /**
     * Has an mbuf say what the header before its frame says. A frame of which an mbuf cannot say it, because it is no plain
     * TCP or UDP packet, is finished here.
     *
     * @return false if it can be neither: it is not to be handed on
     */
    public static boolean read(long mbuf) {
        int work = PartialChecksum.work(Mbuf.data(mbuf));
        if (work == 0) {
            markRight(mbuf);
            return true;
        }
        if (work == PartialChecksum.NEEDS_CHECKSUM && ask(mbuf)) {
            return true;
        }
        boolean complete = PartialChecksum.complete(mbuf);
        if (complete) {
            Mbuf.markL4Right(mbuf);
        }
        return complete;
    }

    /** False if the checksum is not where TCP and UDP have theirs. */
    private static boolean ask(long mbuf) {
        long header = Mbuf.data(mbuf) - NET_HEADER;
        int start = UnsafeApi.getShort(header + CSUM_START) & 0xffff;
        int offset = UnsafeApi.getShort(header + CSUM_OFFSET) & 0xffff;
        long request = ChecksumRequest.of(mbuf);
        if (request == 0 || start != MbufOffloads.l4Start(request) || offset != MbufOffloads.checksumField(request)) {
            return false;
        }
        MbufOffloads.ask(mbuf, request);
        Mbuf.markL4Unwritten(mbuf);
        return true;
    }
}
