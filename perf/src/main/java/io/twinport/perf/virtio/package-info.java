/**
 * {@code bench virtio}: time for a frame of our virtio driver and of DPDK's, over vhost-user.
 *
 * <p>Thread: control. Uses: {@code launch}, {@code report}, {@code statistics}.
 */
@NullMarked
package io.twinport.perf.virtio;

import org.jspecify.annotations.NullMarked;
