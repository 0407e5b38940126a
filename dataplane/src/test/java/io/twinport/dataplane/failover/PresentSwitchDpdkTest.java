package io.twinport.dataplane.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.SwitchOutcome;
import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.TestEal;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a port tells of its switches, over net_rings: planned or not, and what came of them. */
class PresentSwitchDpdkTest {
    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    @Test
    void shouldTellOutcomeOfASwitchWithTheNext() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.link(Sides.PRIMARY, false);
                port.send(8);
                port.outcomes();
                assertEquals(List.of(), port.outcomes(), "it is not over");
                port.link(Sides.STANDBY, false);
                assertEquals(8, port.send(8), "dropped, for neither side is ready");
                port.link(Sides.PRIMARY, true);
                port.send(4);
                List<SwitchOutcome> outcomes = port.outcomes();
                assertEquals(2, outcomes.size());
                assertTrue(outcomes.getFirst().isKnown());
                assertTrue(outcomes.getFirst().firstCompletedNanos() > 0, "net_ring has sent when it returns");
                assertEquals(0, outcomes.getFirst().dropped());
                assertEquals(0, outcomes.getLast().firstCompletedNanos(), "nobody transmitted");
                assertEquals(8, outcomes.getLast().dropped());
            }
        });
    }

    /** U13. */
    @Test
    void shouldTellPlannedSwitchesFromCuts() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.told();
                port.decide(FailoverPolicy.FORCED_STANDBY);
                port.send(4);
                port.decide(FailoverPolicy.FORCED_NONE);
                port.send(4);
                port.link(Sides.PRIMARY, false);
                port.send(4);
                List<SwitchRecord> switches = port.switches();
                assertEquals(3, switches.size());
                assertTrue(switches.get(0).planned());
                assertTrue(switches.get(1).planned());
                assertFalse(switches.get(2).planned());
            }
        });
    }

    /** What is under way to the side that is left arrives in the window after the switch. */
    @Test
    void shouldTellWhenTheLastFrameCameByTheSideThatWasLeft() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.outcomes();
                port.decide(FailoverPolicy.FORCED_STANDBY);
                port.send(4);
                long before = System.nanoTime();
                port.arriveAt(Sides.PRIMARY, 4, 1000);
                port.receive(RingedPort.HOUSEKEEPING_POLLS);
                long after = System.nanoTime();
                port.decide(FailoverPolicy.FORCED_PRIMARY);
                port.send(4);
                port.decide(FailoverPolicy.FORCED_STANDBY);
                List<SwitchOutcome> outcomes = port.outcomes();
                long last = outcomes.get(outcomes.size() - 2).lastOfFormerNanos();
                assertTrue(before <= last && last <= after, () -> before + " <= " + last + " <= " + after);
                assertEquals(0, outcomes.getLast().lastOfFormerNanos(), "nothing came by the standby");
            }
        });
    }
}
