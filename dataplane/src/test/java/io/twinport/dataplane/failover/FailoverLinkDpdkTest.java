package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.conductor.Conductor;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.engine.Lcore;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dpdk.EthEvents;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.VirtioWire;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real links, cut: the interrupt comes from the driver, on its thread, while the loop sends. */
class FailoverLinkDpdkTest {
    private static final int CUTS = 20;
    private static final int DWELL_MILLIS = 20;

    @TempDir
    Path folder;

    private final List<SwitchRecord> switches = new ArrayList<>();

    @Test
    void shouldAccountForEachFrameOverCutsOfThePrimary() throws Exception {
        try (LoopRig rig = new LoopRig(folder)) {
            EthEvents.warmUp();
            BarePort farPrimary = new BarePort();
            BarePort farStandby = new BarePort();
            NumberedWires traffic = new NumberedWires(rig.queue(), farPrimary, farStandby);
            PollLoop loop = rig.newLoop(traffic, rig.queue(), farPrimary, farStandby);
            Lcore lcore = rig.start(loop, traffic);
            rig.conductor().add(new Conductor.Listener() {
                @Override
                public void onSwitch(SwitchRecord record) {
                    switches.add(record);
                }
            });

            Wire primary = new Wire(rig, loop, PRIMARY);
            Wire standby = new Wire(rig, loop, STANDBY);
            awaitActive(rig, PRIMARY);
            traffic.sending(true);
            Thread.sleep(DWELL_MILLIS);
            for (int i = 0; i < CUTS; i++) {
                primary.wire.cut();
                awaitActive(rig, STANDBY);
                Thread.sleep(DWELL_MILLIS);
                primary.restore();
                awaitActive(rig, PRIMARY);
                Thread.sleep(DWELL_MILLIS);
            }
            traffic.sending(false);
            Thread.sleep(DWELL_MILLIS);
            rig.conductor().onClose();
            PortCounters counters = rig.counters();
            long sent = counters.get(PortCounter.SENT_BY_PRIMARY) + counters.get(PortCounter.SENT_BY_STANDBY);
            long refused = counters.get(PortCounter.REFUSED);
            primary.remove();
            standby.remove();
            lcore.close();

            assertAccounted(traffic, sent, refused);
            assertTold(traffic);
        }
    }

    private static void assertAccounted(NumberedWires traffic, long sent, long refused) {
        assertTrue(traffic.offered() > 10_000, "so little traffic proves nothing: " + traffic.offered());
        assertEquals(traffic.taken().cardinality(), sent);
        assertEquals(traffic.offered() - traffic.taken().cardinality(), refused);
        assertEquals(0, traffic.duplicated());
        assertEquals(0, traffic.reordered());
        BitSet fromNowhere = (BitSet) traffic.arrived().clone();
        fromNowhere.andNot(traffic.taken());
        assertEquals(0, fromNowhere.cardinality(), "what was refused has arrived");
    }

    /** Each cut is one failover and one failback, and the records' bound holds what was lost. */
    private void assertTold(NumberedWires traffic) {
        List<SwitchRecord> failovers = switches.stream()
                .filter(record -> record.from() == PRIMARY && record.to() == STANDBY)
                .toList();
        assertEquals(CUTS, failovers.size(), switches::toString);
        long bound = 0;
        for (SwitchRecord record : failovers) {
            assertEquals("primary link down", record.causeText());
            assertTrue(record.firstBurstNanos() >= record.decisionNanos(), record::toString);
            assertTrue(record.isSeenBeforeEvent() || record.eventNanos() <= record.decisionNanos(), record::toString);
            bound += record.lostAtMost();
        }
        int lost = traffic.taken().cardinality() - traffic.arrived().cardinality();
        assertTrue(lost <= bound, lost + " frames are lost, and the records admit " + bound);
        assertEquals(
                CUTS,
                switches.stream()
                        .filter(record -> record.from() == STANDBY && record.to() == PRIMARY)
                        .filter(record -> record.causeText().equals("primary link up"))
                        .count());
    }

    private static void awaitActive(LoopRig rig, int side) {
        Await.until(PolicyText.side(side) + " transmits", () -> {
            rig.conductor().doWork();
            return rig.counters().activeSide() == side;
        });
    }

    /** A wire whose both ends have joined the loop: the near end the failover port (0), the far end its own. */
    private static final class Wire {
        private final VirtioWire wire;
        private final Side near;
        private final Deque<Side> far = new ArrayDeque<>();

        Wire(LoopRig rig, PollLoop loop, int side) throws Exception {
            wire = VirtioWire.lay(rig.folder(), side, "02:00:00:00:00:01", dev -> {
                far.push(Side.join(dev, rig.pool(), 0, loop.proxy(side), side));
            });
            near = Side.join(wire.near(), rig.pool(), rig.events(), loop.proxy(0), side);
        }

        void restore() {
            wire.restore(cutOff -> assertTrue(far.pop().remove()));
        }

        void remove() {
            assertTrue(near.remove());
            assertTrue(far.pop().remove());
        }
    }
}
