package io.twinport.perf.stall;

import io.twinport.perf.load.Collector;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A loop that forwards. */
enum StallCase {
    /** {@code baseline/stall.c}. */
    C(null),

    /** Ours with the launcher's flags, and a control plane that has nothing to do. */
    TWINPORT(null),

    // Ours with a control plane that allocates, by collector.
    SERIAL(Collector.SERIAL),
    Z(Collector.Z),
    SHENANDOAH(Collector.SHENANDOAH);

    private final @Nullable Collector collector;

    StallCase(@Nullable Collector collector) {
        this.collector = collector;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean allocates() {
        return collector != null;
    }

    /** In place of the launcher's, if not null. */
    @Nullable
    Collector collector() {
        return collector;
    }
}
