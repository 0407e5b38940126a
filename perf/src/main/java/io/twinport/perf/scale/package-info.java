/**
 * {@code bench scale}: what further ports, queues and loops of one process cost, beside {@code dpdk-testpmd}.
 *
 * <p>Thread: control. Uses: {@code launch}, {@code load}, {@code report}, {@code statistics}.
 */
@NullMarked
package io.twinport.perf.scale;

import org.jspecify.annotations.NullMarked;
