/**
 * Benchmarks. Each comparison with a C peer comes from one run: fresh processes of ours and of the peer in turn, on the
 * same core, with the same packets. Each benchmark has a package.
 *
 * <p>Thread: control. Uses: {@code compare}, {@code cost}, {@code failover}, {@code forward}, {@code latency}, {@code
 * launch}, {@code report}, {@code scale}, {@code stall}, {@code statistics}, {@code virtio}.
 */
@NullMarked
package io.twinport.perf;

import org.jspecify.annotations.NullMarked;
