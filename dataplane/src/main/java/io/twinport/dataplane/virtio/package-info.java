/**
 * A driver for virtio-net devices under VFIO, for one reason: it acknowledges {@code VIRTIO_NET_F_STANDBY}, which DPDK's
 * does not. Without it a hypervisor does not plug the primary in, nor wait at a migration until the guest has returned it. The
 * driver follows virtio 1.2; sections of it are cited by number.
 *
 * <p>{@link io.twinport.dataplane.virtio.VirtioSide} starts and stops a device; what it is told by its control queue is {@link
 * io.twinport.dataplane.virtio.NetControl}'s, and told again at each start.
 *
 * <p>One thread for each device waits for its interrupts. The poll loops work on the queues themselves, see {@link
 * io.twinport.dataplane.virtqueue}.
 *
 * <p>Thread: control. Uses: {@code device}, {@code line}, {@code vhost}, {@code virtqueue}.
 */
@NullMarked
package io.twinport.dataplane.virtio;

import org.jspecify.annotations.NullMarked;
