package io.twinport.dataplane.conductor;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.cnc.InputLog;
import io.twinport.dataplane.cnc.PolicyInput;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.cnc.SwitchLog;
import io.twinport.dataplane.cnc.SwitchOutcome;
import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dataplane.policy.LowerState;
import io.twinport.dataplane.policy.StandbyHealth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * The control thread beside the poll loops: turns the events of {@code twinport.cnc} into switch records and tells the
 * listeners, asks devices without link interrupts for their links, and looks whether the poll loops turn.
 */
public final class Conductor implements Agent {
    /** How often a device that raises no interrupt is asked: as often as DPDK's bonding does. */
    private static final long LINK_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** After that a switch is told without its first burst: nobody is sending. */
    private static final long BURST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Who is told of link events and of switches, on the conductor's thread. */
    public interface Listener {
        /** A switch, when its first burst is known, or when it has waited for one in vain. */
        default void onSwitch(SwitchRecord record) {}

        /** A switch after which nobody has sent yet; {@link #onSwitch} follows. */
        default void onQuietSwitch(SwitchRecord record) {}

        default void onLink(int port, int side, boolean up, long nanos) {}

        /** A side's device has joined the port, or left it. */
        default void onMembership(int port, int side, boolean joined, long nanos) {}

        /** The port's carrier has changed (R49). */
        default void onCarrier(int port, boolean on, long nanos) {}

        /** What the port says of a side has changed (R50). */
        default void onLowerState(int port, int side, LowerState state, long nanos) {}

        /** The standby's health has changed (U9). */
        default void onHealth(int port, StandbyHealth.Report health, long nanos) {}

        /** A part of a side is dead while its link is up; empty when it is started anew, or its link was away. */
        default void onFailure(int port, int side, String reason, long nanos) {}

        /** What a port's policy was told, and what it made of it. */
        default void onInput(PolicyInput input) {}

        /** Every few milliseconds, and after each switch. */
        default void onTick(long nanos) {}
    }

    private final RingBuffer events;
    private final SwitchLog log;
    private final InputLog inputs;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final List<Side> watched = new ArrayList<>();
    private final List<LoopWatch> loops = new CopyOnWriteArrayList<>();
    private final Map<Integer, SwitchRecord> waiting = new HashMap<>();
    private final Map<Integer, SwitchRecord> newest = new HashMap<>();
    private final Map<Integer, PortCarrier> carriers = new ConcurrentHashMap<>();
    private final Map<Integer, FirstBurst> early = new HashMap<>();
    private final PortEvents.Listener onEvent = new Events();
    private final MessageHandler onMessage =
            (type, buffer, index, length) -> PortEvents.dispatch(type, buffer, index, onEvent);
    private volatile long turns;
    private long lastLinkPoll = System.nanoTime();

    public Conductor(CncFile cnc) {
        this.events = cnc.events();
        this.log = new SwitchLog(cnc.switchRecords());
        this.inputs = new InputLog(cnc.policyInputs());
    }

    /** Tells a listener of all ports. */
    public void add(Listener listener) {
        listeners.add(listener);
    }

    /** Tells a listener of one port. */
    public void add(int port, Listener listener) {
        listeners.add(new OnePort(port, listener));
    }

    /**
     * From now on the device of this side is asked whether it is still there, and for its link where its driver raises no
     * interrupts.
     */
    public void watch(Side side) {
        synchronized (watched) {
            watched.add(side);
        }
    }

    /** Ends {@link #watch}; on return the conductor does not touch the device any more. */
    public void unwatch(Side side) {
        synchronized (watched) {
            watched.remove(side);
        }
    }

    /** From now on it is noticed when a poll loop does not turn. */
    public void watch(LoopWatch loop) {
        loops.add(loop);
    }

    /** Opens or closes a port: one that is closed has no carrier (R39, R40). All are open at first. Any thread. */
    public void open(int port, boolean open) {
        carrier(port).open(open);
    }

    /** A port whose poll loop hangs has no carrier: it sends nothing that it is given. Any thread. */
    public void hang(int port, boolean hangs) {
        carrier(port).hang(hangs);
    }

    /** How often it has looked at everything. Any thread. */
    public long turns() {
        return turns;
    }

    private PortCarrier carrier(int port) {
        return carriers.computeIfAbsent(port, number -> new PortCarrier());
    }

    /** Tells all listeners of a standby's health; on the conductor's thread. */
    void tellHealth(int port, StandbyHealth.Report health, long nanos) {
        listeners.forEach(listener -> listener.onHealth(port, health, nanos));
    }

