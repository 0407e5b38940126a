package io.twinport.control.run;

import io.twinport.control.Pause;
import io.twinport.control.hotplug.Membership;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.conductor.Conductor;
import io.twinport.dataplane.conductor.PortMonitor;
import io.twinport.dataplane.device.Member;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.failover.PortCounters;

/** A side that has joined the run's port. */
final class PortMember implements Membership {
    /** A virtual device has no counter of its own; its host takes what is in the ring within that. */
    private static final int DRAIN_MILLIS = 1;

    /** A full ring of 512 frames of 1500 bytes takes 6 ms at 1 Gb/s. */
    private static final int DRAIN_MOST_MILLIS = 10;

    /**
     * A poll loop that is alive obeys at once, and the port moves when its ring has been sent, within 2 ms (U13); the
     * counter that shows it is published every 64 polls.
     */
    private static final int MOVE_MILLIS = 5;

    /** What the network may take to learn from the first announcement where the traffic goes now. */
    private static final int LEARN_MILLIS = 20;

    private final Member member;
    private final Side side;
    private final Conductor conductor;
    private final PortCounters counters;
    private final PortMonitor monitor;
    private long takenBefore;
    private TransmitPulse pulse = new TransmitPulse();

    /**
     * @param member that has joined
     * @param takenBefore frames that the side's driver had taken before it joined; exact when the loop has left it
     */
    PortMember(Member member, Conductor conductor, PortMonitor monitor, PortCounters counters, long takenBefore) {
        this.member = member;
        this.side = member.side();
        this.conductor = conductor;
        this.counters = counters;
        this.monitor = monitor;
        this.takenBefore = takenBefore;
        monitor.join(side);
        conductor.watch(side);
    }

    @Override
    public void prepareToLeave() {
        try {
            side.announceLeave();
        } catch (IllegalStateException e) {
            return; // the loop reads no commands: it is stuck, which others say
        }
        if (Pause.until(() -> counters.activeSide() == other(), MOVE_MILLIS)) {
            Pause.millis(LEARN_MILLIS);
        }
    }

    private int other() {
        return Sides.other(side.side());
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
        return side.transmitted() < 0
                ? side.stranded()
                : Math.clamp(unsent(), 0, (long) side.txRing() + side.stranded());
    }

    private long unsent() {
        long sent = side.transmitted();
        return sent < 0 ? 0 : counters.sentBy(side.side()) - takenBefore - side.unsendable() - sent;
    }

    @Override
    public void stop() {
        conductor.unwatch(side);
        monitor.leave(side);
        member.stop();
    }

    @Override
    public void remove() {
        member.leave();
        side.close();
    }

    @Override
    public boolean isGone() {
        return side.isRemoved();
    }

    @Override
    public boolean needsRestart() {
        if (!side.dev().needsRestartAfterLinkLoss()) {
            return side.needsRestart();
        }
        long now = System.nanoTime();
        if (pulse.isDue(now)) {
            pulse.feel(counters.sentBy(side.side()), side.transmitted(), now);
        }
        return side.needsRestart() || pulse.isDead();
    }

    @Override
    public void restart() {
        takenBefore = counters.sentBy(side.side());
        pulse = new TransmitPulse();
        member.start();
        monitor.join(side);
        conductor.watch(side);
    }
}
