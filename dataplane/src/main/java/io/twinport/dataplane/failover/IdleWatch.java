package io.twinport.dataplane.failover;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.handler.EthernetHeader;
import io.twinport.dpdk.Mbuf;

/**
 * What comes by a side while it is idle, before it is freed: that is all that is known of it until it is needed (U9). The
 * headers of a flood are not all read: to read one may cost a cache miss, and what repeats itself is seen in any burst.
 *
 * <p>One of a port, for the poll loops of all its queues, each of which has its own counts; {@link #mac} is for any thread.
 */
final class IdleWatch {
    private static final int MOST_LOOKS = 8;

    private volatile long mac;

    /** The port's own address, 48 bits as {@link EthernetHeader} has them; 0 while it is not known. */
    void mac(long address) {
        mac = address;
    }

    /** Whether the port itself has sent a frame; not while its address is not known. */
    boolean isOwn(long mbuf) {
        long own = mac;
        return own != 0 && EthernetHeader.source(Mbuf.data(mbuf)) == own;
    }

    /** Counts a burst that an idle side has received. */
    void count(PortTotals.Idle totals, MbufBurst burst, int count) {
        totals.frames += count;
        long own = mac;
        int looked = Math.min(count, MOST_LOOKS);
        for (int i = 0; i < looked; i++) {
            long frame = Mbuf.data(burst.get(i));
            if (EthernetHeader.source(frame) == own) {
                totals.own++;
            } else if (EthernetHeader.destination(frame) == own) {
                totals.toUs++;
            }
        }
    }
}
