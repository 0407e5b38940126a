package io.twinport.control.host.probe;

import java.util.List;

/** A NIC that behaves in a known way, whose verdict is known too. */
public enum Emulation {
    MAKE_BEFORE_BREAK("make-before-break", Verdict.MAKE_BEFORE_BREAK),
    /** Its filter has the address from the moment on that the PF is told it, until it is told another. */
    EARLY("early", Verdict.EARLY_STEAL),
    /** Its filter follows the VF only after some frames. */
    LATE("late", Verdict.LATE),
    /** While the VF is up the PF gets its frames too. */
    DUPLICATE("duplicate", Verdict.DUPLICATE),
    /** While the VF is up nobody gets its frames. */
    NOWHERE("nowhere", Verdict.NOWHERE);

    /** An unbound and a reset VF are, in an emulation, one that is down. */
    static final List<VfState> WALK = List.of(
            VfState.ABSENT,
            VfState.MADE,
            VfState.ADDRESSED,
            VfState.BOUND,
            VfState.UP,
            VfState.DOWN,
            VfState.RELEASED,
            VfState.GONE);

    private final String label;
    private final Verdict expected;

    Emulation(String label, Verdict expected) {
        this.label = label;
        this.expected = expected;
    }

    /** What a probe has to find. Where the PF has the address too, the standby gets each frame, whatever the VF gets. */
    Verdict expected(Holder holder) {
        return switch (holder) {
            case PF, BRIDGE -> expected;
            case FILTER, MACVLAN -> this == NOWHERE ? Verdict.LATE : Verdict.DUPLICATE;
        };
    }

    @Override
    public String toString() {
        return label;
    }
}
