package io.twinport.dataplane.warmup;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.failover.Handover;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.line.TxCompletion;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.status.CountersManager;

/** A failover port that exists for the {@link WarmUp}, and everything that may happen to it. */
final class ScratchPort implements AutoCloseable {
    /** In most rounds; the rest is what happens in few. */
    private static final int POLLS = 16;

    private static final int MANY_POLLS = 300;

    /** Frames in a burst: the loops over a burst are learnt from few, and a switch costs what its frames cost. */
    private static final int FRAMES = 4;

    private static final int FRAME_BYTES = 60;

    private final long events = EventLine.allocate();
    private final MbufBurst burst = new MbufBurst();
    private final List<ScratchSide> sides = new ArrayList<>();
    private final List<FailoverQueue> followers = new ArrayList<>();
    private final MbufAllocator allocator;
    private final PortEvents out;
    private final FailoverPort port;
    private final FailoverQueue queue;
    private final ScratchSide primary;
    private final ScratchSide standby;

    /** @param primary is closed by {@link #close}, as {@code standby} is */
    ScratchPort(
            MbufPool pool,
            PortSettings settings,
            ScratchSide primary,
            ScratchSide standby,
            CountersManager counters,
            PortEvents out) {
        this.primary = primary;
        this.standby = standby;
        sides.add(primary);
        sides.add(standby);
        allocator = MbufAllocator.ofThisThread(pool);
        this.out = out;
        port = new FailoverPort(0, events, new PortCounters(counters, 0), out, settings);
        queue = port.queue(0);
        queue.join(Sides.PRIMARY, primary.line());
        queue.join(Sides.STANDBY, standby.line());
    }

    /** Gives the port a queue more. */
    void follow(MbufPool pool, CountersManager counters) {
        FailoverQueue follower = port.addQueue(new PortCounters(counters, 1), out);
        for (int side = Sides.PRIMARY; side <= Sides.STANDBY; side++) {
            ScratchDevice device = new ScratchDevice(pool, TxCompletion.REAPED_REFERENCES);
            sides.add(device);
            follower.join(side, device.line());
        }
        followers.add(follower);
    }

    /** The primary's link goes up or down, and traffic goes on. */
    void round(int i) {
        primary.link(i % 2 == 0);
        // Now and then neither side is ready.
        standby.link(i % 64 != 1);
        // Some changes are seen in the word before the interrupt says so.
        if (i % 4 != 3) {
            EventLine.edge(events, System.nanoTime());
        }
        poll(i % 128 == 0 ? MANY_POLLS : i % POLLS);
        for (int n = 0; n <= i % 3; n++) {
            transmit(FRAMES);
        }
        transmit(0); // as an idle handler does
        switch (i % 256) {
            case 32, 64, 96, 160, 192, 224 -> byOperator();
            case 130 -> replug(primary, Sides.PRIMARY);
            case 150 -> unplugBoth();
            case 140 -> awaitHandover();
            default -> {}
        }
        sides.forEach(ScratchSide::turn);
    }

    /** What the sides hold is given back. */
    @Override
    public void close() {
        queue.leave(Sides.PRIMARY);
        queue.leave(Sides.STANDBY);
        for (FailoverQueue follower : followers) {
            follower.leave(Sides.PRIMARY);
            follower.leave(Sides.STANDBY);
        }
        sides.forEach(ScratchSide::close);
    }

    private void byOperator() {
        queue.decide(FailoverPolicy.FORCED_STANDBY);
        poll(POLLS);
        transmit(FRAMES);
        queue.decide(FailoverPolicy.FORCED_NONE);
    }

    private void replug(ScratchSide side, int number) {
        queue.leave(number);
        transmit(FRAMES);
        queue.join(number, side.line());
    }

    private void unplugBoth() {
        queue.leave(Sides.PRIMARY);
        replug(standby, Sides.STANDBY);
        queue.join(Sides.PRIMARY, primary.line());
    }

    /** Of devices that make a switch wait for longer than a round. */
    private void awaitHandover() {
        long start = System.nanoTime();
        while (queue.transmittingSide() != queue.activeSide()
                && System.nanoTime() - start < Handover.LONGEST.toNanos()) {
            poll(1);
            transmit(FRAMES);
        }
    }

    private void poll(int times) {
        for (int i = 0; i < times; i++) {
            receive(queue);
            followers.forEach(this::receive);
        }
    }

    private void transmit(int frames) {
        transmit(queue, frames);
        followers.forEach(follower -> transmit(follower, frames));
    }

    private void receive(PacketPort by) {
        burst.free(0, by.rxBurst(burst.address(), MbufBurst.CAPACITY));
    }

    private void transmit(PacketPort by, int frames) {
        int count = allocator.allocate(burst.address(), frames);
        for (int i = 0; i < count; i++) {
            Mbuf.length(burst.get(i), FRAME_BYTES);
        }
        burst.free(by.txBurst(burst.address(), count), count);
    }
}
