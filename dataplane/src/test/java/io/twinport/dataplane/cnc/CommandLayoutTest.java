package io.twinport.dataplane.cnc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.Test;

class CommandLayoutTest {
    private static final long VALUE = 0x1234_5678_9abc_def0L;

    private final RingBuffer ring = new ManyToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect(1024 + RingBufferDescriptor.TRAILER_LENGTH)));

    private record Read(int type, long id, int queue, int argument, long value) {}

    private List<Read> read() {
        List<Read> commands = new ArrayList<>();
        ring.read((type, buffer, index, length) -> commands.add(new Read(
                type,
                CommandLayout.id(buffer, index),
                CommandLayout.queue(buffer, index),
                CommandLayout.argument(buffer, index),
                CommandLayout.value(buffer, index))));
        return commands;
    }

    @Test
    void shouldBeReadAsItWasSent() {
        long first = CommandLayout.send(ring, CommandLayout.JOIN, 3, 2, VALUE);
        long second = CommandLayout.send(ring, CommandLayout.LEAVE, 4, 1, -1);
        assertEquals(
                List.of(
                        new Read(CommandLayout.JOIN, first, 3, 2, VALUE),
                        new Read(CommandLayout.LEAVE, second, 4, 1, -1)),
                read());
    }

    /** A loop tells how far it is by the id of its last command: 0 is for none. */
    @Test
    void shouldCountItsIdsFromOne() {
        for (long id = 1; id <= 100; id++) {
            assertEquals(id, CommandLayout.send(ring, CommandLayout.DECIDE, 0, 0, 0));
            read();
        }
    }

    @Test
    void shouldSayThatALoopDoesNotRead() {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> {
            for (int i = 0; i < 1024; i++) {
                CommandLayout.send(ring, CommandLayout.DECIDE, i, 0, 0);
            }
        });
        assertEquals("a poll loop does not read its commands", e.getMessage());
        List<Read> kept = read();
        assertEquals(kept.size() - 1, kept.getLast().queue(), "nothing that was sent is lost");
        assertEquals(kept.size() + 1, CommandLayout.send(ring, CommandLayout.DECIDE, 0, 0, 0));
    }
}
