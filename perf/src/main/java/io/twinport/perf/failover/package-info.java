/**
 * {@code bench failover}: how long a switch takes, ours and the C peers'. {@code FailoverTraffic} runs on the poll thread;
 * everything else on control threads.
 */
@NullMarked
package io.twinport.perf.failover;

import org.jspecify.annotations.NullMarked;
