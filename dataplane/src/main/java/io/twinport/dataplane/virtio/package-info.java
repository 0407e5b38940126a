/**
 * A driver for virtio-net devices under VFIO, for one reason: it acknowledges {@code VIRTIO_NET_F_STANDBY}, which DPDK's
 * does not, and without which a hypervisor neither plugs the primary in nor waits at a migration until it is let go.
 * It follows virtio 1.2; sections of it are cited by number.
 *
 * <p>Runs on control threads, and on one thread for each device, which waits for its interrupts; the poll loops work on
 * the queues themselves, see {@link io.twinport.dataplane.virtqueue}.
 */
@NullMarked
package io.twinport.dataplane.virtio;

import org.jspecify.annotations.NullMarked;
