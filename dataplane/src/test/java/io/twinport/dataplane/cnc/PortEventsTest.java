package io.twinport.dataplane.cnc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.posix.EventSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.Test;

class PortEventsTest {
    private static final int LATER_VERSION = 99;
    private static final int MORE_THAN_FIT = 100;

    private final RingBuffer ring = new ManyToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect(1024 + RingBufferDescriptor.TRAILER_LENGTH)));
    private final PortEvents events = new PortEvents(ring);
    private final List<Object> told = new ArrayList<>();

    private final class Told implements PortEvents.Listener {
        @Override
        public void onSwitch(SwitchRecord record) {
            told.add(record);
        }

        @Override
        public void onFirstBurst(int port, long sequence, long nanos) {
            told.add("port " + port + " switch " + sequence + " first burst at " + nanos);
        }

        @Override
        public void onLink(int port, int side, boolean up, long nanos) {
            told.add("port " + port + " side " + side + (up ? " up" : " down") + " at " + nanos);
        }

        @Override
        public void onOutcome(int port, long sequence, SwitchOutcome outcome) {
            told.add("port " + port + " switch " + sequence + " " + outcome);
        }

        @Override
        public void onInput(PolicyInput input) {
            told.add(input);
        }
    }

    @Test
    void shouldBeReadAsTheyWereWritten() {
        write(SwitchRecords.numbered(3, 5_000_000_000L));
        events.firstBurst(3, 5_000_000_000L, 1234);
        SwitchOutcome outcome = new SwitchOutcome(true, 1235, true, 1, 2, 3, 4, 5_000_000_001L, 5_000_000_002L);
        SwitchRecords.end(events, SwitchRecords.numbered(3, 5_000_000_000L).withOutcome(outcome));
        events.link(3, 2, true, 77);
        events.link(3, 1, false, 78);
        events.input(3, 79, 20, -1, Integer.MIN_VALUE);
        read();
        assertEquals(
                List.of(
                        SwitchRecords.numbered(3, 5_000_000_000L),
                        "port 3 switch 5000000000 first burst at 1234",
                        "port 3 switch 5000000000 " + outcome,
                        "port 3 side 2 up at 77",
                        "port 3 side 1 down at 78",
                        new PolicyInput(3, 79, 20, -1, Integer.MIN_VALUE)),
                told);
    }

    @Test
    void shouldDropWhatFindsNoRoomAndGoOn() {
        for (int i = 1; i <= MORE_THAN_FIT; i++) {
            write(SwitchRecords.numbered(0, i));
        }
        events.firstBurst(0, 1, 1);

        read();
        int fit = told.size();
        assertTrue(fit > 0 && fit < MORE_THAN_FIT, () -> told + "");
        for (int i = 1; i <= fit; i++) {
            assertEquals(SwitchRecords.numbered(0, i), told.get(i - 1), "the first ones");
        }
        write(SwitchRecords.numbered(0, 1000));
        read();
        assertEquals(SwitchRecords.numbered(0, 1000), told.getLast());
        assertEquals(fit + 1, told.size());
    }

    @Test
    void shouldIgnoreMessageOfLaterVersion() {
        int index = ring.tryClaim(LATER_VERSION, 64);
        assertTrue(index > 0);
        ring.commit(index);
        read();
        assertEquals(List.of(), told);
    }

    private void read() {
        PortEvents.Listener listener = new Told();
        // Not until nothing was read: the padding at the ring's end is read as nothing.
        while (ring.size() > 0) {
            ring.read((type, buffer, index, length) -> PortEvents.dispatch(type, buffer, index, listener));
        }
    }

    private void write(SwitchRecord record) {
        SwitchRecords.write(events, record);
    }

    /** A switch has work for the conductor, and so has its first burst: it sleeps otherwise. */
    @Test
    void shouldWakeItsReaderForASwitchAndItsFirstBurst() {
        try (EventSet reader = new EventSet(1)) {
            PortEvents waking = new PortEvents(ring, reader);
            waking.link(0, 1, true, 1);
            waking.input(0, 1, 2, 3, 4);
            SwitchRecords.end(waking, SwitchRecords.complete(0, 1));
            assertEquals(0, reader.await(0));
            SwitchRecords.write(waking, SwitchRecords.numbered(0, 1));
            assertEquals(1, reader.await(0));
            waking.firstBurst(0, 1, 2);
            assertEquals(1, reader.await(0));
        }
    }

    @Test
    void shouldDropAnOutcomeThatFindsNoRoom() {
        for (int i = 0; i < MORE_THAN_FIT; i++) {
            events.link(0, 1, true, 1);
        }
        SwitchRecords.end(events, SwitchRecords.complete(0, 1));
        read();
        assertEquals(Set.of("port 0 side 1 up at 1"), Set.copyOf(told));
    }
}
