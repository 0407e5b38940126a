package io.twinport.perf.load;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a load goes through. */
public enum ForwarderCase {
    /** {@code dpdk-testpmd --forward-mode=io}, the C peer. */
    TESTPMD(null),
    /** A poll loop of ours over one device. */
    BARE(null),
    /** A poll loop of ours over a failover port, its standby up and idle. */
    FAILOVER(null),

    // The same beside a control plane that allocates, by collector.
    SERIAL(Collector.SERIAL),
    Z(Collector.Z),
    SHENANDOAH(Collector.SHENANDOAH);

    /** Those that do not allocate. */
    public static final List<ForwarderCase> PLAIN = List.of(TESTPMD, BARE, FAILOVER);

    private final @Nullable Collector collector;

    ForwarderCase(@Nullable Collector collector) {
        this.collector = collector;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean allocates() {
        return collector != null;
    }

    /** Whether the passes of its loop can be recorded. */
    public boolean isOurs() {
        return this != TESTPMD;
    }

    /** Starts it; see {@link LoopSetup} for what ours take. */
    Forwarder start(LoadSetup setup, String device) {
        if (this == TESTPMD) {
            return Forwarder.testpmd(setup.rig(), device, setup.burst());
        }
        List<String> devices = this == BARE ? List.of(device) : List.of(device, LoopSetup.IDLE_STANDBY);
        return Forwarder.ours(
                label(),
                new LoopSetup(setup.rig(), devices, setup.burst(), setup.timed(), allocates() ? setup.allocated() : 0),
                collector);
    }
}
