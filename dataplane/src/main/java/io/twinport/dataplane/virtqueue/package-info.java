/**
 * Split virtqueues of virtio-net (virtio 1.2, 2.7) in DPDK's memory.
 *
 * <p>{@link io.twinport.dataplane.virtqueue.VirtioReceive} and {@link io.twinport.dataplane.virtqueue.VirtioTransmit}
 * are for poll threads: no allocation, locks, exceptions, logs, system calls or waiting. {@link
 * io.twinport.dataplane.virtqueue.SplitQueue} is for the control thread that makes a queue.
 *
 * <p>Thread: poll. Uses: nothing of its module.
 */
@NullMarked
package io.twinport.dataplane.virtqueue;

import org.jspecify.annotations.NullMarked;
