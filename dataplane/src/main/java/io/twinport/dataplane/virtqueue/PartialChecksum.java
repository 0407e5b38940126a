package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/**
 * Frames that come with work left to do, though the driver has negotiated none of it: a checksum to be filled in, or several
 * packets merged. DPDK's vhost library hands on what the sender's mbuf asks for and never looks at what was negotiated, and
 * a TAP may hold such frames from the driver before. Handed on as they are they would be dropped in silence by whoever gets
 * them.
 */
final class PartialChecksum {
    /** The first two bytes of the header, {@code flags} and {@code gso_type}, without the bit that says a checksum is right. */
    private static final int WORK = 0xffff & ~2;

    private static final int NEEDS_CHECKSUM = 1;
    private static final int START = 6;
    private static final int OFFSET = 8;

    private PartialChecksum() {}

    /** Whether a received frame is one of these: by the header before it. */
    static boolean isUnfinished(long frame) {
        return (UnsafeApi.getShort(frame - NET_HEADER) & WORK) != 0;
    }

    /**
     * Fills the checksum in (5.1.6.4): the field holds the sum of the pseudo header.
     *
     * @return false if the frame is merged, or its checksum does not lie in it
     */
    static boolean complete(long queue, long mbuf, int length) {
        UnsafeApi.putLong(queue + UNFINISHED, UnsafeApi.getLong(queue + UNFINISHED) + 1);
        long frame = Mbuf.data(mbuf);
        long header = frame - NET_HEADER;
        int start = UnsafeApi.getShort(header + START) & 0xffff;
        int field = start + (UnsafeApi.getShort(header + OFFSET) & 0xffff);
        if ((UnsafeApi.getShort(header) & WORK) != NEEDS_CHECKSUM || field + Short.BYTES > length) {
            return false;
        }
        int checksum = ~sum(frame + start, length - start) & 0xffff;
        // RFC 768: no UDP checksum is all zero, which means that there is none; for others both are the same number.
        UnsafeApi.putShort(frame + field, (short) (checksum == 0 ? 0xffff : checksum));
        return true;
    }

    /** In the machine's byte order: the sum of words with their bytes exchanged is the sum with its bytes exchanged (RFC 1071). */
    private static int sum(long address, int length) {
        long sum = 0;
        int i = 0;
        for (; i + 1 < length; i += Short.BYTES) {
            sum += UnsafeApi.getShort(address + i) & 0xffff;
        }
        sum += i < length ? UnsafeApi.getByte(address + i) & 0xff : 0;
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) sum;
    }
}
