package io.twinport.control.host.probe;

import com.fasterxml.jackson.annotation.JsonValue;

/** Where frames are looked for, at all places at once. */
public enum Place {
    /** The PF's interface. */
    PF("PF"),
    /** The bridge's own interface: what arrives there is the host's, and nobody's else. */
    BRIDGE("bridge"),
    /** The far end of the bridge's port, where a standby has its TAP. */
    TAP("tap"),
    MACVLAN("macvlan"),
    /** The VF's interface. */
    VF("VF"),
    /** Another port of the same network. */
    PEER("peer");

    private final String label;

    Place(String label) {
        this.label = label;
    }

    @Override
    @JsonValue
    public String toString() {
        return label;
    }
}
