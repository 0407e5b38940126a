package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.NONE;
import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static io.twinport.dataplane.failover.FailoverPolicy.FORCED_PRIMARY;
import static io.twinport.dataplane.failover.FailoverPolicy.FORCED_STANDBY;
import static io.twinport.dataplane.failover.FailoverPolicy.PRIMARY_LEAVING;
import static io.twinport.dataplane.failover.RingedPort.HOUSEKEEPING_POLLS;
import static io.twinport.dataplane.failover.RingedPort.numbers;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.TestLines;
import io.twinport.dataplane.TxCompletion;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** U13: a planned switch loses, doubles and reorders nothing. The wire here takes what it holds when the test says so. */
class HandoverDpdkTest {
    private static final int BURST = MbufBurst.CAPACITY;
    private static final HoldSettings SMALL = new HoldSettings(Duration.ZERO, 64);

    private long now = 1;

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    /** Of both sides it is known that a frame was sent when the wire has taken it. */
    private void onPort(Consumer<RingedPort> test) throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port = RingedPort.ready(PortSettings.DEFAULT.with(SMALL), () -> now)) {
                port.completion(PRIMARY, TxCompletion.REFERENCES);
                port.completion(STANDBY, TxCompletion.REFERENCES);
                port.told();
                test.accept(port);
            }
        });
    }

    @Test
    void shouldSendNothingOnNewSideBeforeFormerSideHasSentAll() throws Exception {
        onPort(port -> {
            port.send(10);
            port.decide(FORCED_STANDBY);
            assertEquals(10, port.send(10), "the last burst of the former side");
            assertEquals(32, port.send(32));
            assertEquals(32, port.send(32));
            assertEquals(List.of(), port.takeFrom(STANDBY));
            assertEquals(numbers(0, 20), port.takeFrom(PRIMARY));
            assertEquals(8, port.send(8));
            assertEquals(numbers(20, 72), port.takeFrom(STANDBY));
            assertEquals(List.of(), port.takeFrom(PRIMARY));
            assertEquals(64, port.counters().held());
            assertEquals(0, port.counters().notDrained());
            SwitchRecord record = port.switches().getFirst();
            assertEquals("standby forced", record.causeText());
            assertEquals(0, record.lostAtMost());
        });
    }

    /** Back-pressure: the sender knows. */
    @Test
    void shouldGiveBackWhatItsBufferCannotHold() throws Exception {
        onPort(port -> {
            port.decide(FORCED_STANDBY);
            port.send(1);
            assertEquals(32, port.send(32));
            assertEquals(30, port.send(30));
            assertEquals(2, port.send(32));
            assertEquals(0, port.send(1));
            assertEquals(31, port.counters().refused());
            assertEquals(numbers(0, 1), port.takeFrom(PRIMARY));
            port.send(0);
            assertEquals(numbers(1, 64), port.takeFrom(STANDBY));
        });
    }

    @Test
    void shouldGoOnAfterBoundedTimeAndSaySo() throws Exception {
        onPort(port -> {
            port.send(1);
            port.decide(FORCED_STANDBY);
            port.send(1);
            now += Handover.LONGEST.toNanos() - 1;
            port.send(1);
            assertEquals(List.of(), port.takeFrom(STANDBY));
            assertEquals(PRIMARY, port.transmitting());
            assertEquals(0, port.switches().size(), "it is told when it is over");
            now++;
            port.send(1);
            assertEquals(numbers(2, 2), port.takeFrom(STANDBY));
            assertEquals(1, port.counters().notDrained());
            assertEquals(0, port.switches().getFirst().lostAtMost(), "its link is up: it will send them yet");
            assertEquals(numbers(0, 2), port.takeFrom(PRIMARY));
        });
    }

    /** A ring that takes not one frame for all the time is not an empty one. */
    @Test
    void shouldSayThatFullRingWasNotEmptied() throws Exception {
        onPort(port -> {
            int capacity = port.ringCapacity();
            for (int left = capacity; left > 0; left -= BURST) {
                port.send(Math.min(left, BURST));
            }
            port.decide(FORCED_STANDBY);
            port.send(1);
            assertEquals(PRIMARY, port.transmitting());
            now += Handover.LONGEST.toNanos();
            port.send(1);
            assertEquals(STANDBY, port.transmitting());
            assertEquals(1, port.counters().notDrained());
            assertEquals(numbers(0, capacity), port.takeFrom(PRIMARY));
            assertEquals(2, port.takeFrom(STANDBY).size());
        });
    }

    /** A port that nobody sends by has to move too, and what its ring held is out long since. */
    @Test
    void shouldMoveWithoutAnyBurst() throws Exception {
        onPort(port -> {
            port.decide(PRIMARY_LEAVING);
            port.receive(HOUSEKEEPING_POLLS);
            assertEquals(PRIMARY, port.transmitting());
            now += Handover.LONGEST.toNanos();
            port.receive(HOUSEKEEPING_POLLS);
            assertEquals(PRIMARY, port.transmitting(), "it has been idle since now");
            port.receive(HOUSEKEEPING_POLLS);
            assertEquals(STANDBY, port.transmitting());
            assertEquals(0, port.counters().notDrained());
        });
    }

    /** A loop that gets its CPU back after that time has offered no burst, but its ring is not empty for that. */
    @Test
    void shouldNotTakeStoppedLoopForIdleOne() throws Exception {
        onPort(port -> {
            port.decide(FORCED_STANDBY);
            now += 10 * Handover.LONGEST.toNanos();
            port.receive(HOUSEKEEPING_POLLS);
            now += 10 * Handover.LONGEST.toNanos();
            port.send(2);
            port.send(1);
            assertEquals(List.of(), port.takeFrom(STANDBY));
            assertEquals(numbers(0, 2), port.takeFrom(PRIMARY), "the last burst, for which there is time yet");
            port.send(1);
            assertEquals(numbers(2, 2), port.takeFrom(STANDBY));
            assertEquals(0, port.counters().notDrained());
        });
    }

    @Test
    void shouldNotWaitForDriverThatIsDoneWhenItReturns() throws Exception {
        onPort(port -> {
            port.completion(PRIMARY, TxCompletion.AT_ONCE);
            port.send(5);
            port.decide(FORCED_STANDBY);
            port.send(5);
            assertEquals(numbers(0, 5), port.takeFrom(PRIMARY));
            assertEquals(numbers(5, 5), port.takeFrom(STANDBY));
            assertEquals(0, port.counters().held());
        });
    }

    @Test
    void shouldWaitBlindlyForDriverThatTellsNothing() throws Exception {
        onPort(port -> {
            port.completion(PRIMARY, TxCompletion.TIME);
            port.decide(FORCED_STANDBY);
            port.send(5);
            now += Handover.BLIND.toNanos() - 1;
            port.send(5);
            assertEquals(List.of(), port.takeFrom(PRIMARY), "it gets nothing more");
            assertEquals(List.of(), port.takeFrom(STANDBY));
            now++;
            port.send(5);
            assertEquals(numbers(0, 15), port.takeFrom(STANDBY));
            assertEquals(0, port.counters().notDrained());
        });
    }

    /** Another loop owns the transmit queue, and was kept from running: the driver has had the frames for no time at all. */
    @Test
    void shouldWaitBlindlyOnlyOnceTheOwnerOfTheQueueHasTheFrames() throws Exception {
        onPort(port -> {
            port.completion(PRIMARY, TxCompletion.TIME);
            long owner = port.relay(PRIMARY);
            port.send(3);
            port.decide(FORCED_STANDBY);
            now += Handover.BLIND.toNanos();
            TestLines.forward(owner);
            port.send(1);
            assertEquals(PRIMARY, port.transmitting());
            now += Handover.BLIND.toNanos();
            port.send(1);
            assertEquals(numbers(0, 3), port.takeFrom(PRIMARY));
            assertEquals(numbers(3, 2), port.takeFrom(STANDBY));
            assertEquals(0, port.counters().notDrained());
        });
    }

    @Test
    void shouldMoveAtOnceWhenFormerSideFailsMeanwhile() throws Exception {
        onPort(port -> {
            port.send(3);
            port.decide(FORCED_STANDBY);
            port.send(2);
            port.send(4);
            port.link(PRIMARY, false);
            port.send(1);
            assertEquals(numbers(5, 5), port.takeFrom(STANDBY));
            assertEquals(5, port.switches().getFirst().lostAtMost(), "what its ring held");
        });
    }

    @Test
    void shouldMoveAtOnceWhenFormerSideLeavesMeanwhile() throws Exception {
        onPort(port -> {
            port.decide(PRIMARY_LEAVING);
            port.send(2);
            port.send(4);
            port.leave(PRIMARY);
            port.takeFrom(PRIMARY);
            assertEquals(STANDBY, port.transmitting());
            port.send(1);
            assertEquals(numbers(2, 5), port.takeFrom(STANDBY));
        });
    }

    @Test
    void shouldStayWhenNewSideFailsMeanwhile() throws Exception {
        onPort(port -> {
            port.decide(FORCED_STANDBY);
            port.send(2);
            port.send(4);
            port.link(STANDBY, false);
            port.send(1);
            assertEquals(PRIMARY, port.active());
            assertEquals(numbers(0, 7), port.takeFrom(PRIMARY));
            assertEquals(List.of(), port.takeFrom(STANDBY));
            assertEquals(2, port.switches().size());
            assertEquals(0, port.counters().sentByStandby());
        });
    }

    @Test
    void shouldStayWhenOperatorThinksBetterOfIt() throws Exception {
        onPort(port -> {
            port.decide(FORCED_STANDBY);
            port.send(2);
            port.send(4);
            port.decide(FORCED_PRIMARY);
            port.send(1);
            assertEquals(numbers(0, 7), port.takeFrom(PRIMARY));
            port.decide(FORCED_STANDBY);
            port.send(1);
            port.send(1);
            assertEquals(numbers(7, 1), port.takeFrom(PRIMARY), "a wait of its own, with a last burst of its own");
            port.send(1);
            assertEquals(numbers(8, 2), port.takeFrom(STANDBY));
        });
    }

    @Test
    void shouldDropWhatWaitsWhenBothSidesFail() throws Exception {
        onPort(port -> {
            port.decide(FORCED_STANDBY);
            port.send(2);
            port.send(4);
            port.linkWithoutEvent(PRIMARY, false);
            port.link(STANDBY, false);
            port.send(1);
            assertEquals(NONE, port.transmitting());
            assertEquals(4, port.counters().holdDropped());
            assertEquals(1, port.counters().dropped());
            assertEquals(numbers(0, 2), port.takeFrom(PRIMARY));
        });
    }

    /** U11: an announcement on the new side would turn the network round before the former side is empty. */
    @Test
    void shouldAnnounceByTheSideThatGetsTheFrames() throws Exception {
        onPort(port -> {
            port.decide(FORCED_STANDBY);
            port.send(1);
            port.transmit(100);
            assertEquals(List.of(0L, 100L), port.takeFrom(PRIMARY));
            port.send(1);
            port.transmit(101);
            assertEquals(List.of(1L, 101L), port.takeFrom(STANDBY));
        });
    }

    /** Frames come in by both sides meanwhile, those of one receiver from the former one. */
    @Test
    void shouldReceiveByBothSidesMeanwhile() throws Exception {
        onPort(port -> {
            port.decide(FORCED_STANDBY);
            long unicast = Frames.UNICAST;
            port.arriveAt(PRIMARY, 2, unicast);
            port.arriveAt(STANDBY, 2, 50);
            assertEquals(List.of(unicast, unicast + 1, 50L, 51L), port.receive());
        });
    }
}
