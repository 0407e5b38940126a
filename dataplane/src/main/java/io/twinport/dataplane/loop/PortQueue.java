package io.twinport.dataplane.loop;

/**
 * Where one queue of a port is polled.
 *
 * @param loop one loop may poll several queues of a port
 * @param member the queue's index in the loop
 */
public record PortQueue(PollLoop loop, int member) {}
