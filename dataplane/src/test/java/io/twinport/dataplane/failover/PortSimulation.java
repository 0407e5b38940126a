package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static io.twinport.dataplane.failover.RingedPort.numbers;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.failover.PortModel.Completion;
import io.twinport.dataplane.failover.PortModel.Failback;
import io.twinport.dataplane.failover.ReceiveSettings.Mode;
import io.twinport.dataplane.line.TxCompletion;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dpdk.testing.Frames;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * A real failover port beside its {@link PortModel}, through the same random history: bursts, arriving frames, links
 * that change with an interrupt, late, or without one, devices that join and leave, operators, full rings, time that
 * jumps. After each step both must have said the same.
 */
final class PortSimulation implements AutoCloseable {
    private static final int MOST_REMEMBERED = 40;

    /** As many as the port remembers without forgetting one. */
    private static final int MOST_AWAITED = 1000;

    private static final Duration WAIT = Duration.ofMillis(10);

    private final long seed;
    private final Random random;
    private final Deque<String> history = new ArrayDeque<>();
    private final ReceiveSettings receive;
    private final RingedPort port;
    private final PortModel model;
    private long now = 1;
    private long nextSent;
    private long nextArrival = 1L << 40;
    private long lastArrival = nextArrival;
    private int lastCount;

