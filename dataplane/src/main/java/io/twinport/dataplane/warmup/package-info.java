/**
 * Runs the packet path before there are packets, on devices that are made of functions, so that it is compiled when the
 * first frame comes. On a thread of its own, at the start; allocates.
 *
 * <p>Thread: control. Uses: {@code dataplane}, {@code cnc}, {@code failover}, {@code line}, {@code policy}, {@code
 * virtio}, {@code virtqueue}.
 */
@NullMarked
package io.twinport.dataplane.warmup;

import org.jspecify.annotations.NullMarked;
