package io.twinport.dataplane;

import io.twinport.dataplane.cnc.Command;
import io.twinport.dpdk.DpdkException;
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
    private boolean linkReported;

    private Side(SideDevice dev, long events, PollLoop loop, int member, int side) {
        this.dev = dev;
        this.line = SideLine.allocate();
        this.events = events;
        this.loop = loop;
        this.member = member;
        this.side = side;
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
        if (!loop.member(member).hasSide(side)) {
            throw new IllegalArgumentException("member " + member + " has no side " + side);
        }
        Side joined = new Side(dev, events, loop, member, side);
        dev.configure(pool);
        dev.start(joined.line, events);
        try {
            joined.watchLink();
            if (!joined.command(Command.JOIN)) {
                joined.state = DeviceState.QUARANTINED;
            }
        } catch (RuntimeException e) {
            // The loop was not told, so it does not use the device.
            dev.stop();
            throw e;
        }
        if (joined.state == DeviceState.QUARANTINED) {
            // It may take it yet, so the device has to stay as it is.
            throw new DpdkException("the poll loop has not taken " + dev + " within " + LOOP_TIME.toSeconds()
                    + " s: it is stuck in its handler, or its CPU is taken by something else");
        }
        joined.state = DeviceState.ACTIVE;
        return joined;
    }

    /**
     * Takes the device out of the loop's set, and stops it.
     *
     * @return false if the loop did not let go of it in time: the device is quarantined and must not be removed
     */
    public boolean leave() {
        state = DeviceState.DRAINING;
        if (!command(Command.LEAVE)) {
            state = DeviceState.QUARANTINED;
            return false;
        }
        dev.stop();
        state = DeviceState.GONE;
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

    /**
     * For devices without link interrupts, which the loop may not ask: asks the driver, and tells the loop of a
     * change. Called every few milliseconds.
     */
    public void watchLink() {
        if (dev.hasLinkInterrupts()) {
            return;
        }
        boolean up = dev.isLinkUp();
        if (up != linkReported) {
            linkReported = up;
            SideLine.reportLink(line, up);
            if (events != 0) {
                EventLine.edge(events, System.nanoTime());
            }
        }
    }

    public SideDevice dev() {
        return dev;
    }

    public DeviceState state() {
        return state;
    }

    private boolean command(int type) {
        long id = Command.send(loop.commands(), type, member, side, line);
        return loop.epoch().await(id, LOOP_TIME);
    }
}
