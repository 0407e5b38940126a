package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.NONE;
import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static io.twinport.dataplane.failover.FailoverQueue.HOUSEKEEPING_POLLS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The queues of a port that follow the one that decides. */
class FailoverQueueDpdkTest {
    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    /** R44: queue q of the port is queue q of the side, whichever side transmits. */
    @Test
    void shouldSendEachQueueByTheSameQueueOfTheSide() throws Exception {
        EalWorker.run(() -> {
            try (QueuedPort port = QueuedPort.ready(4)) {
                for (int side : new int[] {PRIMARY, STANDBY}) {
                    port.link(PRIMARY, side == PRIMARY);
                    for (int q = 0; q < 4; q++) {
                        assertEquals(5, port.send(q, 5, 100 * q));
                    }
                    for (int q = 0; q < 4; q++) {
                        assertEquals(RingedPort.numbers(100 * q, 5), port.takeFrom(side, q));
                        assertEquals(List.of(), port.takeFrom(PRIMARY + STANDBY - side, q));
                    }
                }
            }
        });
    }

    /** U7: queue q of the port sends by queue q mod n of a side that has n; what arrives at its queues is received there. */
    @Test
    void shouldMapQueuesOntoSidesThatHaveFewer() throws Exception {
        EalWorker.run(() -> {
            for (int primaryQueues = 1; primaryQueues <= 5; primaryQueues++) {
                for (int standbyQueues = 1; standbyQueues <= 5; standbyQueues++) {
                    try (QueuedPort port =
                            QueuedPort.ready(5, primaryQueues, standbyQueues, FailbackSettings.AT_ONCE)) {
                        assertMapped(port, PRIMARY, primaryQueues);
                        port.link(PRIMARY, false);
                        assertMapped(port, STANDBY, standbyQueues);
                    }
                }
            }
        });
    }

    private static void assertMapped(QueuedPort port, int side, int n) {
        List<List<Long>> expected = new ArrayList<>();
        for (int q = 0; q < n; q++) {
            expected.add(new ArrayList<>());
        }
        for (int q = 0; q < 5; q++) {
            assertEquals(3, port.send(q, 3, 10 * q));
            expected.get(q % n).addAll(RingedPort.numbers(10 * q, 3));
        }
        for (int q = 0; q < n; q++) {
            assertEquals(expected.get(q), port.takeFrom(side, q), () -> "of " + n);
            port.receive(q, HOUSEKEEPING_POLLS); // from now on its ring holds nothing old
            port.arriveAt(side, q, 2, 1000 * q + Frames.UNICAST);
        }
        for (int q = 0; q < 5; q++) {
            List<Long> arrived = q < n ? RingedPort.numbers(1000 * q + Frames.UNICAST, 2) : List.of();
            assertEquals(arrived, port.receive(q, HOUSEKEEPING_POLLS), () -> "of " + n);
        }
    }

    /** With its next burst, or without any; and a queue that never polls holds up no other one. */
    @Test
    void shouldFollowEachByItself() throws Exception {
        EalWorker.run(() -> {
            try (QueuedPort port = QueuedPort.ready(4)) {
                port.link(PRIMARY, false);
                assertEquals(1, port.send(1, 1, 0), "queue 0 has not decided yet");
                assertEquals(List.of(0L), port.takeFrom(PRIMARY, 1));
                port.receive(0, HOUSEKEEPING_POLLS);
                assertEquals(STANDBY, port.active());

                assertEquals(1, port.send(1, 1, 1));
                assertEquals(List.of(1L), port.takeFrom(STANDBY, 1));
                port.receive(2, HOUSEKEEPING_POLLS);
                assertEquals(STANDBY, port.active(2));
                assertEquals(PRIMARY, port.active(3), "it has neither sent nor received");
            }
        });
    }

    /** R41: taken and counted, never given back. */
    @Test
    void shouldDropWhereNeitherSideIsReady() throws Exception {
        EalWorker.run(() -> {
            try (QueuedPort port = QueuedPort.ready(2)) {
                port.link(PRIMARY, false);
                port.link(STANDBY, false);
                assertEquals(3, port.send(0, 3, 0));
                assertEquals(4, port.send(1, 4, 0));
                assertEquals(NONE, port.active(1));
                assertEquals(7, port.counters().get(PortCounter.DROPPED));
                assertEquals(4, port.counters().queue(1).get(PortCounter.DROPPED));
            }
        });
    }

