package io.twinport.control.run;

import io.twinport.control.Pause;
import io.twinport.control.hotplug.Membership;
import io.twinport.dataplane.Side;
import io.twinport.dataplane.SideDevice;
import io.twinport.dataplane.failover.Conductor;
import java.util.function.LongSupplier;

/** A side that has joined the run's port. */
final class PortMember implements Membership {
    /** A virtual device has no counter of its own; its host takes what is in the ring within that. */
    private static final int DRAIN_MILLIS = 1;

    /** A full ring of 512 frames of 1500 bytes takes 6 ms at 1 Gb/s. */
    private static final int DRAIN_MOST_MILLIS = 10;

    private final Side side;
    private final Conductor conductor;
    private final LongSupplier taken;
    private final long ring;
    private long takenBefore;
    private long sentBefore;
    private TransmitPulse pulse = new TransmitPulse();

    /**
     * @param side that has joined
     * @param taken how many frames the side's driver has taken in all; exact when the loop has left it
     */
    PortMember(Side side, Conductor conductor, LongSupplier taken, long ring) {
        this.side = side;
        this.conductor = conductor;
        this.taken = taken;
        this.ring = ring;
        begin();
    }

    private void begin() {
        pulse = new TransmitPulse();
        takenBefore = taken.getAsLong();
        sentBefore = side.dev().transmitted();
        conductor.watch(side);
    }

    @Override
    public boolean letGo() {
        return side.letGo();
    }

    @Override
    public long drain() {
        conductor.unwatch(side);
        Pause.millis(DRAIN_MILLIS);
        Pause.until(() -> unsent() <= 0, DRAIN_MOST_MILLIS - DRAIN_MILLIS);
        return Math.clamp(unsent(), 0, ring);
    }

    private long unsent() {
        long sent = side.dev().transmitted();
        return sent < 0 ? 0 : (taken.getAsLong() - takenBefore) - (sent - sentBefore);
    }

    @Override
    public void stop() {
        conductor.unwatch(side);
        side.stop();
    }

    @Override
    public void remove() {
        side.dev().remove();
    }

    @Override
    public boolean needsRestart() {
        SideDevice dev = side.dev();
        if (!dev.needsRestartAfterLinkLoss()) {
            return false;
        }
        long now = System.nanoTime();
        if (pulse.isDue(now)) {
            pulse.feel(taken.getAsLong(), dev.transmitted(), now);
        }
        return side.needsRestart() || pulse.isDead();
    }

    @Override
    public void restart() {
        side.rejoin();
        begin();
    }
}
