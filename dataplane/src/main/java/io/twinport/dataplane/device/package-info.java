/**
 * Devices as sides of a port: how they are set up, taken into the poll loops, watched, and taken out in the only order that
 * is safe (U6). Allocates and waits.
 *
 * <p>Thread: control. Uses: {@code dataplane}, {@code line}, {@code loop}, {@code policy}.
 */
@NullMarked
package io.twinport.dataplane.device;

import org.jspecify.annotations.NullMarked;
