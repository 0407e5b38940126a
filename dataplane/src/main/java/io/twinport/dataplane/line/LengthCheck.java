package io.twinport.dataplane.line;

import static io.twinport.dataplane.line.SideLineLayout.MALFORMED;
import static io.twinport.dataplane.line.SideLineLayout.RX_BYTES;

import io.twinport.dpdk.Devargs;
import io.twinport.dpdk.DriverQuirks;
import io.twinport.dpdk.DriverQuirks.Quirk;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/**
 * Holds the lengths of received frames against the mbufs that they are in, where another program has claimed them: a host's
 * back end of virtio, the process at the other end of a vhost-user or memif socket. DPDK's drivers write what they are told
 * into the mbuf (22.11: {@code virtio_recv_pkts}, 32 bits of it into {@code pkt_len} and 16 into {@code data_len}), and
 * whoever believes that sends, captures or hands to the kernel what lies behind the frame. Such a frame is freed and counted
 * before anybody sees it.
 *
 * <p>The driver has just written the mbuf's words, so a look at them costs a nanosecond a frame. The bytes are counted
 * here too: those of the driver have the claims in them.
 */
final class LengthCheck {
    /** Without an Ethernet header it is no frame. */
    private static final int LEAST = 14;

    private LengthCheck() {}

    /**
     * Whether a device has its lengths from another program. A NIC has measured them itself, and {@code net_null} makes its
     * frames itself.
     */
    static boolean isDueOn(EthDev dev) {
        DriverQuirks quirks = DriverQuirks.of(dev.driver());
        boolean measures = Devargs.isPci(dev.name()) && !quirks.has(Quirk.BELIEVES_LENGTHS);
        return !measures && !quirks.has(Quirk.MAKES_FRAMES);
    }

    /**
     * Frees what cannot be, and moves the others together.
     *
     * @return how many are left
     */
    static int keepSound(long line, long packets, int count) {
        long bytes = 0;
        int kept = 0;
        for (int i = 0; i < count; i++) {
            long at = packets + (long) i * Long.BYTES;
            long mbuf = UnsafeApi.getLong(at);
            int length = Mbuf.packetLength(mbuf);
            boolean sound = Mbuf.isContiguous(mbuf)
                    ? length == Mbuf.dataLength(mbuf) && length >= LEAST && length <= Mbuf.room(mbuf)
                    : isSoundChain(mbuf, length);
            if (sound) {
                bytes += length;
                if (kept != i) {
                    UnsafeApi.putLong(packets + (long) kept * Long.BYTES, mbuf);
                }
                kept++;
            } else {
                Mbuf.free(at, 1);
            }
        }
        count(line, bytes, count - kept);
        return kept;
    }

    /** As many segments as it says, none longer than its buffer, and together as long as the frame. */
    private static boolean isSoundChain(long mbuf, int length) {
        int segments = Mbuf.segments(mbuf);
        long sum = 0;
        long segment = mbuf;
        for (int i = 0; i < segments; i++) {
            if (segment == 0 || Mbuf.dataLength(segment) > Mbuf.room(segment)) {
                return false;
            }
            sum += Mbuf.dataLength(segment);
            segment = Mbuf.next(segment);
        }
        return segment == 0 && sum == length && length >= LEAST;
    }

    /** Release: a control thread reads them. */
    private static void count(long line, long bytes, int malformed) {
        UnsafeApi.putLongRelease(null, line + RX_BYTES, UnsafeApi.getLong(line + RX_BYTES) + bytes);
        if (malformed != 0) {
            UnsafeApi.putLongRelease(null, line + MALFORMED, UnsafeApi.getLong(line + MALFORMED) + malformed);
        }
    }
}
