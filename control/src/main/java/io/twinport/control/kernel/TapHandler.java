package io.twinport.control.kernel;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.ring.MbufRing;
import io.twinport.dpdk.Mbuf;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.MessageHandler;

/**
 * The poll thread's half of a TAP: received bursts go straight into the ring to the {@link TapPump}, and what comes
 * out of the ring from it is sent. A pump that does not keep up costs frames, counted, but never time.
 */
public final class TapHandler implements PacketHandler {
    private static final int BURSTS = 2;

    private final PacketPort port;
    private final MbufRing toKernel;
    private final MbufRing fromKernel;
    private final MbufBurst overflow = new MbufBurst();
    private final MessageHandler send;
    private int sent;
    private final AtomicLong dropped = new AtomicLong();

    public TapHandler(PacketPort port, MbufRing toKernel, MbufRing fromKernel) {
        this.port = port;
        this.toKernel = toKernel;
        this.fromKernel = fromKernel;
        this.send = fromKernel.handler(this::send);
    }

    @Override
    public int poll() {
        sent = 0;
        int received = receive();
        fromKernel.read(send, BURSTS);
        return received + sent;
    }

    /** Frames that were received while the ring to the kernel was full. */
    public long dropped() {
        return dropped.get();
    }

    private int receive() {
        long slot = toKernel.claim();
        if (slot == 0) {
            int received = port.rxBurst(overflow.address(), MbufBurst.CAPACITY);
            overflow.free(0, received);
            dropped.lazySet(dropped.getPlain() + received);
            return received;
        }
        int received = port.rxBurst(slot, MbufBurst.CAPACITY);
        if (received > 0) {
            toKernel.publish(received);
        }
        return received;
    }

    private void send(long packets, int count) {
        int taken = port.txBurst(packets, count);
        sent += taken;
        if (taken < count) {
            Mbuf.free(packets + (long) taken * Long.BYTES, count - taken);
        }
    }
}
