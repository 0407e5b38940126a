package io.twinport.dataplane.cnc;

import org.agrona.concurrent.AtomicBuffer;

/**
 * A part of the file, for whoever reads it by versions and counts.
 *
 * @param now what it holds
 * @param later what it held when all of {@code now} had been read: what differs was being written. In the writer's own process
 *     both are the memory itself
 */
public record Part(AtomicBuffer now, AtomicBuffer later) {
    /** Of memory that others write meanwhile. */
    public static Part live(AtomicBuffer memory) {
        return new Part(memory, memory);
    }
}