    /** Tells all listeners that a side has failed, or is not said to any more; on the conductor's thread. */
    void tellFailure(int port, int side, String reason, long nanos) {
        listeners.forEach(listener -> listener.onFailure(port, side, reason, nanos));
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // by this thread alone
    public int doWork() {
        turns++;
        loops.forEach(LoopWatch::look);
        // A read ends at the ring's edge: what belongs together is read together.
        int work = events.read(onMessage) + events.read(onMessage);
        long now = System.nanoTime();
        carriers.forEach(this::tellCarrier);
        tellOverdue(now);
        listeners.forEach(listener -> listener.onTick(now));
        if (now - lastLinkPoll >= LINK_POLL_NANOS) {
            lastLinkPoll = now;
            lookAtSides();
        }
        return work;
    }

    /** Reads what is left. */
    @Override
    public void onClose() {
        doWork();
        tellOverdue(System.nanoTime() + BURST_WAIT_NANOS);
    }

    @Override
    public String roleName() {
        return "conductor";
    }

    /** Looks at the sides now, for what else has been told of their links. Any thread. */
    public void lookAtSides() {
        synchronized (watched) {
            watched.forEach(Conductor::look);
        }
    }

    private static void look(Side side) {
        side.watchRemoval();
        side.watchLink();
    }

    private void tellCarrier(int port, PortCarrier carrier) {
        if (carrier.update()) {
            listeners.forEach(listener -> listener.onCarrier(port, carrier.isOn(), carrier.nanos()));
        }
    }

    private void tellOverdue(long now) {
        waiting.values().removeIf(record -> {
            boolean overdue = now - record.decisionNanos() > BURST_WAIT_NANOS;
            if (overdue) {
                tell(record);
            }
            return overdue;
        });
    }

    private void tell(SwitchRecord record) {
        listeners.forEach(listener -> listener.onSwitch(record));
    }

    /** Of a queue that was faster than the one that tells of the switch. */
    private record FirstBurst(long sequence, long nanos) {}

    private final class Events implements PortEvents.Listener {
        @Override
        public void onSwitch(SwitchRecord told) {
            SwitchRecord record = withEarlyBurst(told);
            log.add(record);
            newest.put(record.port(), record);
            SwitchRecord before = waiting.remove(record.port());
            if (before != null) {
                tell(before);
            }
            if (record.firstBurstNanos() == 0 && record.to() != Sides.NONE) {
                waiting.put(record.port(), record);
                listeners.forEach(listener -> listener.onQuietSwitch(record));
            } else {
                tell(record);
            }
        }

        @Override
        public void onFirstBurst(int port, long sequence, long nanos) {
            SwitchRecord record = waiting.get(port);
            if (record != null && record.sequence() == sequence) {
                waiting.remove(port);
                SwitchRecord complete = record.withFirstBurst(nanos);
                log.amend(complete);
                newest.put(port, complete);
                tell(complete);
            } else {
                early.merge(
                        port,
                        new FirstBurst(sequence, nanos),
                        (first, next) -> next.sequence > first.sequence ? next : first);
            }
        }

        private SwitchRecord withEarlyBurst(SwitchRecord record) {
            FirstBurst first = early.remove(record.port());
            if (first == null || first.sequence != record.sequence()) {
                return record;
            }
            boolean earlier = record.firstBurstNanos() == 0 || first.nanos - record.firstBurstNanos() < 0;
            return earlier ? record.withFirstBurst(first.nanos) : record;
        }

        @Override
        public void onLink(int port, int side, boolean up, long nanos) {
            listeners.forEach(listener -> listener.onLink(port, side, up, nanos));
        }

        @Override
        public void onOutcome(int port, long sequence, SwitchOutcome outcome) {
            SwitchRecord record = newest.get(port);
            if (record != null && record.sequence() == sequence) {
                SwitchRecord complete = record.withOutcome(outcome);
                log.amend(complete);
                newest.put(port, complete);
                waiting.computeIfPresent(port, (p, old) -> old.sequence() == sequence ? complete : old);
            }
        }

        @Override
        public void onInput(PolicyInput input) {
            inputs.add(input);
            carrier(input.port()).told(input);
            listeners.forEach(listener -> listener.onInput(input));
            for (int side = Sides.PRIMARY; side <= Sides.STANDBY; side++) {
                tellSide(input, side);
            }
        }

        private void tellSide(PolicyInput input, int side) {
            boolean here = FailoverPolicy.isHere(input.after(), side);
            if (here != FailoverPolicy.isHere(input.before(), side)) {
                listeners.forEach(listener -> listener.onMembership(input.port(), side, here, input.nanos()));
            }
            LowerState lower = LowerState.of(input.after(), side);
            if (!lower.equals(LowerState.of(input.before(), side))) {
                listeners.forEach(listener -> listener.onLowerState(input.port(), side, lower, input.nanos()));
            }
        }
    }
}
