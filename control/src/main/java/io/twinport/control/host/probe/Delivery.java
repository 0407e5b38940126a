package io.twinport.control.host.probe;

import com.fasterxml.jackson.annotation.JsonValue;

/** Which of the two ways to a guest a frame has come. */
public enum Delivery {
    NOBODY("nobody"),
    STANDBY("standby"),
    VF("VF"),
    BOTH("both");

    private final String label;

    Delivery(String label) {
        this.label = label;
    }

    static Delivery of(boolean byStandby, boolean byVf) {
        return byStandby ? byVf ? BOTH : STANDBY : byVf ? VF : NOBODY;
    }

    @Override
    @JsonValue
    public String toString() {
        return label;
    }
}
