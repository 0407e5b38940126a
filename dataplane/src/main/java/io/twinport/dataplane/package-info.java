/**
 * What a handler sees of a port: bursts of mbufs, in and out. Read {@link io.twinport.dataplane.PacketHandler} first,
 * then {@code PollLoop}.
 *
 * <p>Nothing here allocates, locks, throws, logs, waits or makes a system call.
 *
 * <p>Thread: poll. Uses: nothing of its module.
 */
@NullMarked
package io.twinport.dataplane;

import org.jspecify.annotations.NullMarked;
