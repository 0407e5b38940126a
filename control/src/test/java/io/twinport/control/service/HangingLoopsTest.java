package io.twinport.control.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.PollLoop;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.Test;

class HangingLoopsTest {
    private static PollLoop loop(String name) {
        UnsafeBuffer ring = new UnsafeBuffer(new byte[1024 + RingBufferDescriptor.TRAILER_LENGTH]);
        return new PollLoop(name, () -> 0, List.of(), new ManyToOneRingBuffer(ring));
    }

    @Test
    void shouldNameLoopsThatDoNotTurn() {
        PollLoop first = loop("poll");
        PollLoop second = loop("poll-1");
        HangingLoops watch = new HangingLoops(List.of(first, second));
        assertEquals(List.of("poll", "poll-1"), watch.get(), "neither has begun");

        first.doWork();
        second.doWork();
        assertEquals(List.of(), watch.get());

        first.doWork();
        assertEquals(List.of("poll-1"), watch.get());

        second.onClose();
        first.doWork();
        assertEquals(List.of(), watch.get(), "the end is a change");
        first.doWork();
        assertEquals(List.of("poll-1"), watch.get(), "which has ended, though nobody wanted that yet");
    }
}
