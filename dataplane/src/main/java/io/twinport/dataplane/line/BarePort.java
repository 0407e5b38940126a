package io.twinport.dataplane.line;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PolledQueue;

/** A port over one device: the far ends of a test, and what a failover port is compared with. */
public final class BarePort implements PacketPort, PolledQueue {
    private final MbufBurst single = new MbufBurst();
    private long line = SideLine.NOTHING;

    @Override
    public int rxBurst(long packets, int count) {
        return SideLine.receive(line, packets, count);
    }

    @Override
    public int txBurst(long packets, int count) {
        return SideLine.transmit(line, packets, count);
    }

    /** It has one side, whatever its number. */
    @Override
    public boolean hasSide(int side) {
        return true;
    }

    @Override
    public void join(int side, long newLine) {
        SideLine.enter(newLine);
        line = newLine;
    }

    /** It has nothing to decide. */
    @Override
    public void decide(int event) {}

    @Override
    public void inject(long mbuf) {
        single.set(mbuf);
        single.free(SideLine.transmit(line, single.address(), 1), 1);
    }

    @Override
    public void leave(int side) {
        line = SideLine.NOTHING;
    }
}
