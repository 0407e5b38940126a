package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.NONE;
import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static io.twinport.dataplane.failover.RingedPort.HOUSEKEEPING_POLLS;
import static io.twinport.dataplane.failover.RingedPort.numbers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.failover.ReceiveSettings.Mode;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a failover port delivers of what its sides receive; the time is the test's. */
class ReceiverDpdkTest {
    private static final long MICROSECOND = 1_000;
    private static final long MILLISECOND = 1_000_000;
    private static final long ONE = Frames.UNICAST;

    private long now = MILLISECOND;

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    private interface Check {
        void of(RingedPort port);
    }

    private void check(ReceiveSettings settings, Check check) throws Exception {
        check(FailbackSettings.AT_ONCE, settings, check);
    }

    private void check(FailbackSettings failback, ReceiveSettings settings, Check check) throws Exception {
        EalWorker.run(() -> {
            try (RingedPort port =
                    RingedPort.ready(PortSettings.DEFAULT.with(failback).with(settings), () -> now)) {
                port.receive(HOUSEKEEPING_POLLS);
                check.of(port);
            }
        });
    }

    private static ReceiveSettings mode(Mode mode) {
        return new ReceiveSettings(mode, ReceiveSettings.DEFAULT.lookback(), ReceiveSettings.DEFAULT.window());
    }

    private static ReceiveSettings lookback(Duration lookback) {
        return new ReceiveSettings(Mode.ACTIVE, lookback, ReceiveSettings.DEFAULT.window());
    }

