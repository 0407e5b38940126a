package io.twinport.control.run;

import io.twinport.control.Pause;
import io.twinport.control.hotplug.Membership;
import io.twinport.dataplane.Side;
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
    private long takenBefore;
    private TransmitPulse pulse = new TransmitPulse();

    /**
     * @param side that has joined
     * @param taken how many frames the side's driver has taken in all; exact when the loop has left it
     * @param takenBefore what that was before it joined
     */
    PortMember(Side side, Conductor conductor, LongSupplier taken, long takenBefore) {
        this.side = side;
        this.conductor = conductor;
        this.taken = taken;
        this.takenBefore = takenBefore;
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
        return Math.clamp(unsent(), 0, (long) side.txRing());
    }

    private long unsent() {
        long sent = side.transmitted();
        return sent < 0 ? 0 : taken.getAsLong() - takenBefore - sent;
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
        if (!side.dev().needsRestartAfterLinkLoss()) {
            return false;
        }
        long now = System.nanoTime();
        if (pulse.isDue(now)) {
            pulse.feel(taken.getAsLong(), side.transmitted(), now);
        }
        return side.needsRestart() || pulse.isDead();
    }

    @Override
    public void restart() {
        takenBefore = taken.getAsLong();
        pulse = new TransmitPulse();
        side.rejoin();
        conductor.watch(side);
    }
}
