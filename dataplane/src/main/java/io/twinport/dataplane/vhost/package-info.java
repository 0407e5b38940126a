/**
 * The vhost-user protocol, in which the driver of a virtual device (the front end) tells the far end of its rings and
 * its memory over a unix socket: its messages, the front end of twinport's own driver, and a proxy between DPDK's virtio-user
 * driver and a far end that is not trusted. One thread for each socket ({@link
 * io.twinport.dataplane.vhost.FarEndThread}); may allocate.
 *
 * <p>Source: QEMU's {@code docs/interop/vhost-user.rst}.
 *
 * <p>Thread: control. Uses: {@code policy}.
 */
@NullMarked
package io.twinport.dataplane.vhost;

import org.jspecify.annotations.NullMarked;
