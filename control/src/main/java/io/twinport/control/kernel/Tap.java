package io.twinport.control.kernel;

import io.twinport.control.Engine;
import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.failover.Conductor;
import io.twinport.dataplane.failover.SwitchRecord;
import io.twinport.dataplane.ring.MbufRing;
import io.twinport.dataplane.ring.RingHandler;
import io.twinport.dpdk.MacAddress;
import io.twinport.posix.TapInterface;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NoOpIdleStrategy;

/** A failover port as one interface of the kernel's, with the port's address: ping, ssh and the rest go through it. */
public final class Tap implements AutoCloseable, Conductor.Listener {
    private static final int RING_BYTES = 1 << 16;

    private final TapInterface tap;
    private final MbufRing toKernel;
    private final MbufRing fromKernel;
    private final RingHandler handler;
    private final TapPump pump;
    private final AgentRunner runner;
    private boolean closed;

    private Tap(TapInterface tap, Engine engine, PacketPort port) {
        this.tap = tap;
        this.toKernel = new MbufRing("to-kernel", RING_BYTES);
        this.fromKernel = new MbufRing("from-kernel", RING_BYTES);
        this.handler = new RingHandler(port, toKernel, fromKernel, MbufBurst.CAPACITY);
        this.pump = new TapPump(tap, toKernel, fromKernel, engine.pool());
        this.runner = new AgentRunner(NoOpIdleStrategy.INSTANCE, engine.errorHandler(), null, pump);
    }

    /** Creates the interface and starts its thread. */
    public static Tap start(String name, Engine engine, PacketPort port) {
        Tap tap = new Tap(TapInterface.create(name), engine, port);
        // No side is ready yet (R5).
        boolean ignored = tap.tap.setCarrier(false);
        AgentRunner.startOnThread(tap.runner);
        return tap;
    }

    /** What the poll loop has to run. */
    public PacketHandler handler() {
        return handler;
    }

    /** The interface's. */
    public String name() {
        return tap.name();
    }

    public void setMac(MacAddress mac) {
        tap.setMac(mac.bytes());
    }

    /** The interface's carrier is the port's (R49). */
    @Override
    public synchronized void onCarrier(int port, boolean on, long nanos) {
        if (!closed) {
            boolean ignored = tap.setCarrier(on);
        }
    }

    @Override
    public void onSwitch(SwitchRecord record) {}

    @Override
    public void onLink(int port, int side, boolean up, long nanos) {}

    public void setMtu(int mtu) {
        tap.setMtu(mtu);
    }

    /** Frames for the kernel that it did not get: its ring was full, or the interface was down. */
    public long dropped() {
        return handler.dropped() + pump.rejected();
    }

    /** Removes the interface. The poll loop must have ended. */
    @Override
    public synchronized void close() {
        closed = true;
        runner.close();
        toKernel.close();
        fromKernel.close();
        tap.close();
    }
}
