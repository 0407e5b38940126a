package io.twinport.perf.forward;

import java.util.Locale;

/** What is done with a frame. */
enum ForwardMode {
    /** Nothing: it is not even looked at. */
    IO,
    /** Its source and destination address are exchanged. */
    MACSWAP;

    static ForwardMode of(String label) {
        return ForwardPlan.constant("--mode", ForwardMode.class, ForwardMode::label, label);
    }

    /** Also testpmd's word for it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
