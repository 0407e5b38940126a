package io.twinport.dataplane.conductor;

import static io.twinport.dataplane.Sides.NONE;
import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static io.twinport.dataplane.conductor.PortStatistics.Counter.RX_PACKETS;
import static io.twinport.dataplane.conductor.PortStatistics.Counter.TX_PACKETS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.handler.Reflect;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.testing.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R26, R33, R56-R58 on real devices: a net_null has 32 frames for each poll, takes each frame, and counts both. */
class PortStatisticsDpdkTest {
    @TempDir
    Path folder;

    private LoopRig rig;
    private PollLoop loop;
    private PortStatistics statistics;
    private final List<Long> readings = new ArrayList<>();

    @BeforeEach
    void startLoop() {
        rig = new LoopRig(folder);
        statistics = new PortStatistics(rig.cnc().counters(), 0);
        Reflect handler = new Reflect(rig.queue());
        loop = rig.newLoop(handler, rig.queue());
        rig.start(loop, handler);
    }

    @AfterEach
    void endLoop() {
        rig.close();
    }

    /** R58b: read, traffic, unplug, read; the kernel's total would be back at what came since the last reading. */
    @Test
    void shouldNotGoBackwardsWhenDeviceIsUnplugged() {
        Side primary = join("net_null0", PRIMARY);
        awaitTraffic();
        long before = read(NONE);
        awaitTraffic();
        unplug(primary);
        long after = statistics.get(NONE, RX_PACKETS);
        assertTrue(after > before, before + " -> " + after);
        assertEquals(received(), after, "each frame that the device counted the port has received");
        assertEquals(rig.counters().get(PortCounter.SENT_BY_PRIMARY), statistics.get(NONE, TX_PACKETS));
        statistics.refresh();
        assertEquals(after, statistics.get(NONE, RX_PACKETS), "what has left counts no more");
    }

    /** R37, R58: plugged in again it counts from 0. */
    @Test
    void shouldGoOnWhenNewDeviceCountsFromZero() {
        unplug(traffic(join("net_null0", PRIMARY)));
        long before = statistics.get(NONE, RX_PACKETS);
        unplug(traffic(join("net_null0", PRIMARY)));
        long after = statistics.get(NONE, RX_PACKETS);
        assertTrue(after > before, before + " -> " + after);
        assertEquals(received(), after);
    }

    /** R26, R58: what it shows when it joins is its baseline. */
    @Test
    void shouldNotCountAgainWhatDeviceHasCountedBefore() {
        Side primary = traffic(join("net_null0", PRIMARY));
        assertTrue(primary.letGo());
        statistics.leave(primary);
        primary.stop();
        long before = statistics.get(PRIMARY, RX_PACKETS);
        primary.rejoin();
        statistics.join(primary);
        assertTrue(primary.baseline().orElseThrow().rxFrames() >= before, "the device has kept its count");
        unplug(traffic(primary));
        long after = statistics.get(PRIMARY, RX_PACKETS);
        assertTrue(after > before, before + " -> " + after);
        assertEquals(received(), after);
    }

    /** R55, R56: both sides count, also what the idle one receives, which the port counts apart as well. */
    @Test
    void shouldCountBothSides() {
        Side primary = join("net_null0", PRIMARY);
        Side standby = join("net_null1", STANDBY);
        awaitTraffic();
        Await.until("the idle side receives", () -> rig.counters().get(PortCounter.SUPPRESSED) > 0);
        unplug(primary);
        awaitTraffic();
        unplug(standby);
        PortCounters counters = rig.counters();
        assertEquals(received(), statistics.get(NONE, RX_PACKETS));
        assertEquals(counters.get(PortCounter.SENT_BY_PRIMARY), statistics.get(PRIMARY, TX_PACKETS));
        assertEquals(counters.get(PortCounter.SENT_BY_STANDBY), statistics.get(STANDBY, TX_PACKETS));
        assertEquals(
                statistics.get(PRIMARY, RX_PACKETS) + statistics.get(STANDBY, RX_PACKETS),
                statistics.get(NONE, RX_PACKETS));
    }

    private Side join(String devargs, int side) {
        Side joined = Side.join(EthDev.probe(devargs), rig.pool(), rig.events(), loop.proxy(0), side);
        statistics.join(joined);
        return joined;
    }

    private Side traffic(Side side) {
        awaitTraffic();
        return side;
    }

    /** With readings in between, none of which may be less than the one before. */
    private void awaitTraffic() {
        long before = rig.counters().get(PortCounter.RECEIVED);
        Await.until("the loop receives", () -> {
            read(NONE);
            return rig.counters().get(PortCounter.RECEIVED) > before + 1000;
        });
        assertEquals(readings.stream().sorted().toList(), readings);
    }

    /** Delivered, or freed for its age or its side. */
    private long received() {
        return rig.counters().get(PortCounter.RECEIVED) + rig.counters().get(PortCounter.SUPPRESSED);
    }

    private long read(int side) {
        statistics.refresh();
        readings.add(statistics.get(side, RX_PACKETS));
        return readings.getLast();
    }

    private void unplug(Side side) {
        assertTrue(side.letGo());
        statistics.leave(side);
        side.stop();
        side.close();
    }
}
