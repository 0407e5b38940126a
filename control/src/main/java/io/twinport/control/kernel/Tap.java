package io.twinport.control.kernel;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.conductor.Conductor;
import io.twinport.dataplane.engine.Engine;
import io.twinport.dataplane.handler.MbufRing;
import io.twinport.dataplane.handler.RingHandler;
import io.twinport.dataplane.virtqueue.NetHeader;
import io.twinport.dpdk.MacAddress;
import io.twinport.posix.Errno;
import io.twinport.posix.PosixException;
import io.twinport.posix.TapInterface;
import io.twinport.posix.TapQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NoOpIdleStrategy;

/**
 * A failover port as one kernel interface, with the port's address: ping, ssh and the rest go through it. Each
 * queue of the port has its own of the interface, with a pair of rings and a thread. Any thread.
 */
public final class Tap implements PortInterface, AutoCloseable, Conductor.Listener {
    private static final int RING_BYTES = 1 << 16;

    private final String name;
    private final boolean offloads;
    private final List<Queue> queues = new ArrayList<>();
    private TapInterface tap;
    private Optional<MacAddress> mac = Optional.empty();
    private int mtu;
    private boolean carrier;
    private boolean closed;

    /** What moves the frames of a queue: a ring each way, the poll thread's half and the other thread. */
    private record Queue(
            MbufRing toKernel, MbufRing fromKernel, RingHandler handler, TapPump pump, AgentRunner runner) {
        static Queue of(String name, TapQueue tap, TapFrames frames, Engine engine, PacketPort port) {
            MbufRing toKernel = new MbufRing("to-kernel", RING_BYTES);
            MbufRing fromKernel = new MbufRing("from-kernel", RING_BYTES);
            TapPump pump = new TapPump(name, tap, frames, toKernel, fromKernel, engine.pool());
            return new Queue(
                    toKernel,
                    fromKernel,
                    new RingHandler(port, toKernel, fromKernel, MbufBurst.CAPACITY),
                    pump,
                    new AgentRunner(NoOpIdleStrategy.INSTANCE, engine.errorHandler(), null, pump));
        }

        long dropped() {
            return handler.dropped() + pump.rejected();
        }

        void close() {
            runner.close();
            toKernel.close();
            fromKernel.close();
        }
    }

    private Tap(String name, Engine engine, List<? extends PacketPort> ports, boolean offloads) {
        this.name = name;
        this.offloads = offloads;
        this.tap = make(ports.size());
        for (PacketPort port : ports) {
            int number = queues.size();
            String thread = "tap-" + name + (number == 0 ? "" : "-" + number);
            TapFrames frames = offloads ? new OffloadedFrames() : new PlainFrames();
            queues.add(Queue.of(thread, tap.queues().get(number), frames, engine, port));
        }
        // No side is ready yet (R5).
        tap.setCarrier(false);
        queues.forEach(queue -> AgentRunner.startOnThread(queue.runner()));
    }

    private TapInterface make(int count) {
        return TapInterface.create(name, count, offloads ? NetHeader.LENGTH : 0);
    }

    /**
     * Creates the interface and starts its threads.
     *
     * @param ports a queue of the port each
     * @param offloads whether the kernel leaves checksums to the port, which has promised to write them
     */
    public static Tap start(String name, Engine engine, List<? extends PacketPort> ports, boolean offloads) {
        return new Tap(name, engine, ports, offloads);
    }

    /** What the poll loop of a queue has to run. */
    public PacketHandler handler(int queue) {
        return queues.get(queue).handler();
    }

    /** That which it was created with. */
    public String name() {
        return name;
    }

    /** Its present name; empty when it has been deleted. */
    public synchronized String presentName() {
        return closed ? "" : tap.name();
    }

    /** Its number; empty when it has been deleted, or is in another network namespace. */
    public synchronized OptionalInt index() {
        return closed ? OptionalInt.empty() : tap.index();
    }

    @Override
    public synchronized Optional<MacAddress> mac() {
        return mac;
    }

    /** Now, or when it is made again. */
    @Override
    public synchronized void setMac(MacAddress wanted) {
        mac = Optional.of(wanted);
        whereItIs(() -> tap.setMac(wanted.bytes()));
    }

    @Override
    public synchronized int mtu() {
        return mtu;
    }

    /** Now, or when it is there again. */
    @Override
    public synchronized void setMtu(int wanted) {
        mtu = wanted;
        whereItIs(() -> tap.setMtu(wanted));
    }

    /** An interface that has been deleted cannot be set, and the MTU of one in another network namespace is not ours to set. */
    private static void whereItIs(Runnable action) {
        try {
            action.run();
        } catch (PosixException e) {
            if (e.errno() != Errno.ENODEV) {
                throw e;
            }
        }
    }

    /** The interface's carrier is the port's (R49). */
    @Override
    public synchronized void onCarrier(int port, boolean on, long nanos) {
        carrier = on;
        if (!closed) {
            tap.setCarrier(on);
        }
    }

    /**
     * Makes the interface again after somebody has deleted it: down, with the port's address, MTU and carrier. What its user
     * had set on it has gone with it.
     *
     * @throws PosixException if that cannot be; then it may be tried again
     */
    synchronized void remake() {
        TapInterface made = make(queues.size());
        tap = made;
        for (int q = 0; q < queues.size(); q++) {
            queues.get(q).pump().use(made.queues().get(q));
        }
        made.setCarrier(carrier);
        mac.ifPresent(this::setMac);
        setMtu(mtu);
    }

    /** Frames for the kernel that it did not get: its ring was full, or the interface was down or deleted. */
    public long dropped() {
        return queues.stream().mapToLong(Queue::dropped).sum();
    }

    /** Removes the interface. The poll loop must have ended. */
    @Override
    public synchronized void close() {
        closed = true;
        queues.forEach(Queue::close);
    }
}
