/**
 * The vhost-user protocol, in which the driver of a virtual device (the front end) tells the far end of its rings and
 * its memory over a unix socket: its messages, and a proxy between DPDK's virtio-user driver and a far end that is not
 * trusted. One thread for each proxy; may allocate.
 *
 * <p>Source: QEMU's {@code docs/interop/vhost-user.rst}.
 *
 * <p>Thread: control. Uses: {@code policy}.
 */
@NullMarked
package io.twinport.dataplane.vhost;

import org.jspecify.annotations.NullMarked;
