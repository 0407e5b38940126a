package io.twinport.dataplane.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.PolledQueue;
import io.twinport.dataplane.cnc.CommandLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.Test;

class PollLoopTest {
    private static final int UNKNOWN = 99;
    private static final int PASSES_TO_OBEY = 8;

    private final RingBuffer commands = new ManyToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect(4096 + RingBufferDescriptor.TRAILER_LENGTH)));
    private final List<String> told = new ArrayList<>();
    private final PollLoop loop =
            new PollLoop("loop", () -> 3, List.of(new Member("first"), new Member("second")), commands);

    private final class Member implements PolledQueue {
        private final String name;

        Member(String name) {
            this.name = name;
        }

        @Override
        public boolean hasSide(int side) {
            return true;
        }

        @Override
        public void join(int side, long line) {
            told.add(name + " joined by " + side + " at " + line);
        }

        @Override
        public void leave(int side) {
            told.add(name + " left by " + side);
        }

        @Override
        public void inject(long mbuf) {
            told.add(name + " sends " + mbuf);
        }

        @Override
        public void decide(int event) {
            told.add(name + " hears " + event);
        }

        @Override
        public void setFailbackDelay(long nanos) {
            told.add(name + " waits " + nanos);
        }
    }

    @Test
    void shouldReturnWhatHandlerHasDone() {
        assertEquals(3, loop.doWork());
        assertEquals(1, loop.epoch().passes());
    }

    @Test
    void shouldPassOnWhatControlSays() {
        CommandLayout.send(commands, CommandLayout.DECIDE, 1, 14, 0);
        CommandLayout.send(commands, CommandLayout.INJECT, 0, 0, 4096);
        loop.proxy(1).setFailbackDelay(Duration.ofNanos(77));
        for (int i = 0; i < PASSES_TO_OBEY; i++) {
            loop.doWork();
        }
        assertEquals(List.of("second hears 14", "first sends 4096", "second waits 77"), told);
    }

    @Test
    void shouldObeyWithinEightPasses() {
        CommandLayout.send(commands, CommandLayout.DECIDE, 1, 2, 0);
        CommandLayout.send(commands, CommandLayout.LEAVE, 0, 1, 0);
        passes(PASSES_TO_OBEY);
        assertEquals(List.of("second hears 2", "first left by 1"), told);
    }

    @Test
    void shouldTellHowFarItHasObeyed() {
        long first = CommandLayout.send(commands, CommandLayout.JOIN, 0, 1, 64);
        long second = CommandLayout.send(commands, CommandLayout.LEAVE, 0, 1, 64);
        assertTrue(second > first);
        loop.onClose();
        // The loop has ended without obeying: nobody need wait, for it uses nothing any more.
        assertTrue(loop.epoch().await(second, Duration.ZERO));
    }

    @Test
    void shouldIgnoreCommandOfLaterVersion() {
        CommandLayout.send(commands, UNKNOWN, 0, 1, 64);
        CommandLayout.send(commands, CommandLayout.LEAVE, 0, 2, 0);
        passes(PASSES_TO_OBEY);
        assertEquals(List.of("first left by 2"), told);
    }

    /** However many there are, a pass must stay short. */
    @Test
    void shouldObeyFourCommandsAtOnceAtMost() {
        for (int i = 0; i < 10; i++) {
            CommandLayout.send(commands, CommandLayout.LEAVE, 0, i, 0);
        }
        passes(PASSES_TO_OBEY);
        assertEquals(4, told.size());
        passes(2 * PASSES_TO_OBEY);
        assertEquals(10, told.size());
    }

    @Test
    void shouldSayThatLoopDoesNotReadWhenRingIsFull() {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> {
            for (int i = 0; i < 1000; i++) {
                CommandLayout.send(commands, CommandLayout.LEAVE, 0, 1, 0);
            }
        });
        assertEquals("a poll loop does not read its commands", e.getMessage());
        // It catches up, and the ring is of use again.
        passes(1000);
        CommandLayout.send(commands, CommandLayout.LEAVE, 1, 7, 0);
        passes(PASSES_TO_OBEY);
        assertEquals("second left by 7", told.getLast());
    }

    private void passes(int count) {
        for (int i = 0; i < count; i++) {
            loop.doWork();
        }
    }
}
