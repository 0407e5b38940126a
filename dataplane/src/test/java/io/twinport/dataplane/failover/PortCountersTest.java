package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.NONE;
import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.CncFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortCountersTest {
    private static final int MOST_PORTS = 15;
    private static final int MOST_QUEUES = 16;
    private static final int ROOM = 128;

    @TempDir
    Path folder;

    private final CountersManager file = new CountersManager(
            new UnsafeBuffer(ByteBuffer.allocateDirect(ROOM * CountersReader.METADATA_LENGTH)),
            new UnsafeBuffer(ByteBuffer.allocateDirect(ROOM * CountersReader.COUNTER_LENGTH)));

    /** Totals that all differ: so many more than given. */
    private static PortTotals totals(long more) {
        PortTotals totals = new PortTotals();
        totals.received = more + 1;
        totals.sentByPrimary = more + 2;
        totals.sentByStandby = more + 3;
        totals.refused = more + 4;
        totals.dropped = more + 5;
        totals.held = more + 6;
        totals.holdDropped = more + 7;
        totals.resent = more + 8;
        totals.announced = more + 9;
        totals.suppressed = more + 10;
        totals.duplicates = more + 11;
        totals.lookback = more + 12;
        totals.forgotten = more + 13;
        totals.switches = more + 14;
        totals.notDrained = more + 15;
        fill(totals.idlePrimary, more + 16);
        fill(totals.idleStandby, more + 19);
        return totals;
    }

    private static void fill(PortTotals.Idle idle, long from) {
        idle.frames = from;
        idle.own = from + 1;
        idle.toUs = from + 2;
    }

    /** Of each of the totals above, the port's names in the file in their order: what it adds up to. */
    private static Map<String, Long> counts(int parts, long more) {
        String[] names = {
            "rx_packets",
            "tx_packets primary",
            "tx_packets standby",
            "tx_refused",
            "tx_dropped",
            "tx_held",
            "tx_hold_dropped",
            "tx_resent",
            "tx_announced",
            "rx_suppressed",
            "rx_duplicates",
            "rx_lookback",
            "rx_forgotten",
            "switches",
            "switches not drained",
            "primary rx_idle",
            "primary rx_idle_own",
            "primary rx_idle_to_us",
            "standby rx_idle",
            "standby rx_idle_own",
            "standby rx_idle_to_us"
        };
        Map<String, Long> counts = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
            counts.put(names[i], more + (long) parts * (i + 1));
        }
        return counts;
    }

    private Map<String, Long> inFile(String prefix) {
        Map<String, Long> counts = new HashMap<>();
        file.forEach((value, id, label) -> {
            if (label.startsWith(prefix)) {
                counts.put(label.substring(prefix.length()), value);
            }
        });
        return counts;
    }

    private static Map<String, Long> idle(PortCounters counters) {
        Map<String, Long> idle = new HashMap<>();
        for (int side : Sides.BOTH) {
            String name = PolicyText.side(side) + " rx_idle";
            idle.put(name, counters.idleFrames(side));
            idle.put(name + "_own", counters.idleOwn(side));
            idle.put(name + "_to_us", counters.idleToUs(side));
        }
        return idle;
    }

    @Test
    void shouldPublishEachCountUnderItsName() {
        PortCounters counters = new PortCounters(file, 3);
        counters.publish(totals(100), NONE);

        Map<String, Long> expected = counts(1, 100);
        Map<String, Long> given = new HashMap<>(counters.byName());
        given.putAll(idle(counters));
        assertEquals(expected, given);
        expected.put("active side (0 none, 1 primary, 2 standby)", 0L);
        assertEquals(expected, inFile("port 3 "));
    }

    /** What is booked to neither side before the next switch is the active side's. */
    @Test
    void shouldCountWhatTheActiveSideHasSentSinceTheLastSwitch() {
        PortCounters counters = new PortCounters(file, 0);
        PortTotals totals = new PortTotals();
        totals.sentByPrimary = 10;
        totals.sentByStandby = 20;
        totals.sent = 5;
        assertSent(counters, totals, PRIMARY, 15, 20);
        assertSent(counters, totals, STANDBY, 10, 25);
        assertSent(counters, totals, NONE, 10, 20);
    }

    private static void assertSent(PortCounters counters, PortTotals totals, int active, long primary, long standby) {
        counters.publish(totals, active);
        assertEquals(active, counters.activeSide());
        assertEquals(primary, counters.sentBy(PRIMARY));
        assertEquals(standby, counters.sentBy(STANDBY));
    }

    /** Each queue counts what passes by it, a switch is one of the whole port. */
    @Test
    void shouldSumUpTheQueues() {
        PortCounters counters = PortCounters.ofQueues(file, 0, 3);
        counters.queue(1).publish(totals(1000), PRIMARY);
        counters.queue(2).publish(totals(2000), PRIMARY);
        counters.publish(totals(100), PRIMARY);

        Map<String, Long> expected = counts(3, 3100);
        expected.put("switches", 114L);
        Map<String, Long> given = new HashMap<>(counters.byName());
        given.putAll(idle(counters));
        assertEquals(expected, given);
        expected.put("active side (0 none, 1 primary, 2 standby)", 1L);
        Map<String, Long> port = inFile("port 0 ");
        port.keySet().removeIf(label -> label.startsWith("queue "));
        assertEquals(expected, port);
        assertEquals(PRIMARY, counters.activeSide());
        assertEquals(101, inFile("port 0 queue 0 ").get("rx_packets"));
    }

    /** Queue 0 brings the file's sums up to date, and who asks needs not wait for it. */
    @Test
    void shouldCountAQueueBeforeTheSumsAreWritten() {
        PortCounters counters = PortCounters.ofQueues(file, 0, 2);
        counters.queue(1).publish(totals(0), PRIMARY);
        assertEquals(1, counters.received());
        assertEquals(19, counters.idleFrames(STANDBY));
        assertEquals(0, inFile("port 0 ").get("rx_packets"));
    }

    @Test
    void shouldKnowItsQueues() {
        assertEquals(1, PortCounters.ofQueues(file, 0, 1).queueCount());
        assertEquals(2, PortCounters.ofQueues(file, 1, 2).queueCount());
    }

    @Test
    void shouldFindRoomForAsManyPortsAndQueuesAsAProcessCanHave() {
        try (CncFile cnc = CncFile.create(folder.resolve("twinport.cnc"))) {
            for (int port = 0; port < MOST_PORTS; port++) {
                PortCounters counters = PortCounters.ofQueues(cnc.counters(), port, MOST_QUEUES);
                assertEquals(0, counters.sentByPrimary());
            }
        }
    }
}
