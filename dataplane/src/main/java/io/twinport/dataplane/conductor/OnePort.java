package io.twinport.dataplane.conductor;

import io.twinport.dataplane.cnc.PolicyInput;
import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.policy.LowerState;
import io.twinport.dataplane.policy.StandbyHealth;

/** Tells a listener of one port only; ticks are everybody's. */
record OnePort(int port, Conductor.Listener listener) implements Conductor.Listener {
    @Override
    public void onSwitch(SwitchRecord record) {
        if (record.port() == port) {
            listener.onSwitch(record);
        }
    }

    @Override
    public void onQuietSwitch(SwitchRecord record) {
        if (record.port() == port) {
            listener.onQuietSwitch(record);
        }
    }

    @Override
    public void onLink(int of, int side, boolean up, long nanos) {
        if (of == port) {
            listener.onLink(of, side, up, nanos);
        }
    }

    @Override
    public void onMembership(int of, int side, boolean joined, long nanos) {
        if (of == port) {
            listener.onMembership(of, side, joined, nanos);
        }
    }

    @Override
    public void onCarrier(int of, boolean on, long nanos) {
        if (of == port) {
            listener.onCarrier(of, on, nanos);
        }
    }

    @Override
    public void onLowerState(int of, int side, LowerState state, long nanos) {
        if (of == port) {
            listener.onLowerState(of, side, state, nanos);
        }
    }

    @Override
    public void onFailure(int of, int side, String reason, long nanos) {
        if (of == port) {
            listener.onFailure(of, side, reason, nanos);
        }
    }

    @Override
    public void onHealth(int of, StandbyHealth.Report health, long nanos) {
        if (of == port) {
            listener.onHealth(of, health, nanos);
        }
    }

    @Override
    public void onInput(PolicyInput input) {
        if (input.port() == port) {
            listener.onInput(input);
        }
    }

    @Override
    public void onTick(long nanos) {
        listener.onTick(nanos);
    }
}
