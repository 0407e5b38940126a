package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.NONE;
import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;

import io.twinport.dataplane.failover.PortModel.Device;
import io.twinport.dataplane.failover.PortModel.Failback;

/** The part of {@link PortModel} that says which side transmits (R41, R42, U1, U9, U10, U12), as the rules say it. */
final class SelectorModel {
    private static final int FREE_FLAPS = 2;
    private static final int MOST_FLAPS = 7;

    private final Device[] devices;
    private final long wait;
    private final long settle;
    private Failback failback;
    private boolean damping;
    private boolean silent;
    private boolean stalled;
    private boolean failed;
    private boolean dead;
    private int forced = NONE;
    private int active = NONE;
    private boolean released;
    private boolean settling;
    private int flaps;
    private long waitOverAt = -1;
    private long settledAt = -1;

    /** @param devices by side; the caller changes them and lets the selector decide */
    SelectorModel(Device[] devices, Failback failback, boolean damping, long wait, long settle) {
        this.devices = devices;
        this.failback = failback;
        this.damping = damping;
        this.wait = wait;
        this.settle = settle;
    }

    int active() {
        return active;
    }

    void force(int side) {
        forced = side;
    }

    void failback(Failback mode) {
        failback = mode;
    }

    void damping(boolean on) {
        damping = on;
        if (!on) {
            flaps = 0;
        }
    }

    /** U10: what the control side suspects of a primary that transmits. */
    void silent() {
        silent |= active == PRIMARY;
    }

    void stalled() {
        stalled |= active == PRIMARY;
    }

    void failed() {
        failed |= active == PRIMARY;
    }

    void resumed() {
        stalled = false;
    }

    /** U9: what the control side finds of the standby. */
    void dead(boolean isDead) {
        dead = isDead;
    }

    void commandFailback() {
        released = true;
        silent = false;
        stalled = false;
        failed = false;
    }

    void decide(long now) {
        boolean primary = devices[PRIMARY].ready();
        boolean standby = devices[STANDBY].ready();
        if (!primary) {
            released = false;
            silent = false;
            stalled = false;
            failed = false;
        } else if (failback == Failback.AT_ONCE && !damped() && !suspect()) {
            released = true;
        }
        dead &= standby;
        int wanted;
        if (!primary || !standby) {
            wanted = primary ? PRIMARY : standby ? STANDBY : NONE;
        } else if (devices[PRIMARY].leaving != devices[STANDBY].leaving) {
            wanted = devices[PRIMARY].leaving && (suspect() || !dead) ? STANDBY : PRIMARY;
        } else if (forced != NONE) {
            wanted = forced;
        } else if (suspect()) {
            wanted = STANDBY;
        } else if (dead) {
            wanted = PRIMARY;
        } else {
            wanted = active == STANDBY && !released ? STANDBY : PRIMARY;
        }
        if (wanted != active) {
            switchTo(wanted, primary);
        }
        if (active == PRIMARY) {
            released = false;
            silent = false;
            stalled = false;
            failed = false;
        }
        followTimers(now);
    }

    private boolean suspect() {
        return silent || stalled || failed;
    }

    private void switchTo(int side, boolean primaryReady) {
        if (active == PRIMARY) {
            if (settling && (!primaryReady || suspect()) && damping) {
                flaps = Math.min(MOST_FLAPS, flaps + 1);
            }
            settling = false;
        }
        if (side == PRIMARY) {
            settling = true;
        }
        active = side;
    }

    private boolean damped() {
        return damping && flaps > FREE_FLAPS;
    }

    private boolean waits() {
        return active == STANDBY
                && devices[PRIMARY].ready()
                && !released
                && !suspect()
                && !devices[PRIMARY].leaving
                && forced == NONE
                && failback != Failback.MANUAL;
    }

    /** A wait that is over; true if it is time to decide. */
    boolean expire(long now) {
        if (waitOverAt >= 0 && now >= waitOverAt) {
            waitOverAt = -1;
            boolean waited = waits();
            released |= waited;
            return waited;
        }
        if (settledAt >= 0 && now >= settledAt) {
            settledAt = -1;
            if (settling && active == PRIMARY) {
                settling = false;
                flaps = 0;
            }
        }
        return false;
    }

    private void followTimers(long now) {
        if (!waits()) {
            waitOverAt = -1;
        } else if (waitOverAt < 0) {
            waitOverAt = now + (wait << (damped() ? flaps - FREE_FLAPS : 0));
        }
        if (!settling || active != PRIMARY) {
            settledAt = -1;
        } else if (settledAt < 0) {
            settledAt = now + settle;
        }
    }

    /** U12: a frame of a primary that waits proves it; true if it is time to decide. */
    boolean prove() {
        boolean wasSilent = silent && active == STANDBY;
        if (wasSilent) {
            silent = false;
        }
        boolean proven = waits() && failback == Failback.WHEN_PROVEN && !damped();
        released = proven || released && !wasSilent;
        return wasSilent || proven;
    }
}
