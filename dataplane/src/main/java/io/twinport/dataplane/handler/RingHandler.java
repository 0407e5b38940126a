package io.twinport.dataplane.handler;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dpdk.Mbuf;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.MessageHandler;

/**
 * The poll thread's half of a handler on another thread: received bursts go straight into the ring to that thread, and
 * what comes out of the ring from it is sent. A thread that does not keep up costs frames, counted, but never time.
 */
public final class RingHandler implements PacketHandler {
    private static final int BURSTS = 2;

    private final PacketPort port;
    private final MbufRing received;
    private final MbufRing toSend;
    private final int burst;
    private final MbufBurst overflow = new MbufBurst();
    private final MessageHandler send;
    private int sent;
    private final AtomicLong dropped = new AtomicLong();

    /**
     * @param received to the other thread, which this one fills
     * @param toSend from the other thread, which this one empties
     * @param burst frames received at once, at most {@link MbufBurst#CAPACITY}
     */
    public RingHandler(PacketPort port, MbufRing received, MbufRing toSend, int burst) {
        this.port = port;
        this.received = received;
        this.toSend = toSend;
        this.burst = burst;
        this.send = toSend.handler(this::send);
    }

    @Override
    public int poll() {
        sent = 0;
        int count = receive();
        toSend.read(send, BURSTS);
        return count + sent;
    }

    /** Frames that were received while the ring to the other thread was full. Any thread. */
    public long dropped() {
        return dropped.get();
    }

    private int receive() {
        long slot = received.claim();
        if (slot == 0) {
            int count = port.rxBurst(overflow.address(), burst);
            overflow.free(0, count);
            dropped.lazySet(dropped.getPlain() + count);
            return count;
        }
        int count = port.rxBurst(slot, burst);
        if (count > 0) {
            received.publish(count);
        }
        return count;
    }

    private void send(long packets, int count) {
        int taken = port.txBurst(packets, count);
        sent += taken;
        if (taken < count) {
            Mbuf.free(packets + (long) taken * Long.BYTES, count - taken);
        }
    }
}
