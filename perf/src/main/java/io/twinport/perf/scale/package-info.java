/**
 * {@code bench scale}: what further ports, queues and loops of one process cost, beside {@code dpdk-testpmd}. Nothing of this
 * package runs on a poll thread.
 */
@NullMarked
package io.twinport.perf.scale;

import org.jspecify.annotations.NullMarked;
