package io.twinport.dataplane.device;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthStats;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MbufPool;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A device as a side of a port: takes it into the set of the port's poll loops and out of it, in the only order that is
 * safe (U6): whoever asks for another one gets an {@link IllegalStateException}, and nothing is done. For one control thread
 * at a time.
 */
public final class Side {
    private final SideDevice dev;
    private final long line;
    private final long events;
    private final LoopSet loops;
    private final int side;
    private DeviceState state = DeviceState.STOPPED;
    private @Nullable TransmitRelays relays;
    private int stranded;
    private long unsendableBefore;
    private long transmittedBefore;
    private Optional<EthStats> baseline = Optional.empty();
    private boolean linkReported;
    private volatile boolean removed;
    private volatile String failure = "";
    private volatile LinkTrust trust;

    private Side(SideDevice dev, long events, LoopSet loops, int side) {
        this.dev = dev;
        this.loops = loops;
        this.line = loops.lines()[0];
        this.events = events;
        this.side = side;
        this.trust = new LinkTrust(System.nanoTime());
        dev.setBurstWait(loops::awaitPass);
    }

    /** {@link #join(SideDevice, MbufPool, long, List, int)} of one of DPDK's ports, to a port of one queue. */
    public static Side join(EthDev dev, MbufPool pool, long events, LoopProxy queue, int side) {
        return join(new EthSide(dev), pool, events, queue, side);
    }

    /** {@link #join(SideDevice, MbufPool, long, List, int)} to a port of one queue. */
    public static Side join(SideDevice dev, MbufPool pool, long events, LoopProxy queue, int side) {
        return join(dev, pool, events, List.of(queue), side);
    }

    /**
     * Configures and starts a device and lets the loops use it. If any step fails the steps before are undone, and the
     * device is as it was after its probe; only where a loop does not answer the device stays started, for the loop
     * may use it yet.
     *
     * @param events address of the port's {@link EventLine}, 0 if nobody waits for link events
     * @param queues of the port; the first one decides which side transmits
     * @param side the port's side: {@code Sides.PRIMARY} or {@code STANDBY} of a failover port
     */
    public static Side join(SideDevice dev, MbufPool pool, long events, List<LoopProxy> queues, int side) {
        Side joined = of(dev, events, queues, side);
        dev.configure(pool, queues.size());
        joined.rejoin();
        return joined;
    }

    /**
     * A device as a side that is to join: {@link #startDevice} once it is configured, then {@link #enter}.
     *
     * @param events address of the port's {@link EventLine}, 0 if nobody waits for link events
     * @param queues of the port; the first one decides which side transmits
     * @param side the port's side: {@code Sides.PRIMARY} or {@code STANDBY} of a failover port
     */
    public static Side of(SideDevice dev, long events, List<LoopProxy> queues, int side) {
        return new Side(dev, events, new LoopSet(queues, side), side);
    }

    /** Starts the device, which is configured or stopped. If it cannot start all is as before. */
    public void startDevice() {
        require(DeviceState.STOPPED, "be started");
        for (long each : loops.lines()) {
            SideLine.forgetFaults(each);
        }
        dev.start(loops.lines(), events);
        state = DeviceState.STARTED;
    }

    /**
     * Lets the loops use the started device.
     *
     * @throws StuckLoopException if a loop does not answer; it may use the device yet
     * @throws RuntimeException if the loops could not be told; none of them uses the device
     */
    public void enter() {
        require(DeviceState.STARTED, "be used");
        linkReported = false;
        stranded = 0;
        failure = "";
        unsendableBefore = unsendableEver();
        trust = new LinkTrust(System.nanoTime());
        relays = TransmitRelays.lay(loops, dev.txQueues());
        try {
            // Before the loops use it: what the device counts later it was given by them.
            transmittedBefore = dev.transmitted();
            baseline = dev.statistics();
            watchLink();
            loops.join();
        } catch (StuckLoopException e) {
            // The loop may take it yet, so the device has to stay as it is.
            state = DeviceState.LEAVING;
            throw new StuckLoopException(dev + ": " + e.getMessage());
        } catch (RuntimeException e) {
            flush();
            throw e;
        }
        state = DeviceState.ACTIVE;
    }

    /**
     * Tells the port that the side will leave soon, so that it uses the other one if it can. A loop that is stuck does not
     * hear it, and {@link #letGo} will say so.
     */
    public void announceLeave() {
        loops.decide(side == Sides.PRIMARY ? FailoverPolicy.PRIMARY_LEAVING : FailoverPolicy.STANDBY_LEAVING);
    }

    /** {@code Sides.PRIMARY} or {@code STANDBY}. */
    public int side() {
        return side;
    }

    /**
     * Takes the device out of the loops' set.
     *
     * @return true if no loop uses the device; false if a loop has not left it in time and may use it yet: then the device
     *     stays as it is, and the next call waits on
     */
    public boolean letGo() {
        if (state == DeviceState.ACTIVE || state == DeviceState.LEAVING) {
            state = DeviceState.LEAVING;
            if (!loops.leave()) {
                return false;
            }
            state = DeviceState.STARTED;
            flush();
        }
        return true;
    }

