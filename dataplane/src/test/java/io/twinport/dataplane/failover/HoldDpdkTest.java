package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.NONE;
import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static io.twinport.dataplane.failover.RingedPort.HOUSEKEEPING_POLLS;
import static io.twinport.dataplane.failover.RingedPort.numbers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twinport.dataplane.line.TxCompletion;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dpdk.EthOffloads;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.TestEal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** U3, U4: what was in flight at a cut is sent again, and frames wait for a side. {@code RingedPort} counts the mbufs. */
class HoldDpdkTest {
    private static final long HOLD_NANOS = 1_000_000;
    private static final int FRAMES = 128;

    private long now = 1;

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    private void onPort(int kind, Consumer<RingedPort> test) throws Exception {
        HoldSettings hold = new HoldSettings(Duration.ofNanos(HOLD_NANOS), FRAMES);
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready(PortSettings.DEFAULT.with(hold), () -> now)) {
                port.completion(PRIMARY, kind);
                port.completion(STANDBY, kind);
                port.told();
                test.accept(port);
            }
        });
    }

    @Test
    void shouldSendAgainWhatWasInFlightBeforeAnyNewFrame() throws Exception {
        onPort(TxCompletion.REFERENCES, port -> {
            port.send(10);
            port.link(PRIMARY, false);
            port.send(5);
            assertEquals(numbers(0, 15), port.takeFrom(STANDBY));
            assertEquals(10, port.counters().get(PortCounter.RESENT));
            assertEquals(15, port.counters().get(PortCounter.SENT_BY_STANDBY));
            assertEquals(0, port.switches().getFirst().lostAtMost());
            assertEquals(numbers(0, 10), port.takeFrom(PRIMARY), "duplicates, if that ring comes to life again");
        });
    }

    @Test
    void shouldNotSendAgainWhatHasArrived() throws Exception {
        onPort(TxCompletion.REFERENCES, port -> {
            port.send(10);
            assertEquals(numbers(0, 10), port.takeFrom(PRIMARY));
            port.send(3);
            port.link(PRIMARY, false);
            port.send(1);
            assertEquals(numbers(10, 4), port.takeFrom(STANDBY));
            assertEquals(3, port.counters().get(PortCounter.RESENT));
        });
    }

    /** A NIC completes into nothing when its link is dead: only time tells, and a frame too many does no harm. */
    @Test
    void shouldSendAgainWhatNicHasCompleted() throws Exception {
        onPort(TxCompletion.TIME, port -> {
            port.send(4);
            now += HOLD_NANOS;
            port.send(4);
            port.takeFrom(PRIMARY);
            port.link(PRIMARY, false);
            port.send(1);
            assertEquals(numbers(4, 5), port.takeFrom(STANDBY), "the first four are too old");
        });
    }

    /** It is mbufs that the pool has to spare: of frames in several there are fewer. */
    @Test
    void shouldHoldNoMoreMbufsThanItMay() throws Exception {
        onPort(TxCompletion.TIME, port -> {
            for (int i = 0; i < 5; i++) {
                assertEquals(8, port.sendChained(8, 5));
            }
            assertEquals(numbers(0, 40), port.takeFrom(PRIMARY));
            int held = FRAMES / 5;
            assertEquals(4095 - 5 * held, port.freeMbufs());
            port.link(PRIMARY, false);
            port.send(1);
            assertEquals(numbers(40 - held, held + 1), port.takeFrom(STANDBY));
            assertEquals(held, port.counters().get(PortCounter.RESENT));
        });
    }

    @Test
    void shouldKeepNoMoreMbufsThanItMayWhileNeitherSideIsReady() throws Exception {
        onPort(TxCompletion.REFERENCES, port -> {
            port.link(PRIMARY, false);
            port.link(STANDBY, false);
            for (int i = 0; i < 5; i++) {
                assertEquals(8, port.sendChained(8, 5));
            }
            int held = FRAMES / 5;
            assertEquals(4095 - 5 * held, port.freeMbufs());
            assertEquals(40 - held, port.counters().get(PortCounter.HOLD_DROPPED));
            port.link(STANDBY, true);
            port.send(1);
            assertEquals(numbers(40 - held, held + 1), port.takeFrom(STANDBY));
        });
    }

    /** Such a frame would wait for room for ever. */
    @Test
    void shouldSendFrameInMoreMbufsThanItHolds() throws Exception {
        onPort(TxCompletion.TIME, port -> {
            port.send(3);
            assertEquals(1, port.sendChained(1, FRAMES + 1));
            assertEquals(1, port.send(1));
            port.link(PRIMARY, false);
            port.link(STANDBY, false);
            assertEquals(1, port.sendChained(1, FRAMES + 1));
            assertEquals(1, port.send(1));
            assertEquals(numbers(0, 5), port.takeFrom(PRIMARY));
        });
    }

    @Test
    void shouldSendAgainWithoutBurst() throws Exception {
        onPort(TxCompletion.REFERENCES, port -> {
            port.receive(HOUSEKEEPING_POLLS - 1);
            port.send(10);
            port.linkWithoutEvent(PRIMARY, false);
            port.receive();
            assertEquals(10, port.counters().get(PortCounter.RESENT));
            port.receive(HOUSEKEEPING_POLLS);
            assertEquals(10, port.counters().get(PortCounter.RESENT), "once");
        });
    }

    /** The standby's ring is full: new frames wait behind those that are sent again. */
    @Test
    void shouldFinishResendsBeforeNewFrames() throws Exception {
        onPort(TxCompletion.REFERENCES, port -> {
            int capacity = port.ringCapacity();
            List<Long> junk = new ArrayList<>();
            for (int i = 0; i < capacity - 4; i++) {
                port.arriveAt(STANDBY, 1, 1000 + i);
                junk.add(1000L + i);
            }
            port.send(10);
            port.link(PRIMARY, false);
            assertEquals(5, port.send(5));
            assertEquals(4, port.counters().get(PortCounter.RESENT));
            junk.addAll(numbers(0, 4));
            assertEquals(junk, port.takeFrom(STANDBY));
            assertEquals(5, port.send(5));
            assertEquals(numbers(4, 16), port.takeFrom(STANDBY));
            assertEquals(10, port.counters().get(PortCounter.RESENT));
            assertEquals(5, port.counters().get(PortCounter.HELD));
        });
    }

    /** The standby is cut too, in the middle of it: all go by the primary again, in their order. */
    @Test
    void shouldKeepOrderOverSecondCut() throws Exception {
        onPort(TxCompletion.REFERENCES, port -> {
            int capacity = port.ringCapacity();
            port.send(10);
            port.arriveAt(STANDBY, capacity - 4, 1000);
            port.link(PRIMARY, false);
            port.send(3);
            assertEquals(4, port.counters().get(PortCounter.RESENT));
            port.takeFrom(PRIMARY);
            port.linkWithoutEvent(PRIMARY, true);
            port.link(STANDBY, false);
            port.send(1);
            assertEquals(numbers(0, 14), port.takeFrom(PRIMARY));
        });
    }

    @Test
    void shouldKeepFramesWhileNeitherSideIsReady() throws Exception {
        onPort(TxCompletion.REFERENCES, port -> {
            port.send(2);
            port.linkWithoutEvent(PRIMARY, false);
            port.link(STANDBY, false);
            assertEquals(5, port.send(5));
            assertEquals(5, port.send(5));
            assertEquals(NONE, port.active());
            port.link(STANDBY, true);
            port.send(1);
            assertEquals(numbers(0, 13), port.takeFrom(STANDBY));
            assertEquals(10, port.counters().get(PortCounter.HELD));
            assertEquals(
                    0,
                    port.counters().get(PortCounter.DROPPED) + port.counters().get(PortCounter.HOLD_DROPPED));
        });
    }

    @Test
    void shouldDropTheOldestWhenTooMany() throws Exception {
        onPort(TxCompletion.REFERENCES, port -> {
            port.linkWithoutEvent(PRIMARY, false);
            port.link(STANDBY, false);
            for (int i = 0; i < 5; i++) {
                assertEquals(32, port.send(32));
            }
            assertEquals(5 * 32 - FRAMES, port.counters().get(PortCounter.HOLD_DROPPED));
            port.link(PRIMARY, true);
            port.send(0);
            assertEquals(numbers(32, FRAMES), port.takeFrom(PRIMARY));
        });
    }

    @Test
    void shouldDropWhatHasWaitedTooLong() throws Exception {
        onPort(TxCompletion.REFERENCES, port -> {
            port.linkWithoutEvent(PRIMARY, false);
            port.link(STANDBY, false);
            port.send(5);
            now += HOLD_NANOS;
            port.send(5);
            now++;
            port.receive(HOUSEKEEPING_POLLS);
            assertEquals(5, port.counters().get(PortCounter.HOLD_DROPPED));
            port.link(PRIMARY, true);
            port.send(1);
            assertEquals(numbers(5, 6), port.takeFrom(PRIMARY));
        });
    }

    /** What waits when the last side leaves could wait for ever. */
    @Test
    void shouldGiveAllBackWhenBothSidesHaveLeft() throws Exception {
        onPort(TxCompletion.REFERENCES, port -> {
            port.send(7);
            port.linkWithoutEvent(PRIMARY, false);
            port.link(STANDBY, false);
            port.send(3);
            port.leave(PRIMARY);
            port.leave(STANDBY);
            assertEquals(3, port.counters().get(PortCounter.HOLD_DROPPED));
            port.takeFrom(PRIMARY);
            port.assertPoolFull();
        });
    }

    /** More in flight than are remembered: the record says how many may be lost. */
    @Test
    void shouldSayWhatItCannotSendAgain() throws Exception {
        onPort(TxCompletion.REFERENCES, port -> {
            for (int i = 0; i < 5; i++) {
                port.send(32);
            }
            port.link(PRIMARY, false);
            port.send(1);
            assertEquals(numbers(32, FRAMES + 1), port.takeFrom(STANDBY));
            assertEquals(32, port.switches().getFirst().lostAtMost());
        });
    }

    /** U13 holds with held frames too, and needs no last burst then. */
    @Test
    void shouldHandOverWithoutResending() throws Exception {
        onPort(TxCompletion.REFERENCES, port -> {
            port.send(10);
            port.decide(FailoverPolicy.FORCED_STANDBY);
            port.send(5);
            assertEquals(numbers(0, 10), port.takeFrom(PRIMARY));
            port.send(5);
            assertEquals(numbers(10, 10), port.takeFrom(STANDBY));
            assertEquals(0, port.counters().get(PortCounter.RESENT));
        });
    }

    /**
     * U5: what the standby lacks is not done to a frame that the cut-off primary still has in its ring, or that would send it so
     * when its link is back. It is done before either has it, so both send the same.
     */
    @Test
    void shouldNotChangeWhatTheCutOffPrimaryStillHas() throws Exception {
        onPort(TxCompletion.REFERENCES, port -> {
            port.offload(PRIMARY, 0);
            port.offload(STANDBY, EthOffloads.VLAN_INSERT);
            port.sendTagged(5);
            port.link(PRIMARY, false);
            port.sendTagged(1);
            List<byte[]> bySecond = port.bytesFrom(STANDBY);
            List<byte[]> byFirst = port.bytesFrom(PRIMARY);
            assertEquals(6, bySecond.size());
            assertEquals(5, byFirst.size());
            for (int i = 0; i < 5; i++) {
                assertArrayEquals(bySecond.get(i), byFirst.get(i));
                assertEquals(0x81, byFirst.get(i)[12] & 0xff, "tagged, and once");
                assertEquals(0x88, byFirst.get(i)[16] & 0xff);
            }
            assertEquals(5, port.counters().get(PortCounter.RESENT));
        });
    }

    @Test
    void shouldRefuseSettingsThatMakeNoSense() {
        assertThrows(IllegalArgumentException.class, () -> new HoldSettings(Duration.ofNanos(-1), 64));
        assertThrows(IllegalArgumentException.class, () -> new HoldSettings(Duration.ofNanos(1), 100));
        assertThrows(IllegalArgumentException.class, () -> new HoldSettings(Duration.ofNanos(1), 32));
    }
}
