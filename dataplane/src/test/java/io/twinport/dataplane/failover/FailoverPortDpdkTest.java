package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.NONE;
import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static io.twinport.dataplane.failover.RingedPort.HOUSEKEEPING_POLLS;
import static io.twinport.dataplane.failover.RingedPort.numbers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FailoverPortDpdkTest {
    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    @Test
    void shouldSendOnPrimaryWhileBothSidesAreReady() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                assertEquals(32, port.send(32));
                assertEquals(numbers(0, 32), port.takeFrom(PRIMARY));
                assertEquals(List.of(), port.takeFrom(STANDBY));
            }
        });
    }

    @Test
    void shouldSendOnStandbyAfterPrimaryLinkDown() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.send(10);
                port.link(PRIMARY, false);
                assertEquals(20, port.send(20));
                assertEquals(numbers(0, 10), port.takeFrom(PRIMARY));
                assertEquals(numbers(10, 20), port.takeFrom(STANDBY));
            }
        });
    }

    /** R43: what the side's driver has not taken is given back. */
    @Test
    void shouldReturnWhatTheDriverHasTaken() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.arriveAt(PRIMARY, port.ringCapacity() - 5, 1000);
                assertEquals(5, port.send(32));
                assertEquals(0, port.send(1));
                assertEquals(5, port.counters().sentByPrimary());
                assertEquals(28, port.counters().refused());
                assertEquals(0, port.counters().dropped());
            }
        });
    }

    /** U1: a dead device takes nothing any more, which is reason enough to look at its link. */
    @Test
    void shouldLeavePrimaryThatRefusesBeforeItsInterruptComes() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.arriveAt(PRIMARY, port.ringCapacity() - 1, 1000);
                assertEquals(1, port.send(2));
                assertEquals(0, port.send(1), "a full ring is none");
                assertEquals(PRIMARY, port.active());
                port.linkWithoutEvent(PRIMARY, false);
                assertEquals(0, port.send(1));
                assertEquals(STANDBY, port.active());
                assertEquals(32, port.send(32));
                assertEquals(32, port.takeFrom(STANDBY).size());
            }
        });
    }

    /** R45: whatever the frame's addresses, contents and length, it goes to the driver as it is. */
    @Test
    void shouldPassFramesOnAsTheyAre() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                for (int length : new int[] {24, 60, 1514, 1900}) {
                    port.sendOne(length, length | Frames.UNICAST);
                    port.sendOne(length, length);
                    assertEquals(List.of(length | Frames.UNICAST, (long) length), port.takeFrom(PRIMARY));
                }
            }
        });
    }

    /** R42: with the first burst after the event. */
    @Test
    void shouldReturnToPrimaryAtOnce() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                for (int i = 0; i < 100; i++) {
                    port.link(PRIMARY, false);
                    port.send(1);
                    assertEquals(List.of(2L * i), port.takeFrom(STANDBY));
                    port.link(PRIMARY, true);
                    port.send(1);
                    assertEquals(List.of(2L * i + 1), port.takeFrom(PRIMARY));
                }
            }
        });
    }

    /** U12: a link that is up may be a black hole; a frame that comes out of it shows that it is none. */
    @Test
    void shouldReturnToPrimaryOnlyWhenProven() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready(FailbackSettings.WHEN_PROVEN)) {
                port.link(PRIMARY, false);
                port.send(1);
                port.arriveAt(PRIMARY, 1, 100);
                port.receive(HOUSEKEEPING_POLLS);
                port.link(PRIMARY, true);
                port.receive(4 * HOUSEKEEPING_POLLS);
                assertEquals(STANDBY, port.active(), "what it held from before proves nothing");
                port.arriveAt(PRIMARY, 1, 101);
                port.receive(HOUSEKEEPING_POLLS);
                port.send(1);
                assertEquals(List.of(1L), port.takeFrom(PRIMARY));
                assertEquals(
                        "a frame received on the primary",
                        port.switches().getLast().causeText());
            }
        });
    }

    @Test
    void shouldReturnToSilentPrimaryAfterBoundedTime() throws Exception {
        EalWorker.run(() -> {
            FailbackSettings patient =
                    new FailbackSettings(FailoverPolicy.FAILBACK_WHEN_PROVEN, Duration.ofMillis(50), false);
            try (RingedPort port = RingedPort.ready(patient)) {
                port.link(PRIMARY, false);
                port.receive(HOUSEKEEPING_POLLS);
                long start = System.nanoTime();
                port.link(PRIMARY, true);
                do {
                    port.receive(HOUSEKEEPING_POLLS);
                } while (port.active() == STANDBY && System.nanoTime() - start < 5_000_000_000L);
                assertEquals(PRIMARY, port.active());
                assertTrue(System.nanoTime() - start >= 50_000_000L);
                assertEquals(
                        "the wait for the primary is over",
                        port.switches().getLast().causeText());
            }
        });
    }

    /** U11: what announces a side has to go out by it, and is none of the handler's frames. */
    @Test
    void shouldSendFramesOfControlOnTransmittingSide() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.transmit(7);
                port.link(PRIMARY, false);
                port.send(0);
                port.transmit(8);
                port.link(STANDBY, false);
                port.send(0);
                port.transmit(9);
                assertEquals(List.of(7L), port.takeFrom(PRIMARY));
                assertEquals(List.of(8L), port.takeFrom(STANDBY));
                assertEquals(2, port.counters().announced());
                assertEquals(
                        0, port.counters().sentByPrimary() + port.counters().sentByStandby());
                assertEquals(0, port.counters().refused());
            }
        });
    }

    @Test
    void shouldObeyOperator() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.decide(FailoverPolicy.FORCED_STANDBY);
                port.send(3);
                assertEquals(numbers(0, 3), port.takeFrom(STANDBY));
                SwitchRecord forced = port.switches().getLast();
                assertEquals("standby forced", forced.causeText());
                assertEquals(0, forced.lostAtMost());
                port.decide(FailoverPolicy.FORCED_NONE);
                port.send(3);
                assertEquals(numbers(3, 3), port.takeFrom(PRIMARY));
            }
        });
    }

    /** R41: what nobody can transmit is freed and counted; it is never given back, or its sender would try for ever. */
    @Test
    void shouldDropAndCountWhenNeitherSideIsReady() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.withBothSides()) {
                assertEquals(NONE, port.active());
                assertEquals(32, port.send(32));
                assertEquals(5, port.send(5));
                port.link(STANDBY, true);
                assertEquals(7, port.send(7));
                assertEquals(List.of(), port.takeFrom(PRIMARY));
                assertEquals(numbers(37, 7), port.takeFrom(STANDBY));
                port.receive(HOUSEKEEPING_POLLS);
                assertEquals(37, port.counters().dropped());
                assertEquals(0, port.counters().refused());
                assertEquals(7, port.counters().sentByStandby());
            }
        });
    }

    @Test
    void shouldCountAsRefusedWhatFullRingDoesNotTake() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                int taken = 0;
                for (int i = 0; i < 100; i++) {
                    taken += port.send(32);
                }
                assertTrue(taken < 3200, "the ring takes no end of frames");
                assertEquals(taken, port.takeFrom(PRIMARY).size());
                port.receive(HOUSEKEEPING_POLLS);
                assertEquals(3200 - taken, port.counters().refused());
                assertEquals(taken, port.counters().sentByPrimary());
            }
        });
    }

    @Test
    void shouldReceiveFromTransmittingSideOnly() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.arriveAt(PRIMARY, 3, 100);
                port.arriveAt(STANDBY, 3, 200);
                assertEquals(numbers(100, 3), port.receive());
                assertEquals(List.of(), port.receive(HOUSEKEEPING_POLLS));
                port.link(PRIMARY, false);
                port.receive(HOUSEKEEPING_POLLS);
                port.arriveAt(PRIMARY, 3, 300);
                port.arriveAt(STANDBY, 3, 400);
                assertEquals(numbers(400, 3), port.receive(HOUSEKEEPING_POLLS));
                assertEquals(6, port.counters().received());
                assertEquals(6, port.counters().suppressed());
            }
        });
    }

    /** U2: the other end has not learnt of the switch yet; what it sends to all comes by the new side as well. */
    @Test
    void shouldReceiveByFormerSideForAWhile() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.decide(FailoverPolicy.FORCED_STANDBY);
                port.arriveAt(PRIMARY, 3, Frames.UNICAST);
                port.arriveAt(PRIMARY, 2, 50);
                port.arriveAt(STANDBY, 1, 100);
                List<Long> expected = new ArrayList<>(numbers(Frames.UNICAST, 3));
                expected.add(100L);
                assertEquals(expected, port.receive());
                assertEquals(2, port.counters().suppressed());
                Thread.sleep(ReceiveSettings.DEFAULT.window().plusMillis(1));
                port.receive();
                port.arriveAt(PRIMARY, 3, Frames.UNICAST);
                assertEquals(List.of(), port.receive(HOUSEKEEPING_POLLS));
                assertEquals(5, port.counters().suppressed());
            }
        });
    }

    /** U6: a side that has left is not touched. */
    @Test
    void shouldNotReceiveBySideThatHasLeft() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.arriveAt(PRIMARY, 3, Frames.UNICAST);
                port.leave(PRIMARY);
                assertEquals(List.of(), port.receive(HOUSEKEEPING_POLLS));
                assertEquals(numbers(Frames.UNICAST, 3), port.takeFrom(PRIMARY));
            }
        });
    }

    /** U2: a ring that nobody empties keeps frames of the past, and would deliver them after a switch. */
    @Test
    void shouldDrainIdleSideAtLeastEveryEighthBurst() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                for (int i = 1; i <= 10; i++) {
                    port.arriveAt(STANDBY, 5, 1000);
                    assertEquals(List.of(), port.receive(HOUSEKEEPING_POLLS));
                    assertEquals(5L * i, port.counters().suppressed());
                }
                port.link(PRIMARY, false);
                port.send(0);
                assertEquals(STANDBY, port.active());
                assertEquals(List.of(), port.receive(HOUSEKEEPING_POLLS), "nothing old surfaces");
            }
        });
    }

    /** A flood of the idle side must not hold up the side that works. */
    @Test
    void shouldDrainFloodInParts() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.arriveAt(STANDBY, 480, 1000);
                port.receive(HOUSEKEEPING_POLLS);
                assertEquals(256, port.counters().suppressed());
                port.receive(HOUSEKEEPING_POLLS);
                assertEquals(480, port.counters().suppressed());
            }
        });
    }

    @Test
    void shouldSendOnStandbyWhenPrimaryLeaves() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.leave(PRIMARY);
                port.send(3);
                assertEquals(numbers(0, 3), port.takeFrom(STANDBY));
                port.join(PRIMARY);
                port.send(3);
                assertEquals(numbers(3, 3), port.takeFrom(PRIMARY));
                port.leave(PRIMARY);
                port.leave(STANDBY);
                assertEquals(3, port.send(3));
                assertEquals(3, port.counters().dropped());
            }
        });
    }

    /** U1: state is the link word. A lost event must not leave the port on a dead side. */
    @Test
    void shouldSeeLinkWithoutEventWithinEightPolls() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.linkWithoutEvent(PRIMARY, false);
                port.receive(8);
                assertEquals(STANDBY, port.active());
                port.linkWithoutEvent(PRIMARY, true);
                port.receive(8);
                assertEquals(PRIMARY, port.active());
            }
        });
    }

    @Test
    void shouldTellEachSwitchOnceWithItsInstants() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.send(32);
                port.receive(HOUSEKEEPING_POLLS);
                port.told();

                long before = System.nanoTime();
                port.link(PRIMARY, false);
                port.send(1);
                port.receive(HOUSEKEEPING_POLLS);
                long after = System.nanoTime();

                List<Object> told = new ArrayList<>(port.told());
                assertTrue(told.remove("primary down"));
                assertEquals(1, told.size(), told::toString);
                SwitchRecord failover = (SwitchRecord) told.getFirst();
                assertEquals(PRIMARY, failover.from());
                assertEquals(STANDBY, failover.to());
                assertEquals("primary link down", failover.causeText());
                assertTrue(before <= failover.eventNanos());
                assertTrue(failover.eventNanos() <= failover.decisionNanos());
                assertTrue(failover.decisionNanos() <= failover.firstBurstNanos());
                assertTrue(failover.firstBurstNanos() <= after);
                assertEquals(32, failover.lostAtMost());

                port.link(PRIMARY, true);
                port.send(1);
                SwitchRecord failback = port.switches().getFirst();
                assertEquals(failover.sequence() + 1, failback.sequence());
                assertEquals("primary link up", failback.causeText());
                assertEquals(0, failback.lostAtMost(), "the standby's link is up: it loses nothing");
                port.receive(HOUSEKEEPING_POLLS);
                assertEquals(failback.sequence(), port.counters().switches());
            }
        });
    }

    @Test
    void shouldNotClaimToHaveLostMoreThanRingHolds() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                for (int i = 0; i < 100; i++) {
                    port.send(32);
                    port.takeFrom(PRIMARY);
                }
                port.told();
                port.link(PRIMARY, false);
                port.send(1);
                assertEquals(port.txRing(), port.switches().getFirst().lostAtMost());
            }
        });
    }

    @Test
    void shouldTellOfSwitchThatWaitsForItsFirstBurst() throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready()) {
                port.send(1);
                port.receive(HOUSEKEEPING_POLLS);
                port.told();
                port.link(PRIMARY, false);
                port.receive(HOUSEKEEPING_POLLS);
                SwitchRecord record = port.switches().getFirst();
                assertEquals(0, record.firstBurstNanos());
                assertEquals(-1, record.eventToBurstNanos());

                port.send(0);
                assertEquals(List.of(), port.told(), "an empty burst is none");
                port.send(1);
                port.send(1);
                assertEquals(List.of("first burst of switch " + record.sequence()), port.told());
            }
        });
    }

    /** Whatever happens to links and members, in whatever order: each frame is sent once, in order, or dropped. */
    @Test
    void shouldAccountForEachFrameWhateverHappens() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.withBothSides()) {
                boolean[] here = {false, true, true};
                boolean[] up = {false, false, false};
                long[] sent = new long[3];
                long next = 0;
                long switches = 0;
                for (int step = 0; step < 20_000; step++) {
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
                        case 2 -> assertEquals(List.of(), port.receive(random.nextInt(20)));
                        default -> {
                            int count = 1 + random.nextInt(32);
                            int ready = here[PRIMARY] && up[PRIMARY]
                                    ? PRIMARY
                                    : here[STANDBY] && up[STANDBY] ? STANDBY : NONE;
                            assertEquals(count, port.send(count), () -> "seed " + seed);
                            for (int s = PRIMARY; s <= STANDBY; s++) {
                                List<Long> expected = s == ready ? numbers(next, count) : List.of();
                                assertEquals(expected, port.takeFrom(s), () -> "seed " + seed);
                            }
                            sent[ready] += count;
                            next += count;
                        }
                    }
                    for (SwitchRecord record : port.switches()) {
                        assertEquals(++switches, record.sequence(), () -> "seed " + seed);
                    }
                }
                port.receive(HOUSEKEEPING_POLLS);
                assertEquals(sent[PRIMARY], port.counters().sentByPrimary(), () -> "seed " + seed);
                assertEquals(sent[STANDBY], port.counters().sentByStandby(), () -> "seed " + seed);
                assertEquals(sent[NONE], port.counters().dropped(), () -> "seed " + seed);
            }
        });
    }
}
