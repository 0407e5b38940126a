/**
 * A device as a poll loop sees it: a {@link io.twinport.dataplane.line.SideLine} of memory for each queue, with the
 * addresses of the driver's functions. Control threads write a line while no loop uses it. Allocates nothing once a line
 * is made.
 *
 * <p>Thread: poll. Uses: {@code dataplane}, {@code virtqueue}.
 */
@NullMarked
package io.twinport.dataplane.line;

import org.jspecify.annotations.NullMarked;
