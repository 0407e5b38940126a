package io.twinport.dataplane.failover;

import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * One port over a primary and a standby. Transmits on the primary while that is ready, else on the standby (R41), from
 * the first burst after the link status interrupt. Receives from the side that transmits, and for a moment after a
 * switch from the one that it has left; else the other side is drained all the time and its frames are counted and
 * freed, so that nothing old surfaces after a switch (U2).
 *
 * <p>Its queues are polled, each in one poll loop. All of them are made, on one thread, before a loop polls the first one.
 */
public final class FailoverPort {
    private final int id;
    private final PortSettings settings;
    private final NanoClock clock;
    private final int mostPolls;
    private final Decider decider;
    private final IdleWatch idleWatch = new IdleWatch();
    private final List<FailoverQueue> queues = new ArrayList<>();

    /** A port that fails back at once (R42), as the kernel's does. */
    public FailoverPort(int id, long events, PortCounters counters, PortEvents out) {
        this(id, events, counters, out, PortSettings.DEFAULT);
    }

    /**
     * A port of one queue.
     *
     * @param id the port's number in records and messages
     * @param events address of the {@link EventLine} of both sides
     * @param counters where queue 0 publishes what it counts
     * @param out where it tells of link events and switches
     */
    public FailoverPort(int id, long events, PortCounters counters, PortEvents out, PortSettings settings) {
        this(id, events, counters, out, settings, SystemNanoClock.INSTANCE, Receiver.MOST_POLLS);
    }

    /** For simulations: {@code clock} in place of the system's, read at one of {@code mostPolls} drained polls at least. */
    FailoverPort(
            int id,
            long events,
            PortCounters counters,
            PortEvents out,
            PortSettings settings,
            NanoClock clock,
            int mostPolls) {
        this.id = id;
        this.settings = settings;
        this.clock = clock;
        this.mostPolls = mostPolls;
        PortTotals totals = new PortTotals();
        this.decider = new Decider(id, events, settings.failback(), totals, out, clock);
        queues.add(new FailoverQueue(this, decider, decider.decision(), totals, counters, out));
    }

    /**
     * Gives the port one queue more.
     *
     * @param counters of that queue
     * @param out where it tells of first bursts; not another loop's
     */
    public FailoverQueue addQueue(PortCounters counters, PortEvents out) {
        FailoverQueue queue = new FailoverQueue(this, null, decider.decision(), new PortTotals(), counters, out);
        queues.add(queue);
        return queue;
    }

    /** One of its queues; 0 is the one that decides for all. */
    public FailoverQueue queue(int number) {
        return queues.get(number);
    }

    /** Tells all queues the port's own address, by which they know its own broadcasts when they come by the idle side (U9). Any thread. */
    public void mac(MacAddress address) {
        idleWatch.mac(address.value());
    }

    public PortSettings settings() {
        return settings;
    }

    int id() {
        return id;
    }

    NanoClock clock() {
        return clock;
    }

    int mostPolls() {
        return mostPolls;
    }

    /** What knows the port's own address. */
    IdleWatch idleWatch() {
        return idleWatch;
    }
}
