package io.twinport.control.top;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.cnc.CncReading;
import io.twinport.dataplane.cnc.InputLog;
import io.twinport.dataplane.cnc.Part;
import io.twinport.dataplane.cnc.SampleLogs;
import io.twinport.dataplane.policy.FailoverPolicy;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.Test;

class TopSampleTest {
    private static final int ROOM = 16;
    private static final long NO_PROCESS = Integer.MAX_VALUE;
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private final AtomicBuffer labels = buffer(ROOM * CountersReader.METADATA_LENGTH);
    private final AtomicBuffer values = buffer(ROOM * CountersReader.COUNTER_LENGTH);
    private final CountersManager counters = new CountersManager(labels, values);
    private final AtomicBuffer records = buffer(9 * 128);
    private final AtomicBuffer inputs = buffer(33 * 32);

    private static AtomicBuffer buffer(int length) {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(length));
    }

    private TopSample sample(long pid) {
        return TopSample.of(new CncReading(
                labels, values, Part.live(records), Part.live(inputs), buffer(0), pid, 0, START.toEpochMilli()));
    }

    private static TopSample.Port port(TopSample sample, int number) {
        return Objects.requireNonNull(sample.ports().get(number));
    }

    private void count(String label, long value) {
        counters.newCounter(label).setRelease(value);
    }

    @Test
    void shouldSortCountersByTheirPorts() {
        count("port 10 name lan", 0);
        count("port 0 name wan", 0);
        count("port 0 rx_packets", 5);
        count("port 10 rx_packets", 6);
        count("port 0 active side (0 none, 1 primary, 2 standby)", 2);
        count("poll loop 0 passes", 9);
        TopSample sample = sample(NO_PROCESS);
        assertEquals(List.of(0, 10), List.copyOf(sample.ports().keySet()));
        TopSample.Port wan = port(sample, 0);
        assertEquals("wan", wan.name());
        assertEquals(Map.of("rx_packets", 5L, "active side (0 none, 1 primary, 2 standby)", 2L), wan.counters());
        assertEquals(5, wan.count("rx_packets"));
        assertEquals(0, wan.count("tx_packets"));
        assertEquals(2, wan.beginning("active side"));
        assertEquals(0, wan.beginning("carrier"));
        assertEquals(6, port(sample, 10).count("rx_packets"));
    }

    /** The port's own counters are their sums. */
    @Test
    void shouldLeaveOutWhatSingleQueuesCount() {
        count("port 0 name wan", 0);
        count("port 0 queue 1 rx_packets", 5);
        count("port 0 queues", 2);
        assertEquals(Map.of("queues", 2L), port(sample(NO_PROCESS), 0).counters());
    }

    /** Names are given by others, and a terminal obeys what may stand in them. */
    @Test
    void shouldShowNamesAndNoControlCharacters() {
        count("port 0 name \u001b[2J", 0);
        assertEquals("\\u001b[2J", port(sample(NO_PROCESS), 0).name());
    }

    @Test
    void shouldHaveTheStateThatThePolicyWasLeftIn() {
        count("port 0 name wan", 0);
        count("port 1 name lan", 0);
        SampleLogs.fill(records, inputs, 3, 0);
        TopSample sample = sample(NO_PROCESS);
        assertEquals(
                new InputLog(inputs).inputs().getLast().after(), port(sample, 0).state());
        assertEquals(FailoverPolicy.INITIAL, port(sample, 1).state());
        assertEquals(3, sample.switches().size());
    }

    @Test
    void shouldKnowWhetherItsProcessRuns() {
        assertTrue(sample(ProcessHandle.current().pid()).alive());
        TopSample ended = sample(NO_PROCESS);
        assertFalse(ended.alive());
        assertEquals(NO_PROCESS, ended.pid());
        assertEquals(START, ended.start());
    }
}
