package io.twinport.perf.forward;

import java.util.Locale;

/** What forwards. */
enum ForwardCase {
    /** {@code dpdk-testpmd --forward-mode=io}, the C peer. */
    TESTPMD,
    /** A poll loop over one device. */
    BARE,
    /** A poll loop over a failover port, its standby up and idle. */
    FAILOVER;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
