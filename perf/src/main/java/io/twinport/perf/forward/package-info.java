/**
 * {@code bench forward}: the forwarding rate of our ports beside {@code dpdk-testpmd}. {@code MacSwapForward} and its like run on
 * the poll thread; everything else on control threads.
 */
@NullMarked
package io.twinport.perf.forward;

import org.jspecify.annotations.NullMarked;
