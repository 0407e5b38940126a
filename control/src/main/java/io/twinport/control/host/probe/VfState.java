package io.twinport.control.host.probe;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;

/** What a VF is walked through, in this order. In each state the driver of a PF may change where the address's frames go. */
public enum VfState {
    ABSENT("no VF"),
    MADE("VF made: no driver, no address"),
    /** {@code ip link set PF vf N mac M}: as libvirt does when the guest is started. */
    ADDRESSED("address set at the PF"),
    VFIO("bound to vfio-pci, not opened"),
    BOUND("its driver bound, interface down"),
    UP("interface up"),
    DOWN("interface down again"),
    UNBOUND("driver unbound while up"),
    RESET("after a function-level reset"),
    RELEASED("address cleared at the PF"),
    GONE("no VF any more");

    /** All states. The VF is up twice, since its driver can leave it in two ways. */
    static final List<VfState> WALK =
            List.of(ABSENT, MADE, ADDRESSED, VFIO, BOUND, UP, DOWN, UP, UNBOUND, RESET, RELEASED, GONE);

    private final String label;

    VfState(String label) {
        this.label = label;
    }

    /** Whether the VF's driver takes what comes to the VF. */
    boolean receives() {
        return this == UP;
    }

    /**
     * Whether it is entered by making VFs, or by taking them away. That restarts some PFs: what is lost then is no matter of the
     * filter, and happens before any guest has a VF, or after.
     */
    boolean isOfMaking() {
        return this == MADE || this == GONE;
    }

    @Override
    @JsonValue
    public String toString() {
        return label;
    }
}
