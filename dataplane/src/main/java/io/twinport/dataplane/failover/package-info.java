/**
 * The failover port: which side transmits, what becomes of the frames around a switch, which received frames are the
 * port's. Allocates nothing once a port is made. The decisions themselves are {@code FailoverPolicy}, which is pure.
 *
 * <p>Thread: poll. Uses: {@code dataplane}, {@code capture}, {@code cnc}, {@code handler}, {@code line}, {@code policy}.
 */
@NullMarked
package io.twinport.dataplane.failover;

import org.jspecify.annotations.NullMarked;
