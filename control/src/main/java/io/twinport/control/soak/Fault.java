package io.twinport.control.soak;

import io.twinport.control.soak.SoakSide.State;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.failover.FailoverPolicy;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What can happen to a failover port, each with how often it does in comparison. The cheap ones come most. */
enum Fault {
    CUT_PRIMARY(140, Sides.PRIMARY, State.WHOLE),
    CUT_STANDBY(90, Sides.STANDBY, State.WHOLE),
    RESTORE_PRIMARY(300, Sides.PRIMARY, State.CUT),
    RESTORE_STANDBY(300, Sides.STANDBY, State.CUT),
    UNPLUG_PRIMARY(16, Sides.PRIMARY, null),
    UNPLUG_STANDBY(16, Sides.STANDBY, null),
    UNPLUG_PRIMARY_WITH_NOTICE(16, Sides.PRIMARY, null),
    UNPLUG_STANDBY_WITH_NOTICE(16, Sides.STANDBY, null),
    PLUG_PRIMARY(300, Sides.PRIMARY, State.GONE),
    PLUG_STANDBY(300, Sides.STANDBY, State.GONE),
    CLOSE_PRIMARY(30, Sides.PRIMARY, State.WHOLE),
    CLOSE_STANDBY(30, Sides.STANDBY, State.WHOLE),
    CLOSE_PRIMARY_WITH_NOTICE(30, Sides.PRIMARY, State.WHOLE),
    CLOSE_STANDBY_WITH_NOTICE(30, Sides.STANDBY, State.WHOLE),
    OPEN_PRIMARY(300, Sides.PRIMARY, State.CLOSED),
    OPEN_STANDBY(300, Sides.STANDBY, State.CLOSED),
    FORCE_PRIMARY(120, FailoverPolicy.FORCED_PRIMARY),
    FORCE_STANDBY(120, FailoverPolicy.FORCED_STANDBY),
    FORCE_NONE(160, FailoverPolicy.FORCED_NONE),
    FAILBACK_AT_ONCE(80, FailoverPolicy.FAILBACK_AT_ONCE),
    FAILBACK_WHEN_PROVEN(40, FailoverPolicy.FAILBACK_WHEN_PROVEN),
    FAILBACK_DELAYED(40, FailoverPolicy.FAILBACK_DELAYED),
    FAILBACK_MANUAL(20, FailoverPolicy.FAILBACK_MANUAL),
    FAILBACK_COMMANDED(40, FailoverPolicy.FAILBACK_COMMANDED),
    DAMPING_ON(20, FailoverPolicy.DAMPING_ON),
    DAMPING_OFF(40, FailoverPolicy.DAMPING_OFF),
    SPURIOUS_INTERRUPT(60, -1),
    VISIT_TO_PRIMARY(12, Sides.PRIMARY, State.GONE),
    VISIT_TO_STANDBY(12, Sides.STANDBY, State.GONE),
    LOOP_STALLS(8, -1),
    INTERRUPTS_HANG(4, -1),
    CUT_BOTH(24, Sides.NONE, State.WHOLE),
    CLOSE_BOTH(12, Sides.NONE, State.WHOLE),
    UNPLUG_BOTH(8, Sides.NONE, null);

    private final int weight;
    private final int side;
    private final @Nullable State wanted;
    private final boolean toDevice;
    private final int event;

    /** To a device: of one side, or of both ({@code NONE}); {@code wanted} null: in any state in which it is there. */
    Fault(int weight, int side, @Nullable State wanted) {
        this.weight = weight;
        this.side = side;
        this.wanted = wanted;
        this.toDevice = true;
        this.event = -1;
    }

    /** To the policy. */
    Fault(int weight, int event) {
        this.weight = weight;
        this.side = Sides.NONE;
        this.wanted = null;
        this.toDevice = false;
        this.event = event;
    }

    int weight() {
        return weight;
    }

    /** What the policy is told; negative where it is told nothing. */
    int event() {
        return event;
    }

    /** Whether it can happen in this state of affairs. */
    boolean isPossible(SoakSide primary, SoakSide standby) {
        if (!toDevice) {
            return true;
        }
        return (side == Sides.STANDBY || suits(primary)) && (side == Sides.PRIMARY || suits(standby));
    }

    private boolean suits(SoakSide device) {
        return wanted == null ? device.state() != State.GONE : device.state() == wanted;
    }

    /** For instance {@code cut primary}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
