package io.twinport.control.hotplug;

import io.twinport.dpdk.EventLine;

/**
 * The kernel's requests for one side's device. Raised by an upcall or by the side's own look at sysfs, answered by the
 * side's thread, watched by the watchdog's.
 */
final class RemovalRequests {
    private final long line = EventLine.allocate();
    private volatile long answered;

    /** Address of the line in which each request is an edge. */
    long line() {
        return line;
    }

    boolean isPending() {
        return EventLine.edges(line) != answered;
    }

    /** What the kernel's state says without an event. */
    void raise() {
        EventLine.edge(line, System.nanoTime());
    }

    /** When the device was asked for first. */
    long takeNanos() {
        long nanos = EventLine.takeEventNanos(line);
        return nanos == 0 ? System.nanoTime() : nanos;
    }

    /** The device has been given back, and nobody raises requests for it any more. */
    void answer() {
        EventLine.takeEventNanos(line);
        answered = EventLine.edges(line);
    }
}
