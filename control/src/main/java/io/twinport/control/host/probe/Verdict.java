package io.twinport.control.host.probe;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a change of the VF's state does to the frames for its address; and what a NIC does in a whole walk. */
public enum Verdict {
    /** Frames take the same way as before, and none is lost. */
    UNMOVED("unmoved", "frames take the same way as before"),
    /** Frames take another way, and none is lost. */
    MAKE_BEFORE_BREAK("make-before-break", "frames took the other way, none was lost"),
    /** The VF has taken the frames before it could receive. */
    EARLY_STEAL("early-steal", "the VF got the frames before it could receive"),
    /** The VF is ready and the standby still gets frames, or the VF has gone and still gets them. */
    LATE("late", "frames kept their way after it had ended"),
    /** The standby and the VF both get each frame. */
    DUPLICATE("duplicate", "each frame arrives twice"),
    /** Frames arrive nowhere, and it is not that the VF has stolen them. */
    NOWHERE("nowhere", "frames arrive nowhere"),
    /** Frames that were lost before arrive again. */
    RESTORED("restored", "frames arrive again");

    private final String label;
    private final String meaning;

    Verdict(String label, String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    /** In words. */
    public String meaning() {
        return meaning;
    }

    @Override
    @JsonValue
    public String toString() {
        return label;
    }
}
