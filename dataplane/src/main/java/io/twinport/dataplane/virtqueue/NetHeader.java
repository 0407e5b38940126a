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
 *              an mbuf that asks to be cut into segments        GSO_TCPV4 or GSO_TCPV6 too
 *   received   NEEDS_CSUM    RX_L4_CKSUM_NONE, and the mbuf asks for the checksum: who sends the frame on has it written
 *              GSO_TCPV4 or GSO_TCPV6 too: RX_LRO, and the mbuf asks to be cut again
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

    static final int GSO_TCPV4 = 1;
    static final int GSO_TCPV6 = 4;

    /** Of {@link QueueLayout#MARKS}: a checksum may be left to be filled in. */
    static final int MARKS_CHECKSUMS = 1;

    /** A frame may be merged of several. */
    static final int MARKS_MERGED = 2;

    private static final int TYPE_SHIFT = Byte.SIZE;
    private static final int LENGTH_SHIFT = Byte.SIZE * 2;
    private static final int SIZE_SHIFT = Byte.SIZE * GSO_SIZE;
    private static final int TCP_WORDS = 12;
    private static final int TCP_HEADER = 20;
    private static final int START_SHIFT = Byte.SIZE * CSUM_START;

    private NetHeader() {}

    /** Asks for nothing. */
    static void clear(long header) {
        UnsafeApi.putLong(header, 0L);
        UnsafeApi.putInt(header + Long.BYTES, 0);
    }

    /** Asks for what a frame's mbuf asks for; its headers are where it says, and the pseudo header's sum is written. */
    public static void write(long mbuf, long header) {
        long flags = MbufOffloads.flags(mbuf);
        int field = MbufOffloads.checksumField(flags);
        if (field == 0) {
            clear(header);
            return;
        }
        long start = MbufOffloads.l2Length(mbuf) + MbufOffloads.l3Length(mbuf);
        long segments = (flags & MbufOffloads.TCP_SEGMENTATION) == 0 ? 0 : segments(mbuf, flags, start);
        UnsafeApi.putLong(header, start << START_SHIFT | segments | PartialChecksum.NEEDS_CHECKSUM);
        UnsafeApi.putInt(header + Long.BYTES, field); // num_buffers, behind it, is 0
    }

    private static long segments(long mbuf, long flags, long start) {
        long type = (flags & MbufOffloads.IPV6) != 0 ? GSO_TCPV6 : GSO_TCPV4;
        return type << TYPE_SHIFT
                | start + MbufOffloads.l4Length(mbuf) << LENGTH_SHIFT
                | (long) MbufOffloads.segment(mbuf) << SIZE_SHIFT;
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
        int marks = UnsafeApi.getInt(queue + MARKS);
        if (work >>> TYPE_SHIFT != 0) {
            return (marks & MARKS_MERGED) != 0 && askToCut(mbuf, work);
        }
        return marks != 0 ? read(mbuf) : work == 0 || PartialChecksum.complete(mbuf);
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
        long request = request(mbuf);
        if (request == 0) {
            return false;
        }
        MbufOffloads.ask(mbuf, request);
        Mbuf.markL4Unwritten(mbuf);
        return true;
    }

    /** False if the frame is not what the header says, merged of TCP's segments. */
    private static boolean askToCut(long mbuf, int work) {
        long frame = Mbuf.data(mbuf);
        int size = UnsafeApi.getShort(frame - NET_HEADER + GSO_SIZE) & 0xffff;
        long request = request(mbuf);
        int type = (request & MbufOffloads.IPV6) != 0 ? GSO_TCPV6 : GSO_TCPV4;
        if (size == 0
                || (request & MbufOffloads.L4_MASK) != MbufOffloads.TCP_CHECKSUM
                || work != (type << TYPE_SHIFT | PartialChecksum.NEEDS_CHECKSUM)) {
            return false;
        }
        int start = MbufOffloads.l4Start(request);
        int header = (UnsafeApi.getByte(frame + start + TCP_WORDS) & 0xf0) >>> 4 << 2;
        if (header < TCP_HEADER || start + header > Mbuf.dataLength(mbuf)) {
            return false;
        }
        MbufOffloads.ask(mbuf, MbufOffloads.segmented(request, header, size));
        Mbuf.markMerged(mbuf);
        return true;
    }

    /** For the checksum that the header tells of; 0 if it is not TCP's or UDP's of this frame. */
    private static long request(long mbuf) {
        long header = Mbuf.data(mbuf) - NET_HEADER;
        int start = UnsafeApi.getShort(header + CSUM_START) & 0xffff;
        int offset = UnsafeApi.getShort(header + CSUM_OFFSET) & 0xffff;
        long request = ChecksumRequest.of(mbuf);
        boolean agrees = start == MbufOffloads.l4Start(request) && offset == MbufOffloads.checksumField(request);
        return agrees ? request : 0;
    }
}