    PortSimulation(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        Failback failback = pick(Failback.values());
        boolean damping = random.nextBoolean();
        FailbackSettings settings = new FailbackSettings(failback.event, WAIT, damping);
        receive = new ReceiveSettings(
                pick(Mode.values()),
                pick(Duration.ZERO, Duration.ofNanos(100_000), Duration.ofMillis(1), Duration.ofMillis(10)),
                pick(Duration.ZERO, Duration.ofMillis(5), Duration.ofMillis(100)));
        HoldSettings hold = new HoldSettings(
                pick(Duration.ZERO, Duration.ofNanos(20_000), Duration.ofMillis(4), WAIT.multipliedBy(10)),
                pick(64, 512));
        Completion ofPrimary = pick(Completion.values());
        Completion ofStandby = pick(Completion.values());
        port = new RingedPort(PortSettings.DEFAULT.with(settings).with(receive).with(hold), () -> now);
        port.completion(PRIMARY, kind(ofPrimary));
        port.completion(STANDBY, kind(ofStandby));
        model = new PortModel(
                failback,
                damping,
                WAIT.toNanos(),
                FailbackSettings.SETTLE.toNanos(),
                receive,
                port.ringCapacity(),
                hold.time().toNanos(),
                hold.mbufs(),
                ofPrimary,
                ofStandby);
        history.add("starts with " + settings + ", " + receive + ", " + hold + ", completion " + ofPrimary + ", "
                + ofStandby);
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
            check("transmits", model.active(), port.active());
        }
        PortCounters counters = port.counters();
        check(
                "frames sent",
                model.sent(),
                counters.get(PortCounter.SENT_BY_PRIMARY) + counters.get(PortCounter.SENT_BY_STANDBY));
        check("frames refused", model.refused(), counters.get(PortCounter.REFUSED));
        check("frames dropped", model.dropped(), counters.get(PortCounter.DROPPED));
        check("frames held", model.held(), counters.get(PortCounter.HELD));
        check("frames held and dropped", model.holdDropped(), counters.get(PortCounter.HOLD_DROPPED));
        check("frames resent", model.resent(), counters.get(PortCounter.RESENT));
        check("switches not drained", model.notDrained(), counters.get(PortCounter.NOT_DRAINED));
        check(
                "each frame",
                nextSent,
                counters.get(PortCounter.SENT_BY_PRIMARY)
                        + counters.get(PortCounter.SENT_BY_STANDBY)
                        - counters.get(PortCounter.RESENT)
                        + counters.get(PortCounter.REFUSED)
                        + counters.get(PortCounter.DROPPED)
                        + counters.get(PortCounter.HOLD_DROPPED)
                        + model.waiting());
        check("frames received", model.received(), counters.get(PortCounter.RECEIVED));
        check("frames suppressed", model.suppressed(), counters.get(PortCounter.SUPPRESSED));
        check("frames that were copies", model.duplicates(), counters.get(PortCounter.DUPLICATES));
        check("frames looked back at", model.lookedBack(), counters.get(PortCounter.LOOKBACK));
        check("frames forgotten", 0L, counters.get(PortCounter.FORGOTTEN));
        check("switches", model.switches(), counters.get(PortCounter.SWITCHES));
        port.told();
    }

    private void step() {
        now += random.nextInt(1000);
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5 -> send();
            case 6, 7, 8, 9, 10, 11, 12 -> receive();
            case 13, 14 -> arrive();
            case 15 -> take();
            case 16, 17 -> link(pick(PRIMARY, PRIMARY, STANDBY), random.nextBoolean());
            case 18 -> flap();
            case 19 -> edge();
            case 20 -> joinOrLeave(pick(PRIMARY, PRIMARY, STANDBY));
            case 21 ->
                pass(pick(
                        receive.lookback().dividedBy(3),
                        receive.lookback(),
                        Handover.BLIND.dividedBy(4),
                        Handover.BLIND,
                        WAIT.dividedBy(3),
                        WAIT,
                        receive.window().dividedBy(2),
                        WAIT.multipliedBy(20),
                        FailbackSettings.SETTLE));
            case 22 -> receiveUntilHousekeeping();
            default -> operate();
        }
    }

    private void send() {
        int count = 1 + random.nextInt(32);
        note("send " + count);
        int taken = model.send(numbers(nextSent, count), now);
        nextSent += count;
        check("taken", taken, port.send(count));
    }

    private void receive() {
        note("receive");
        check("delivered", model.receive(now), port.receive());
    }

    private void receiveUntilHousekeeping() {
        for (int i = 0; i < RingedPort.HOUSEKEEPING_POLLS; i++) {
            receive();
        }
    }

    /** Frames that were never seen, or copies of those that came last, by the same side or the other one. */
    private void arrive() {
        int side = pick(PRIMARY, STANDBY);
        if (random.nextInt(3) > 0) {
            lastCount = pick(1, 5, 32, 300);
            lastArrival = random.nextBoolean() ? nextArrival | Frames.UNICAST : nextArrival;
            nextArrival += lastCount;
        }
        if (model.remembered(now) > MOST_AWAITED) {
            pass(DuplicateFilter.PAIRING.plusNanos(1));
        }
        int count = Math.min(lastCount, model.room(side));
        note(count + " from " + lastArrival + " on arrive at " + side);
        model.arrive(side, numbers(lastArrival, count), now);
        port.arriveAt(side, count, lastArrival);
    }

    private void take() {
        int side = pick(PRIMARY, STANDBY);
        note("wire takes from " + side);
        check("on the wire", model.take(side), port.takeFrom(side));
    }

    /** With an interrupt, or with one that comes later, or never. */
    private void link(int side, boolean up) {
        note("link of " + side + (up ? " up" : " down"));
        model.link(side, up);
        port.linkWithoutEvent(side, up);
        if (random.nextInt(3) > 0) {
            edge();
        }
    }

    /** Down and up again, before or after the port could see it. */
    private void flap() {
        int side = pick(PRIMARY, STANDBY);
        link(side, false);
        if (random.nextBoolean()) {
            send();
        }
        link(side, true);
    }

    private void edge() {
        note("interrupt");
        model.edge();
        port.edge();
    }

    private void joinOrLeave(int side) {
        if (model.joined(side)) {
            note(side + " leaves");
            model.leave(side, now);
            port.leave(side);
        } else {
            note(side + " joins");
            model.join(side, now);
            port.join(side);
        }
    }

    private void pass(Duration time) {
        note(time + " pass");
        now += time.toNanos();
    }

    private void operate() {
        int event = FailoverPolicy.FAILBACK_COMMANDED
                + random.nextInt(FailoverPolicy.EVENTS - FailoverPolicy.FAILBACK_COMMANDED);
        note("operator: " + PolicyText.event(event));
        switch (event) {
            case FailoverPolicy.FAILBACK_COMMANDED -> model.commandFailback(now);
            case FailoverPolicy.DAMPING_ON, FailoverPolicy.DAMPING_OFF ->
                model.damping(event == FailoverPolicy.DAMPING_ON, now);
            case FailoverPolicy.PRIMARY_LEAVING -> model.leaving(PRIMARY, now);
            case FailoverPolicy.STANDBY_LEAVING -> model.leaving(STANDBY, now);
            case FailoverPolicy.PRIMARY_SILENT -> model.silent(now);
            case FailoverPolicy.PRIMARY_STALLED -> model.stalled(now);
            case FailoverPolicy.PRIMARY_FAILED -> model.failed(now);
            case FailoverPolicy.PRIMARY_RESUMED -> model.resumed(now);
            case FailoverPolicy.STANDBY_DEAD, FailoverPolicy.STANDBY_ALIVE ->
                model.dead(event == FailoverPolicy.STANDBY_DEAD, now);
            case FailoverPolicy.FORCED_NONE, FailoverPolicy.FORCED_PRIMARY, FailoverPolicy.FORCED_STANDBY ->
                model.force(event - FailoverPolicy.FORCED_NONE, now);
            default -> model.failback(Failback.of(event), now);
        }
        port.decide(event);
    }

    private static int kind(Completion completion) {
        return switch (completion) {
            case AT_ONCE -> TxCompletion.AT_ONCE;
            case TAKEN -> TxCompletion.REFERENCES;
            case NEVER -> TxCompletion.TIME;
        };
    }

    private void note(String step) {
        history.add(step);
        if (history.size() > MOST_REMEMBERED) {
            history.remove();
        }
    }

    private void check(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            assertEquals(expected, actual, what + "; seed " + seed + ", the last steps: " + history);
        }
    }

    @SafeVarargs
    private <T> T pick(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Gives the devices back, and sees that no mbuf is missing. */
    @Override
    public void close() {
        List.of(PRIMARY, STANDBY).forEach(port::takeFrom);
        port.close();
    }
}
