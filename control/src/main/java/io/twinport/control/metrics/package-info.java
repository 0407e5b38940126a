/**
 * What a run counts, for Prometheus and for DPDK's telemetry. Read from {@code twinport.cnc}'s counters when somebody asks, on a
 * thread of the HTTP server or of DPDK; the poll loops know nothing of it.
 */
@NullMarked
package io.twinport.control.metrics;

import org.jspecify.annotations.NullMarked;
