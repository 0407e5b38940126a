/**
 * What a run counts, for Prometheus and for DPDK's telemetry. Read from the counters of {@code twinport.cnc} when
 * somebody asks, on a thread of the HTTP server or of DPDK; the poll loops know nothing of it.
 *
 * <p>Thread: control. Uses: {@code control}, {@code history}.
 */
@NullMarked
package io.twinport.control.metrics;

import org.jspecify.annotations.NullMarked;
