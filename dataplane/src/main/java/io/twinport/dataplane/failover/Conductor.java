package io.twinport.dataplane.failover;

import io.twinport.dataplane.Side;
import io.twinport.dataplane.cnc.CncFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * The control thread beside the poll loops: turns the events of {@code twinport.cnc} into switch records and tells the
 * listeners, and asks devices without link interrupts for their links.
 */
public final class Conductor implements Agent {
    /** How often a device that raises no interrupt is asked: as often as DPDK's bonding does. */
    private static final long LINK_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** After that a switch without a burst on the new side is told as it is: nobody is sending. */
    private static final long BURST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Who is told of link events and of switches, on the conductor's thread. */
    public interface Listener {
        /** A switch, when its first burst is known, or when it has waited for one in vain. */
        void onSwitch(SwitchRecord record);

        void onLink(int port, int side, boolean up, long nanos);

        /** Every millisecond or so. */
        default void onTick(long nanos) {}
    }

    private final RingBuffer events;
    private final SwitchLog log;
    private final InputLog inputs;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final List<Side> watched = new ArrayList<>();
    private final Map<Integer, SwitchRecord> waiting = new HashMap<>();
    private final Map<Integer, FirstBurst> early = new HashMap<>();
    private final PortEvents.Listener onEvent = new Events();
    private final MessageHandler onMessage =
            (type, buffer, index, length) -> PortEvents.dispatch(type, buffer, index, onEvent);
    private long lastLinkPoll = System.nanoTime();

    public Conductor(CncFile cnc) {
        this.events = cnc.events();
        this.log = new SwitchLog(cnc.switchRecords());
        this.inputs = new InputLog(cnc.policyInputs());
    }

    public void add(Listener listener) {
        listeners.add(listener);
    }

    /** From now on the link of this side is asked for, where its driver raises no interrupts. */
    public void watch(Side side) {
        if (!side.dev().hasLinkInterrupts()) {
            synchronized (watched) {
                watched.add(side);
            }
        }
    }

    /** Ends {@link #watch}; on return the conductor does not touch the device any more. */
    public void unwatch(Side side) {
        synchronized (watched) {
            watched.remove(side);
        }
    }

    @Override
    public int doWork() {
        int work = events.read(onMessage);
        long now = System.nanoTime();
        tellOverdue(now);
        listeners.forEach(listener -> listener.onTick(now));
        if (now - lastLinkPoll >= LINK_POLL_NANOS) {
            lastLinkPoll = now;
            synchronized (watched) {
                watched.forEach(Side::watchLink);
            }
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
            SwitchRecord before = waiting.remove(record.port());
            if (before != null) {
                tell(before);
            }
            if (record.firstBurstNanos() == 0 && record.to() != FailoverPolicy.NONE) {
                waiting.put(record.port(), record);
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
        public void onInput(PolicyInput input) {
            inputs.add(input);
        }
    }
}
