package io.twinport.dataplane;

import io.twinport.dataplane.cnc.Command;
import io.twinport.dataplane.failover.FailoverPolicy;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MbufPool;
import java.time.Duration;

/**
 * A device as a side of a port: takes it into a poll loop's set and out of it, in the only order that is safe (U6).
 * For one control thread at a time.
 */
public final class Side {
    /** Far more than a pass takes; a loop that needs longer is stuck. */
    private static final Duration LOOP_TIME = Duration.ofSeconds(2);

    private final SideDevice dev;
    private final long line;
    private final long events;
    private final PollLoop loop;
    private final int member;
    private final int side;
    private DeviceState state = DeviceState.JOINING;
    private long leaveCommand;
    private long transmittedBefore;
    private boolean linkReported;
    private volatile LinkTrust trust;

    private Side(SideDevice dev, long events, PollLoop loop, int member, int side) {
        this.dev = dev;
        this.line = SideLine.allocate();
        this.events = events;
        this.loop = loop;
        this.member = member;
        this.side = side;
        this.trust = new LinkTrust(System.nanoTime());
    }

    /** {@link #join(SideDevice, MbufPool, long, PollLoop, int, int)} of one of DPDK's ports. */
    public static Side join(EthDev dev, MbufPool pool, long events, PollLoop loop, int member, int side) {
        return join(new EthSide(dev), pool, events, loop, member, side);
    }

    /**
     * Configures and starts a device and lets the loop use it. If any step fails the steps before are undone, and the
     * device is as it was after its probe; only where the loop does not answer the device stays started, for the loop
     * may use it yet.
     *
     * @param events address of the port's {@link EventLine}, 0 if nobody waits for link events
     * @param member the port's index in the loop
     * @param side the port's side: {@code FailoverPolicy.PRIMARY} or {@code STANDBY} of a failover port
     */
    public static Side join(SideDevice dev, MbufPool pool, long events, PollLoop loop, int member, int side) {
        Side joined = of(dev, events, loop, member, side);
        dev.configure(pool);
        joined.start();
        return joined;
    }

    /**
     * A device as a side that is to join: {@link #startDevice} once it is configured, then {@link #enter}.
     *
     * @param events address of the port's {@link EventLine}, 0 if nobody waits for link events
     * @param member the port's index in the loop
     * @param side the port's side: {@code FailoverPolicy.PRIMARY} or {@code STANDBY} of a failover port
     */
    public static Side of(SideDevice dev, long events, PollLoop loop, int member, int side) {
        if (!loop.member(member).hasSide(side)) {
            throw new IllegalArgumentException("member " + member + " has no side " + side);
        }
        return new Side(dev, events, loop, member, side);
    }

    private void start() {
        startDevice();
        try {
            enter();
        } catch (StuckLoopException e) {
            throw e;
        } catch (RuntimeException e) {
            // The loop was not told, so it does not use the device.
            dev.stop();
            throw e;
        }
    }

    /** Starts the configured device, which the loop does not use yet. If it cannot start all is as before. */
    public void startDevice() {
        state = DeviceState.JOINING;
        dev.start(line, events);
    }

    /**
     * Lets the loop use the started device.
     *
     * @throws StuckLoopException if the loop does not answer; it may use the device yet
     * @throws RuntimeException if the loop could not be told; it does not use the device
     */
    public void enter() {
        leaveCommand = 0;
        linkReported = false;
        trust = new LinkTrust(System.nanoTime());
        // Before the loop uses it: what the device counts later it was given by the loop.
        transmittedBefore = dev.transmitted();
        watchLink();
        if (!await(send(Command.JOIN))) {
            // It may take it yet, so the device has to stay as it is.
            state = DeviceState.QUARANTINED;
            throw new StuckLoopException("the poll loop has not taken " + dev + " within " + LOOP_TIME.toSeconds()
                    + " s: it is stuck in its handler, or its CPU is taken by something else");
        }
        state = DeviceState.ACTIVE;
    }

    /**
     * Tells the port that the side will leave soon, so that it uses the other one if it can. A loop that is stuck does not
     * hear it, and {@link #letGo} will say so.
     */
    public void announceLeave() {
        loop.decide(
                member,
                side == FailoverPolicy.PRIMARY ? FailoverPolicy.PRIMARY_LEAVING : FailoverPolicy.STANDBY_LEAVING);
    }

    /** {@code FailoverPolicy.PRIMARY} or {@code STANDBY}. */
    public int side() {
        return side;
    }

    /**
     * Takes the device out of the loop's set.
     *
     * @return false if the loop did not let go of it in time: the device is quarantined and must not be touched, but the
     *     loop may let go yet, and the next call waits on
     */
    public boolean letGo() {
        if (leaveCommand == 0) {
            state = DeviceState.DRAINING;
            leaveCommand = send(Command.LEAVE);
        }
        boolean left = await(leaveCommand);
        state = left ? DeviceState.DRAINING : DeviceState.QUARANTINED;
        return left;
    }

    /** Stops the device after {@link #letGo} has returned true. */
    public void stop() {
        dev.stop();
        state = DeviceState.GONE;
    }

    /** {@link #letGo}, then {@link #stop}; false if the loop does not let go. */
    public boolean leave() {
        if (!letGo()) {
            return false;
        }
        stop();
        return true;
    }

    /** {@link #leave}, then closes the device and removes it. */
    public boolean remove() {
        if (!leave()) {
            return false;
        }
        dev.remove();
        return true;
    }

    /** Starts the device after {@link #leave} and lets the loop use it again; fails as {@link #join} does. */
    public void rejoin() {
        start();
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

    /** Whether the device has its link back and must be left and rejoined before the loop is told (U12). */
    public boolean needsRestart() {
        return trust.needsRestart();
    }

    /** Slots of the device's transmit ring. */
    public int txRing() {
        return SideLine.txRing(line);
    }

    /** Frames that the device says it has sent since it joined or rejoined; -1 if it does not count them. */
    public long transmitted() {
        long now = dev.transmitted();
        return now < 0 ? -1 : now - transmittedBefore;
    }

    public SideDevice dev() {
        return dev;
    }

    public DeviceState state() {
        return state;
    }

    private long send(int type) {
        return Command.send(loop.commands(), type, member, side, line);
    }

    private boolean await(long command) {
        return loop.epoch().await(command, LOOP_TIME);
    }
}
