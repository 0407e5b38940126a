package io.twinport.dataplane.failover;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.handler.EthernetHeader;
import io.twinport.dpdk.Mbuf;

/**
 * What comes by a side while it is idle, before it is freed: that is all that is known of it until it is needed (U9). The
 * headers of a flood are not read: to read one costs a cache miss, and one burst of each drain tells as much.
 *
 * <p>Belongs to the poll loop of its port, which publishes the counts; {@link #mac} is for any thread.
 */
final class IdleWatch {
    private volatile long mac;

    /** The port's own address, 48 bits as {@link EthernetHeader} has them; 0 while it is not known. */
    void mac(long address) {
        mac = address;
    }

    /** Counts what a drain has received. */
    void count(PortTotals.Idle totals, MbufBurst burst, int count, boolean isFirst) {
        totals.frames += count;
        if (!isFirst || count == 0) {
            return;
        }
        long own = mac;
        for (int i = 0; i < count; i++) {
            long frame = Mbuf.data(burst.get(i));
            if (EthernetHeader.source(frame) == own) {
                totals.own++;
            } else if (EthernetHeader.destination(frame) == own) {
                totals.toUs++;
            }
        }
    }
}
