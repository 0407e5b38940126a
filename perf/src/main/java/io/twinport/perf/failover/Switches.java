package io.twinport.perf.failover;

import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.conductor.Conductor;
import org.jspecify.annotations.Nullable;

/** Hands the next switch, which the conductor's thread tells, to the thread that cuts. */
final class Switches implements Conductor.Listener {
    private volatile @Nullable SwitchRecord last;

    /** From now on only what comes later counts. */
    void forget() {
        last = null;
    }

    /** The last switch since {@link #forget}, null if there was none. */
    @Nullable
    SwitchRecord last() {
        return last;
    }

    @Override
    public void onSwitch(SwitchRecord record) {
        last = record;
    }

    @Override
    public void onLink(int port, int side, boolean up, long nanos) {
        // The bench cuts the links itself.
    }
}
