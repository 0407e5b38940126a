/**
 * Poll loops and ports: the hot path. Read {@link io.twinport.dataplane.PollLoop} first.
 *
 * <p>{@code PollLoop}, {@code SideLine}, {@code MbufBurst}, {@code BarePort} and what they call run on poll threads:
 * no allocation, locks, exceptions, logs, system calls or waiting. {@code Side}, {@code Lcore} and {@code Conductor}
 * run on control threads and may allocate. The two meet in {@code twinport.cnc}, in a {@code SideLine} that is written
 * while no loop uses it, and in an {@code EventLine}.
 */
@NullMarked
package io.twinport.dataplane;

import org.jspecify.annotations.NullMarked;
