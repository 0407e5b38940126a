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

class CommandTest {
    private static final long LINE = 0x1234_5678_9abc_def0L;

    private final RingBuffer ring = new ManyToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect(1024 + RingBufferDescriptor.TRAILER_LENGTH)));

    private record Read(int type, long id, int member, int side, long line) {}

    private List<Read> read() {
        List<Read> commands = new ArrayList<>();
        ring.read((type, buffer, index, length) -> commands.add(new Read(
                type,
                Command.id(buffer, index),
                Command.member(buffer, index),
                Command.side(buffer, index),
                Command.line(buffer, index))));
        return commands;
    }

    @Test
    void shouldBeReadAsItWasSent() {
        long first = Command.send(ring, Command.JOIN, 3, 2, LINE);
        long second = Command.send(ring, Command.LEAVE, 4, 1, -1);
        assertEquals(
                List.of(new Read(Command.JOIN, first, 3, 2, LINE), new Read(Command.LEAVE, second, 4, 1, -1)), read());
    }

    /** A loop tells how far it is by the id of its last command: 0 is for none. */
    @Test
    void shouldCountItsIdsFromOne() {
        for (long id = 1; id <= 100; id++) {
            assertEquals(id, Command.send(ring, Command.DECIDE, 0, 0, 0));
            read();
        }
    }

    @Test
    void shouldSayThatALoopDoesNotRead() {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> {
            for (int i = 0; i < 1024; i++) {
                Command.send(ring, Command.DECIDE, i, 0, 0);
            }
        });
        assertEquals("a poll loop does not read its commands", e.getMessage());
        List<Read> kept = read();
        assertEquals(kept.size() - 1, kept.getLast().member(), "nothing that was sent is lost");
        assertEquals(kept.size() + 1, Command.send(ring, Command.DECIDE, 0, 0, 0));
    }
}
