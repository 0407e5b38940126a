package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.InternetChecksum;
import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/**
 * Frames that come with work left to do, though the driver has negotiated none of it: a checksum to be filled in, or several
 * packets merged. DPDK's vhost library hands on what the sender's mbuf asks for and never looks at what was negotiated, and
 * a TAP may hold such frames from the driver before. Handed on as they are they would be dropped in silence by whoever gets
 * them. Where checksums have been negotiated, frames come here that {@link NetHeader} does not know how to mark.
 */
final class PartialChecksum {
    /** The first two bytes of the header, {@code flags} and {@code gso_type}, without the bit that says a checksum is right. */
    private static final int WORK = 0xffff & ~2;

    static final int NEEDS_CHECKSUM = 1;

    private PartialChecksum() {}

    /** What is left to do for a received frame, by the header before it: 0 for nothing. */
    static int work(long frame) {
        return UnsafeApi.getShort(frame - NET_HEADER + HEADER_FLAGS) & WORK;
    }

    /**
     * Fills the checksum in (5.1.6.4): the field holds the sum of the pseudo header.
     *
     * @return false if the frame is merged, or its checksum does not lie in its first mbuf
     */
    static boolean complete(long mbuf) {
        long frame = Mbuf.data(mbuf);
        long header = frame - NET_HEADER;
        int start = UnsafeApi.getShort(header + CSUM_START) & 0xffff;
        int field = start + (UnsafeApi.getShort(header + CSUM_OFFSET) & 0xffff);
        if (work(frame) != NEEDS_CHECKSUM || field + Short.BYTES > Mbuf.dataLength(mbuf)) {
            return false;
        }
        long sum = InternetChecksum.sum(mbuf, start, Mbuf.packetLength(mbuf) - start);
        int checksum = ~InternetChecksum.fold(sum) & 0xffff;
        // RFC 768: no UDP checksum is all zero, which means that there is none; for others both are the same number.
        UnsafeApi.putShort(frame + field, Short.reverseBytes((short) (checksum == 0 ? 0xffff : checksum)));
        return true;
    }
}
