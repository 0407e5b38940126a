/**
 * A driver for virtio-net devices under VFIO, for one reason: it acknowledges {@code VIRTIO_NET_F_STANDBY}, which DPDK's
 * does not, and without which a hypervisor neither plugs the primary in nor waits at a migration until it is let go.
 * It follows virtio 1.2; sections of it are cited by number.
 *
 * <p>{@link io.twinport.dataplane.virtio.VirtioReceive} and {@link io.twinport.dataplane.virtio.VirtioTransmit} run on
 * poll threads, over queues that lie in DPDK's memory: no allocation, locks, exceptions, logs, system calls or waiting.
 * The rest runs on control threads, and on one thread for each device, which waits for its interrupts.
 */
@NullMarked
package io.twinport.dataplane.virtio;

import org.jspecify.annotations.NullMarked;
