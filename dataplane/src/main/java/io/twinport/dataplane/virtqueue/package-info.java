/**
 * Virtqueues of virtio-net, split and packed ones (virtio 1.2, 2.7 and 2.8), in DPDK's memory.
 *
 * <p>{@link io.twinport.dataplane.virtqueue.VirtioReceive} and {@link io.twinport.dataplane.virtqueue.VirtioTransmit}
 * are for poll threads: no allocation, locks, exceptions, logs, system calls or waiting. {@link
 * io.twinport.dataplane.virtqueue.Virtqueue} is for the control thread that makes a queue.
 *
 * <p>Thread: poll. Uses: nothing of its module.
 */
@NullMarked
package io.twinport.dataplane.virtqueue;

import org.jspecify.annotations.NullMarked;