    /** All loops are told at once that a side leaves, so a queue may hear of it before the one that decides. */
    @Test
    void shouldDoWithoutSideThatHasLeftBeforeThePortDecides() throws Exception {
        EalWorker.run(() -> {
            try (QueuedPort port = QueuedPort.ready(3)) {
                assertEquals(2, port.send(1, 2, 0));
                port.leave(1, PRIMARY);
                assertEquals(STANDBY, port.active(1));
                assertEquals(3, port.send(1, 3, 2));
                assertEquals(RingedPort.numbers(2, 3), port.takeFrom(STANDBY, 1));
                assertEquals(PRIMARY, port.active());
                assertEquals(1, port.send(2, 1, 50));
                assertEquals(List.of(50L), port.takeFrom(PRIMARY, 2));

                // What the port decides meanwhile of other things does not bring the side back.
                port.link(STANDBY, false);
                port.receive(0, HOUSEKEEPING_POLLS);
                assertEquals(1, port.send(1, 1, 5));
                assertEquals(NONE, port.active(1), "neither is ready here");
                port.link(STANDBY, true);
                port.receive(0, HOUSEKEEPING_POLLS);
                assertEquals(1, port.send(1, 1, 6));
                assertEquals(List.of(6L), port.takeFrom(STANDBY, 1));

                port.leave(0, PRIMARY);
                port.leave(2, PRIMARY);
                assertEquals(STANDBY, port.active());
                for (int q = 0; q < 3; q++) {
                    assertEquals(1, port.send(q, 1, 100 + q));
                    assertEquals(List.of(100L + q), port.takeFrom(STANDBY, q));
                }
                port.join(PRIMARY);
                port.link(PRIMARY, true);
                port.receive(0, HOUSEKEEPING_POLLS);
                assertEquals(1, port.send(1, 1, 7));
                assertEquals(PRIMARY, port.active(1));
            }
        });
    }

    /** U2, by each queue for itself: its idle line is drained, and after a switch it receives what comes late. */
    @Test
    void shouldDrainIdleSideAndReceiveLateFrames() throws Exception {
        EalWorker.run(() -> {
            try (QueuedPort port = QueuedPort.ready(2)) {
                port.receive(1, HOUSEKEEPING_POLLS);
                Thread.sleep(ReceiveSettings.DEFAULT.window().toMillis() + 5);
                port.receive(0, 1);
                port.receive(1, 1);
                port.arriveAt(STANDBY, 1, 20, Frames.UNICAST);
                assertEquals(List.of(), port.receive(1, HOUSEKEEPING_POLLS));
                assertEquals(20, port.counters().queue(1).get(PortCounter.SUPPRESSED));
                assertEquals(0, port.counters().queue(0).get(PortCounter.SUPPRESSED));

                port.link(PRIMARY, false);
                port.send(0, 1, 0);
                port.send(1, 1, 1);
                port.arriveAt(PRIMARY, 1, 3, Frames.UNICAST + 50);
                port.arriveAt(STANDBY, 1, 3, Frames.UNICAST + 60);
                List<Long> late = new ArrayList<>(RingedPort.numbers(Frames.UNICAST + 50, 3));
                late.add(1L);
                late.addAll(RingedPort.numbers(Frames.UNICAST + 60, 3));
                assertEquals(late, port.receive(1, HOUSEKEEPING_POLLS));
            }
        });
    }

    /** U12: the frame that proves the primary may come by any queue. */
    @Test
    void shouldProvePrimaryByAnyQueue() throws Exception {
        EalWorker.run(() -> {
            try (QueuedPort port = QueuedPort.ready(3, 3, 3, FailbackSettings.WHEN_PROVEN)) {
                port.link(PRIMARY, false);
                port.receive(0, HOUSEKEEPING_POLLS);
                port.receive(2, HOUSEKEEPING_POLLS);
                port.arriveAt(PRIMARY, 2, 1, 5);
                port.receive(2, HOUSEKEEPING_POLLS);
                port.link(PRIMARY, true);
                port.receive(0, 2 * HOUSEKEEPING_POLLS);
                assertEquals(STANDBY, port.active(), "what came before proves nothing");

                port.receive(2, HOUSEKEEPING_POLLS);
                port.arriveAt(PRIMARY, 2, 1, 6);
                port.receive(2, HOUSEKEEPING_POLLS);
                port.receive(0, 2 * HOUSEKEEPING_POLLS);
                assertEquals(PRIMARY, port.active());
                assertEquals(
                        "a frame received on the primary",
                        assertInstanceOf(SwitchRecord.class, last(port.told())).causeText());
            }
        });
    }

