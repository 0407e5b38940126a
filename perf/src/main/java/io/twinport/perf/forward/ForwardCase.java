package io.twinport.perf.forward;

import io.twinport.dataplane.failover.HoldSettings;
import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.failover.ReceiveSettings;
import io.twinport.dataplane.failover.ReceiveSettings.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What forwards. */
enum ForwardCase {
    /** {@code dpdk-testpmd} on one device, the C peer. */
    TESTPMD,
    /** A poll loop over one device. */
    BARE,
    /** A poll loop over a failover port as it comes, its standby up and idle. */
    FAILOVER,
    /** The same; what is received is chosen as the kernel does. */
    PRESENCE,
    /** The same; copies are looked for that come by both sides. */
    BOTH,
    /** The same; frames in flight are held for an unplanned cut. */
    HOLD,
    /** The same; what is done with frames is done on another core, over rings. */
    PIPELINE,
    /** A poll loop over a failover port whose device twinport's own virtio driver has, by vhost-user. */
    OWN,
    /** testpmd on DPDK's net_bonding, mode 1. */
    BONDING,
    /** testpmd on DPDK's net_failsafe. */
    FAILSAFE;

    /** What is compared unless the user asks for more. */
    static final List<ForwardCase> USUAL = List.of(TESTPMD, BARE, FAILOVER);

    private static final Duration HOLD_TIME = Duration.ofMillis(100);

    /** As in options, tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is a testpmd. */
    boolean isC() {
        return this == TESTPMD || this == BONDING || this == FAILSAFE;
    }

    /** Of the failover port. */
    PortSettings settings() {
        ReceiveSettings usual = ReceiveSettings.DEFAULT;
        return switch (this) {
            case PRESENCE ->
                PortSettings.DEFAULT.with(new ReceiveSettings(Mode.PRESENCE, usual.lookback(), usual.window()));
            case BOTH -> PortSettings.DEFAULT.with(new ReceiveSettings(Mode.BOTH, usual.lookback(), usual.window()));
            case HOLD -> PortSettings.DEFAULT.with(HoldSettings.of(HOLD_TIME));
            default -> PortSettings.DEFAULT;
        };
    }

    /** Reads a list of labels, or {@code all}. */
    static List<ForwardCase> list(String text) {
        return text.equals("all")
                ? List.of(values())
                : ForwardPlan.list(
                        text, label -> ForwardPlan.constant("--cases", ForwardCase.class, ForwardCase::label, label));
    }
}
