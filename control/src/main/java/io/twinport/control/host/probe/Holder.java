package io.twinport.control.host.probe;

import com.fasterxml.jackson.annotation.JsonValue;

/** Who receives for the VF's address beside the VF: the way to a guest's standby. */
public enum Holder {
    /** Nobody has set anything up, and the PF receives for itself. No standby: it tells what the NIC does by itself. */
    PF("pf", Place.PF, "the PF alone"),
    /** The PF is a bridge's port, and the standby's TAP another. */
    BRIDGE("bridge", Place.TAP, "a bridge over the PF"),
    /** The same, and the PF's unicast filter has the address: {@code bridge fdb add M dev PF self}. */
    FILTER("filter", Place.TAP, "a bridge over the PF, whose unicast filter has the address"),
    /** A macvlan (or macvtap) with the address, over the PF. */
    MACVLAN("macvlan", Place.MACVLAN, "a macvlan over the PF");

    private final String label;
    private final Place sink;
    private final String description;

    Holder(String label, Place sink, String description) {
        this.label = label;
        this.sink = sink;
        this.description = description;
    }

    /** Where the standby's frames arrive. */
    Place sink() {
        return sink;
    }

    public String description() {
        return description;
    }

    @Override
    @JsonValue
    public String toString() {
        return label;
    }
}
