package io.twinport.perf.forward;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.handler.MbufRing;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.MessageHandler;

/** The other core's half: takes bursts out of one ring, does what is to be done with frames, and puts them into another. */
final class RingForward implements PacketHandler {
    private static final int BURSTS = 2;

    private final MbufRing from;
    private final MbufRing to;
    private final ForwardMode mode;
    private final MessageHandler pass;

    /** Where the burst goes that is read next. */
    private long slot;

    private int passed;

    RingForward(MbufRing from, MbufRing to, ForwardMode mode) {
        this.from = from;
        this.to = to;
        this.mode = mode;
        this.pass = from.handler(this::pass);
    }

    /** Where there is no room for a burst none is read. */
    @Override
    public int poll() {
        passed = 0;
        for (int i = 0; i < BURSTS; i++) {
            slot = to.claim();
            if (slot == 0 || from.read(pass, 1) == 0) {
                break;
            }
        }
        return passed;
    }

    private void pass(long packets, int count) {
        if (mode == ForwardMode.MACSWAP) {
            MacSwapForward.swap(packets, count);
        }
        UnsafeApi.copyMemory(packets, slot, (long) count * Long.BYTES);
        to.publish(count);
        passed += count;
    }
}
