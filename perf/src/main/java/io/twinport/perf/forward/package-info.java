/**
 * {@code bench forward}: the forwarding rate of our ports beside {@code dpdk-testpmd}. {@code MacSwapForward} and its
 * like run on the poll thread.
 *
 * <p>Thread: control. Uses: {@code launch}, {@code load}, {@code report}, {@code statistics}.
 */
@NullMarked
package io.twinport.perf.forward;

import org.jspecify.annotations.NullMarked;
