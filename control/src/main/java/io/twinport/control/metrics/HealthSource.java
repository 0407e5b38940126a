package io.twinport.control.metrics;

import io.twinport.dataplane.failover.StandbyHealth;
import org.jspecify.annotations.Nullable;

/** Who knows what is thought of a standby. */
@FunctionalInterface
public interface HealthSource {
    /** Null while nothing is known of one. Any thread. */
    StandbyHealth.@Nullable Report standbyHealth();
}
