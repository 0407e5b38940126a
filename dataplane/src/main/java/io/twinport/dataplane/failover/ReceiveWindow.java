package io.twinport.dataplane.failover;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.SideLine;
import io.twinport.dataplane.handler.EthernetHeader;
import io.twinport.dpdk.Mbuf;
import java.time.Duration;
import org.agrona.UnsafeApi;

/**
 * After a switch the other end still sends to the side that was left, until it has learnt: for a while what comes there is
 * received too (U2). Only what is sent to one receiver: broadcasts and multicasts come by both sides, and the one by which
 * the port transmits is enough.
 *
 * <p>Belongs to the poll loop of its port.
 */
final class ReceiveWindow {
    /** Longer than switches take to learn from the first announcement, or from the first frame that is sent. */
    static final Duration LENGTH = Duration.ofMillis(100);

    private final MbufBurst group = new MbufBurst();
    private int side = FailoverPolicy.NONE;
    private long endNanos;
    private long dropped;

    /** The port has left a side; nothing is received from {@code NONE}. */
    void open(int leftSide, long now) {
        side = leftSide;
        endNanos = now + LENGTH.toNanos();
    }

    void close() {
        side = FailoverPolicy.NONE;
    }

    boolean isOpen() {
        return side != FailoverPolicy.NONE;
    }

    /** The side that is received from beside the transmitting one, or {@code NONE}. */
    int side() {
        return side;
    }

    /** Whether it is over; the clock is to be read only while it {@link #isOpen}. */
    boolean isOver(long now) {
        return now - endNanos >= 0;
    }

    /**
     * Receives from the line of the side that was left.
     *
     * @return how many frames are in {@code packets}; those that came by the other side as well are freed
     */
    int receive(long line, long packets, int count) {
        int received = SideLine.receive(line, packets, count);
        int kept = 0;
        for (int i = 0; i < received; i++) {
            long mbuf = UnsafeApi.getLong(packets + (long) i * Long.BYTES);
            if (EthernetHeader.isGroupAddressed(Mbuf.data(mbuf))) {
                group.set(mbuf);
                group.free(0, 1);
            } else {
                UnsafeApi.putLong(packets + (long) kept * Long.BYTES, mbuf);
                kept++;
            }
        }
        dropped = (long) received - kept;
        return kept;
    }

    /** Frames that the last {@link #receive} has freed. */
    long dropped() {
        return dropped;
    }
}