    /** A switch's first burst is that of any queue. */
    @Test
    void shouldTellOfFirstBurstOfEachQueue() throws Exception {
        EalWorker.run(() -> {
            try (QueuedPort port = QueuedPort.ready(2)) {
                port.send(0, 1, 0);
                port.send(1, 1, 0);
                port.receive(0, HOUSEKEEPING_POLLS);
                port.told();
                port.link(PRIMARY, false);
                port.receive(0, HOUSEKEEPING_POLLS);
                SwitchRecord record = assertInstanceOf(SwitchRecord.class, last(port.told()));
                assertEquals(0, record.firstBurstNanos(), "queue 0 has not sent");
                port.send(1, 0, 0);
                assertEquals(List.of(), port.told(), "an empty burst is none");
                port.send(1, 1, 1);
                assertEquals(List.of("first burst of switch " + record.sequence()), port.told());
                port.send(1, 1, 2);
                assertEquals(List.of(), port.told());
            }
        });
    }

    private static Object last(List<Object> told) {
        return told.getLast();
    }

    /** Whatever happens, in whatever order: each frame is sent once, by its queue and in its order, or refused. */
    @Test
    void shouldAccountForEachFrameOfEachQueueWhateverHappens() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        EalWorker.run(() -> {
            for (int round = 0; round < 20; round++) {
                int primaryQueues = 1 + random.nextInt(4);
                int standbyQueues = 1 + random.nextInt(4);
                try (QueuedPort port = QueuedPort.ready(4, primaryQueues, standbyQueues, FailbackSettings.AT_ONCE)) {
                    run(port, new int[] {0, primaryQueues, standbyQueues}, random, seed);
                }
            }
        });
    }

    private static void run(QueuedPort port, int[] queuesOf, Random random, long seed) {
        boolean[] here = {false, true, true};
        boolean[] up = {false, true, true};
        long[] sent = new long[3];
        long next = 0;
        for (int step = 0; step < 2000; step++) {
            int side = 1 + random.nextInt(2);
            switch (random.nextInt(4)) {
                case 0 -> {
                    up[side] = random.nextBoolean();
                    port.link(side, up[side]);
                }
                case 1 -> {
                    here[side] = random.nextInt(4) != 0;
                    if (here[side]) {
                        port.join(side);
                    } else {
                        port.leave(side);
                    }
                }
                case 2 -> port.receive(random.nextInt(4), random.nextInt(20));
                default -> {
                    port.receive(0, HOUSEKEEPING_POLLS);
                    int q = random.nextInt(4);
                    int count = 1 + random.nextInt(32);
                    int ready = here[PRIMARY] && up[PRIMARY] ? PRIMARY : here[STANDBY] && up[STANDBY] ? STANDBY : NONE;
                    assertEquals(count, port.send(q, count, next), () -> "seed " + seed);
                    if (ready != NONE) {
                        assertEquals(
                                RingedPort.numbers(next, count),
                                port.takeFrom(ready, q % queuesOf[ready]),
                                () -> "seed " + seed);
                    }
                    sent[ready] += count;
                    next += count;
                }
            }
        }
        assertEquals(sent[PRIMARY], port.counters().get(PortCounter.SENT_BY_PRIMARY), () -> "seed " + seed);
        assertEquals(sent[STANDBY], port.counters().get(PortCounter.SENT_BY_STANDBY), () -> "seed " + seed);
        assertEquals(sent[NONE], port.counters().get(PortCounter.DROPPED), () -> "seed " + seed);
        assertEquals(0, port.counters().get(PortCounter.SUPPRESSED), () -> "seed " + seed);
    }
}