    private static List<Long> concat(List<Long> one, List<Long> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    private static List<Long> housekeep(RingedPort port) {
        return port.receive(HOUSEKEEPING_POLLS);
    }

    // ---- U2: the look-back ----

    /** U2, test T: nothing older than the look-back is delivered, all that is younger is, in order. */
    @Test
    void shouldDeliverAtASwitchWhatIsNoOlderThanTheLookBack() throws Exception {
        check(ReceiveSettings.DEFAULT, port -> {
            for (int age = 30; age > 0; age--) {
                // One look every 100 us, and one frame just after it: nobody knows more of its age than that.
                port.arriveAt(STANDBY, 1, ONE + age);
                now += 100 * MICROSECOND;
                assertEquals(List.of(), housekeep(port));
            }
            port.link(PRIMARY, false);
            port.send(0);
            List<Long> young = Stream.iterate(10L, age -> age - 1)
                    .limit(10)
                    .map(age -> ONE + age)
                    .toList();
            assertEquals(young, port.receive());
            assertEquals(List.of(), housekeep(port));
            assertEquals(10, port.counters().lookback());
            assertEquals(10, port.counters().received());
            assertEquals(20, port.counters().suppressed());
        });
    }

    /** U2, test T: the loop has not polled, so the ring is full of frames of the past. */
    @Test
    void shouldDeliverNothingOfARingThatNobodyHasPolledForLonger() throws Exception {
        check(ReceiveSettings.DEFAULT, port -> {
            port.arriveAt(STANDBY, 400, ONE);
            port.arriveAt(STANDBY, 100, 7000);
            now += 10 * MILLISECOND;
            port.link(PRIMARY, false);
            port.send(0);
            assertEquals(STANDBY, port.active());
            assertEquals(List.of(), port.receive(3));
            port.arriveAt(STANDBY, 3, ONE + 1000);
            assertEquals(numbers(ONE + 1000, 3), port.receive(), "what comes after that is delivered");
            assertEquals(500, port.counters().suppressed());
            assertEquals(0, port.counters().lookback());
        });
    }

    /** U2, test T: the loop polls again, and only then sees the link. */
    @Test
    void shouldNotTakeForYoungWhatWasFoundAfterAStall() throws Exception {
        check(ReceiveSettings.DEFAULT, port -> {
            port.arriveAt(STANDBY, 5, ONE);
            now += 10 * MILLISECOND;
            housekeep(port);
            port.arriveAt(STANDBY, 5, ONE + 100);
            now += 10 * MICROSECOND;
            housekeep(port);
            port.link(PRIMARY, false);
            port.send(0);
            assertEquals(numbers(ONE + 100, 5), port.receive());
            assertEquals(5, port.counters().suppressed());
        });
    }

    @Test
    void shouldDeliverWhatARingHasReceivedSinceItWasLastPolled() throws Exception {
        check(ReceiveSettings.DEFAULT, port -> {
            port.arriveAt(STANDBY, 3, ONE);
            port.arriveAt(STANDBY, 2, 7000);
            now += MILLISECOND;
            port.link(PRIMARY, false);
            port.send(0);
            assertEquals(concat(numbers(ONE, 3), numbers(7000, 2)), port.receive());
            assertEquals(0, port.counters().suppressed());
            assertEquals(0, port.counters().lookback(), "it was in the ring, not held");
        });
    }

    /** A device is started before it joins, and nobody knows since when it has received. */
    @Test
    void shouldDeliverNothingThatADeviceHasReceivedBeforeItJoined() throws Exception {
        check(ReceiveSettings.DEFAULT, port -> {
            port.leave(STANDBY);
            port.leave(PRIMARY);
            port.arriveAt(PRIMARY, 5, ONE);
            port.linkWithoutEvent(PRIMARY, true);
            port.join(PRIMARY);
            assertEquals(PRIMARY, port.active());
            assertEquals(List.of(), port.receive());
            port.arriveAt(PRIMARY, 5, ONE + 50);
            assertEquals(numbers(ONE + 50, 5), port.receive());
        });
    }

    /** Copies of frames for many were delivered by the other side already. */
    @Test
    void shouldLookBackOnlyAtFramesForOneReceiver() throws Exception {
        check(ReceiveSettings.DEFAULT, port -> {
            port.arriveAt(STANDBY, 2, 7000);
            port.arriveAt(STANDBY, 3, ONE);
            housekeep(port);
            port.decide(FailoverPolicy.FORCED_STANDBY);
            assertEquals(numbers(ONE, 3), port.receive());
            assertEquals(2, port.counters().suppressed());
        });
    }

    /** More than one poll's worth, in order, and before what came later. */
    @Test
    void shouldDeliverALongLookBackInOrder() throws Exception {
        check(ReceiveSettings.DEFAULT, port -> {
            port.arriveAt(STANDBY, 100, ONE);
            housekeep(port);
            port.decide(FailoverPolicy.FORCED_STANDBY);
            port.arriveAt(STANDBY, 10, ONE + 100);
            port.arriveAt(PRIMARY, 4, ONE + 1000);
            List<Long> got = port.receive(5);
            assertEquals(numbers(ONE, 100), got.subList(0, 100));
            assertEquals(concat(numbers(ONE + 1000, 4), numbers(ONE + 100, 10)), got.subList(100, 114));
            assertEquals(100, port.counters().lookback());
        });
    }

    /** The memory is bounded: the latest frames are held. */
    @Test
    void shouldHoldTheLatestFramesOfAFlood() throws Exception {
        check(ReceiveSettings.DEFAULT, port -> {
            for (int i = 0; i < 4; i++) {
                port.arriveAt(STANDBY, 200, ONE + 200L * i);
                housekeep(port);
            }
            port.decide(FailoverPolicy.FORCED_STANDBY);
            assertEquals(
                    numbers(ONE + 800 - ReceiveSide.MOST_HELD, ReceiveSide.MOST_HELD),
                    port.receive(ReceiveSide.MOST_HELD / 32));
            assertEquals(800 - ReceiveSide.MOST_HELD, port.counters().suppressed());
        });
    }

    @Test
    void shouldDeliverNothingFromBeforeTheSwitchWithoutLookBack() throws Exception {
        check(lookback(Duration.ZERO), port -> {
            port.arriveAt(STANDBY, 3, ONE);
            housekeep(port);
            port.arriveAt(STANDBY, 3, ONE + 10);
            port.decide(FailoverPolicy.FORCED_STANDBY);
            assertEquals(List.of(), housekeep(port));
            assertEquals(6, port.counters().suppressed());
            port.arriveAt(STANDBY, 3, ONE + 20);
            assertEquals(numbers(ONE + 20, 3), port.receive());
        });
    }

    /** U6: what a side has lent is given back before it goes. */
    @Test
    void shouldGiveBackWhatItHoldsWhenTheSideLeaves() throws Exception {
        check(ReceiveSettings.DEFAULT, port -> {
            int free = port.freeMbufs();
            port.arriveAt(STANDBY, 100, ONE);
            housekeep(port);
            assertEquals(free - 100, port.freeMbufs());
            port.leave(STANDBY);
            assertEquals(free, port.freeMbufs());
            assertEquals(100, port.counters().suppressed());

            port.join(STANDBY);
            housekeep(port);
            port.arriveAt(STANDBY, 100, ONE);
            housekeep(port);
            port.decide(FailoverPolicy.FORCED_STANDBY);
            assertEquals(numbers(ONE, 32), port.receive());
            port.leave(STANDBY);
            assertEquals(free, port.freeMbufs(), "also in the middle of a delivery");
            assertEquals(List.of(), port.receive());
        });
    }

    /** Frames that grow too old while nothing happens need not wait for a switch to be freed. */
    @Test
    void shouldFreeWhatHasGrownTooOld() throws Exception {
        check(ReceiveSettings.DEFAULT, port -> {
            int free = port.freeMbufs();
            port.arriveAt(STANDBY, 10, ONE);
            housekeep(port);
            assertEquals(free - 10, port.freeMbufs());
            now += 2 * MILLISECOND;
            housekeep(port);
            assertEquals(free, port.freeMbufs());
        });
    }

    /** U2: also while nobody transmits. */
    @Test
    void shouldDrainBothSidesWhileNeitherIsReady() throws Exception {
        check(ReceiveSettings.DEFAULT, port -> {
            port.link(PRIMARY, false);
            port.link(STANDBY, false);
            housekeep(port);
            assertEquals(NONE, port.active());
            port.arriveAt(PRIMARY, 3, ONE);
            port.arriveAt(STANDBY, 4, ONE + 10);
            assertEquals(List.of(), housekeep(port));
            now += 2 * MILLISECOND;
            housekeep(port);
            assertEquals(7, port.counters().suppressed());
            port.arriveAt(PRIMARY, 2, ONE + 20);
            housekeep(port);
            port.link(PRIMARY, true);
            port.send(0);
            assertEquals(numbers(ONE + 20, 2), port.receive());
        });
    }

    // ---- U2: the window ----

    @Test
    void shouldReceiveByFormerSideForAsLongAsIsSet() throws Exception {
        check(new ReceiveSettings(Mode.ACTIVE, Duration.ofMillis(1), Duration.ofMillis(7)), port -> {
            port.decide(FailoverPolicy.FORCED_STANDBY);
            now += 7 * MILLISECOND - 1;
            port.arriveAt(PRIMARY, 2, ONE);
            assertEquals(numbers(ONE, 2), port.receive());
            now += 1;
            port.arriveAt(PRIMARY, 2, ONE + 10);
            assertEquals(List.of(), housekeep(port));
        });
    }

    @Test
    void shouldNotReceiveByFormerSideWithoutWindow() throws Exception {
        check(new ReceiveSettings(Mode.ACTIVE, Duration.ofMillis(1), Duration.ZERO), port -> {
            port.decide(FailoverPolicy.FORCED_STANDBY);
            port.arriveAt(PRIMARY, 2, ONE);
            assertEquals(List.of(), housekeep(port));
            now += 2 * MILLISECOND;
            housekeep(port);
            assertEquals(2, port.counters().suppressed());
        });
    }

    // ---- R52 to R55: presence ----

    /** R52, R54, R55: whatever the frames and the link; and they are counted, where the kernel does not. */
    @Test
    void shouldDropWhatTheStandbyReceivesAsLongAsThereIsAPrimary() throws Exception {
        check(mode(Mode.PRESENCE), port -> {
            port.arriveAt(STANDBY, 3, ONE);
            port.arriveAt(STANDBY, 3, 7000);
            assertEquals(List.of(), housekeep(port));
            assertEquals(6, port.counters().suppressed());
            port.link(PRIMARY, false);
            port.send(1);
            assertEquals(STANDBY, port.active());
            port.takeFrom(STANDBY);
            port.arriveAt(STANDBY, 3, ONE);
            port.arriveAt(STANDBY, 3, 7000);
            assertEquals(List.of(), housekeep(port));
            assertEquals(12, port.counters().suppressed());
            assertEquals(0, port.counters().received());
        });
    }

    /** R53: by presence, not by readiness. */
    @Test
    void shouldAcceptWhatThePrimaryReceivesWhateverItsLink() throws Exception {
        check(mode(Mode.PRESENCE), port -> {
            port.arriveAt(PRIMARY, 2, ONE);
            assertEquals(numbers(ONE, 2), port.receive());
            port.link(PRIMARY, false);
            port.send(0);
            assertEquals(STANDBY, port.active());
            port.arriveAt(PRIMARY, 2, ONE + 10);
            port.arriveAt(PRIMARY, 2, 7000);
            assertEquals(concat(numbers(ONE + 10, 2), numbers(7000, 2)), port.receive());
            port.link(STANDBY, false);
            port.send(0);
            assertEquals(NONE, port.active());
            port.arriveAt(PRIMARY, 2, ONE + 20);
            assertEquals(numbers(ONE + 20, 2), port.receive());
        });
    }

    /** R53: the standby's frames are accepted exactly when there is no primary; there is neither look-back nor window. */
    @Test
    void shouldAcceptWhatTheStandbyReceivesWhenThePrimaryHasLeft() throws Exception {
        check(mode(Mode.PRESENCE), port -> {
            port.arriveAt(STANDBY, 3, ONE);
            housekeep(port);
            port.leave(PRIMARY);
            port.arriveAt(STANDBY, 3, ONE + 10);
            port.arriveAt(STANDBY, 3, 7000);
            assertEquals(concat(numbers(ONE + 10, 3), numbers(7000, 3)), port.receive());
            port.join(PRIMARY);
            port.receive();
            port.arriveAt(STANDBY, 3, ONE + 20);
            port.arriveAt(PRIMARY, 3, ONE + 30);
            assertEquals(numbers(ONE + 30, 3), housekeep(port));
            assertEquals(6, port.counters().suppressed());
            assertEquals(0, port.counters().lookback());
        });
    }

    /** U12: a frame that is delivered proves the primary as well as one that is not; one of the standby's proves nothing. */
    @Test
    void shouldProveThePrimaryByWhatItDelivers() throws Exception {
        check(FailbackSettings.WHEN_PROVEN, mode(Mode.PRESENCE), port -> {
            port.link(PRIMARY, false);
            port.send(0);
            port.link(PRIMARY, true);
            port.arriveAt(STANDBY, 3, ONE);
            housekeep(port);
            assertEquals(STANDBY, port.active());
            port.arriveAt(PRIMARY, 1, ONE + 10);
            assertEquals(List.of(ONE + 10), port.receive());
            assertEquals(PRIMARY, port.active());
        });
    }

    // ---- U8: both ----

    /** U8: after a switch everything of both sides, and of copies one. */
    @Test
    void shouldDeliverEachFrameOfBothSidesOnceAfterASwitch() throws Exception {
        check(mode(Mode.BOTH), port -> {
            port.decide(FailoverPolicy.FORCED_STANDBY);
            port.arriveAt(PRIMARY, 10, 7000);
            port.arriveAt(STANDBY, 8, 7005);
            port.arriveAt(PRIMARY, 3, ONE);
            port.arriveAt(STANDBY, 3, ONE + 2);
            List<Long> got = new ArrayList<>(port.receive(4));
            assertEquals(13 + 5, got.size());
            assertEquals(
                    concat(numbers(7000, 13), numbers(ONE, 5)),
                    got.stream().sorted().toList());
            assertEquals(6, port.counters().duplicates());
            assertEquals(0, port.counters().suppressed());
            now += ReceiveSettings.DEFAULT.window().toNanos();
            port.arriveAt(PRIMARY, 3, 7100);
            port.arriveAt(STANDBY, 3, 7100);
            assertEquals(numbers(7100, 3), housekeep(port), "and then by one side again");
        });
    }

    /** U8: equal frames of one side are real. */
    @Test
    void shouldNeverDropEqualFramesOfOneSide() throws Exception {
        check(mode(Mode.BOTH), port -> {
            port.decide(FailoverPolicy.FORCED_STANDBY);
            for (int i = 0; i < 3; i++) {
                port.arriveAt(STANDBY, 1, ONE);
                port.arriveAt(STANDBY, 1, 7000);
            }
            assertEquals(6, port.receive().size());
            for (int i = 0; i < 4; i++) {
                port.arriveAt(PRIMARY, 1, ONE);
            }
            assertEquals(List.of(ONE), port.receive(), "three are the copies of three, and the fourth is new");
            assertEquals(3, port.counters().duplicates());
        });
    }

    /** U8 with U2: what the other side has delivered just before the switch is not delivered again by the look-back. */
    @Test
    void shouldNotDeliverByLookBackWhatWasDeliveredBefore() throws Exception {
        check(mode(Mode.BOTH), port -> {
            port.arriveAt(PRIMARY, 3, 7000);
            port.arriveAt(STANDBY, 5, 7000);
            assertEquals(numbers(7000, 3), housekeep(port));
            port.arriveAt(PRIMARY, 1, 7100);
            assertEquals(List.of(7100L), port.receive());
            port.link(PRIMARY, false);
            port.send(0);
            assertEquals(numbers(7003, 2), port.receive(), "of two the primary did not deliver copies");
            port.arriveAt(STANDBY, 1, 7100);
            assertEquals(List.of(), port.receive(), "a copy that was on its way at the switch");
            assertEquals(4, port.counters().duplicates());
            assertEquals(2, port.counters().lookback());
        });
    }

    /** U8: the same frame every few milliseconds; each time both copies come, and a switch makes none of them disappear. */
    @Test
    void shouldPairCopiesAlsoWhileTheOtherSideIsIdle() throws Exception {
        check(mode(Mode.BOTH), port -> {
            for (int i = 0; i < 4; i++) {
                port.arriveAt(PRIMARY, 1, 7000);
                port.arriveAt(STANDBY, 1, 7000);
                assertEquals(List.of(7000L), housekeep(port));
                now += 2 * MILLISECOND;
                housekeep(port);
            }
            port.link(PRIMARY, false);
            port.send(0);
            port.arriveAt(STANDBY, 1, 7000);
            assertEquals(List.of(7000L), port.receive());
            assertEquals(0, port.counters().duplicates());
            assertEquals(4, port.counters().suppressed());
        });
    }

    /** A standby alone has no copies, and costs nothing. */
    @Test
    void shouldReceiveFromOneSideAloneAsEver() throws Exception {
        check(mode(Mode.BOTH), port -> {
            port.leave(PRIMARY);
            now += ReceiveSettings.DEFAULT.window().toNanos();
            port.receive();
            for (int i = 0; i < 3; i++) {
                port.arriveAt(STANDBY, 1, 7000);
                assertEquals(List.of(7000L), port.receive());
            }
            assertTrue(port.counters().received() == 3);
        });
    }

    /** An announcement by the side that was just left is brought back by the network: it is none of the handler's. */
    @Test
    void shouldNotDeliverOwnBroadcastsThatComeBackByTheNewSide() throws Exception {
        check(ReceiveSettings.DEFAULT, port -> {
            port.mac(MacAddress.parse("02:00:00:00:00:09"));
            port.link(PRIMARY, false);
            port.send(1);
            port.arriveAt(STANDBY, 2, 0);
            port.arriveAt(STANDBY, 1, ONE);
            assertEquals(numbers(ONE, 1), concat(port.receive(), port.receive()));
            assertEquals(3, port.counters().suppressed(), "the one just sent as well: a net_ring gives it back");
            port.mac(MacAddress.parse("02:00:00:00:00:08"));
            port.arriveAt(STANDBY, 2, 10);
            assertEquals(numbers(10, 2), concat(port.receive(), port.receive()));
        });
    }
}