    /** No loop uses the device: what one loop had for another one's transmit queue is sent here. */
    private void flush() {
        if (relays != null) {
            stranded = relays.flush();
            relays = null;
        }
    }

    /** Frames that the port's queues have sent by this side and that the device did not take before it was left. */
    public int stranded() {
        return stranded;
    }

    /**
     * Stops the device, if it is not stopped.
     *
     * @throws IllegalStateException if a poll loop may use it: {@link #letGo} has not returned true
     */
    public void stop() {
        requireUnused("be stopped");
        if (state == DeviceState.STARTED) {
            // Also where its driver fails: more than to tell it cannot be done.
            state = DeviceState.STOPPED;
            dev.stop();
        }
    }

    /**
     * Closes the device and gives it back; also one that its driver could not stop.
     *
     * @throws IllegalStateException if a poll loop may use it: {@link #letGo} has not returned true
     */
    public void close() {
        requireUnused("be closed");
        state = DeviceState.CLOSED;
        dev.remove();
    }

    /** {@link #letGo}, {@link #stop} and {@link #close}; false if a poll loop may use the device yet, which stays as it is. */
    public boolean remove() {
        if (!letGo()) {
            return false;
        }
        stop();
        close();
        return true;
    }

    /** Starts the device after {@link #stop} and lets the loops use it again; fails as {@link #join} does. */
    public void rejoin() {
        startDevice();
        try {
            enter();
        } catch (StuckLoopException e) {
            throw e;
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
    }

    private void require(DeviceState needed, String what) {
        if (state != needed) {
            throw new IllegalStateException(dev + " cannot " + what + ": it is " + state);
        }
    }

    private void requireUnused(String what) {
        if (state == DeviceState.ACTIVE || state == DeviceState.LEAVING) {
            throw new IllegalStateException(dev + " cannot " + what + ": a poll loop may use it");
        }
    }

    /**
     * For devices without link interrupts, which the loop may not ask: asks the driver, and tells the loop of a
     * change. Called every few milliseconds.
     */
    public void watchLink() {
        if (dev.hasLinkInterrupts()) {
            return;
        }
        boolean up = dev.isLinkUp();
        if (dev.needsRestartAfterLinkLoss()) {
            up = trust.trusts(up, System.nanoTime());
        }
        if (up != linkReported) {
            linkReported = up;
            SideLine.reportLink(line, up);
            if (events != 0) {
                EventLine.edge(events, System.nanoTime());
            }
        }
    }

    /**
     * Asks whether the device has gone; from then on the loop takes its link for down, and {@link #isRemoved} says so.
     * Called every few milliseconds.
     */
    public void watchRemoval() {
        if (!removed && dev.isRemoved()) {
            removed = true;
            SideLine.reportRemoved(line);
            if (events != 0) {
                EventLine.edge(events, System.nanoTime());
            }
        }
    }

    /** Whether the device has gone without a word, and should be left and removed. Any thread. */
    public boolean isRemoved() {
        return removed;
    }

    /** Whether the device was reset, or has its link back and must be left and rejoined before the loop is told (U12). */
    public boolean needsRestart() {
        return trust.needsRestart() || dev.wasReset();
    }

    /**
     * A part of the device does not work though its link is up, and it needs to be started anew. It stays in use where there is
     * no better side: whoever finds this tells the port's policy.
     *
     * @param reason in words, why; empty when it is not to be said any more
     */
    public void fail(String reason) {
        failure = reason;
    }

    /** Why the side needs to be started anew, since it last was; empty if it does not. Any thread. */
    public String failure() {
        return failure;
    }

    /** Transmit queues of the device that the port uses. */
    public int txQueues() {
        return Math.min(loops.lines().length, dev.txQueues());
    }

    /** Passes of the poll loop that sends by a transmit queue of the device. Any thread. */
    public long passes(int txQueue) {
        return loops.epoch(txQueue).passes();
    }

    /**
     * Frames that the port's queues have sent by this side since it joined or rejoined and that were freed, because they could
     * never be sent. Any thread.
     */
    public long unsendable() {
        return unsendableEver() - unsendableBefore;
    }

    private long unsendableEver() {
        return Arrays.stream(loops.lines()).map(SideLine::unsendable).sum();
    }

    /** Slots of the device's transmit rings, of all queues. */
    public int txRing() {
        return SideLine.txRing(line) * txQueues();
    }

    /** Frames that the device says it has sent since it joined or rejoined; -1 if it does not count them. */
    public long transmitted() {
        long now = dev.transmitted();
        return now < 0 ? -1 : now - transmittedBefore;
    }

    /** What the device showed when it last started, before the loop used it (R26). */
    public Optional<EthStats> baseline() {
        return baseline;
    }

    public SideDevice dev() {
        return dev;
    }
}
