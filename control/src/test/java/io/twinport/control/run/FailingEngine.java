package io.twinport.control.run;

import io.twinport.control.lab.Wire;
import io.twinport.control.lab.WireDriver;
import io.twinport.control.lab.Wiring;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.engine.Engine;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dpdk.EalArguments;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MbufPool;
import io.twinport.posix.Folder;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A process of its own whose work with an engine fails while a device is in use. */
public final class FailingEngine {
    /** How. */
    enum Failure {
        /** Its loop hangs, and a device is to be taken out of it. */
        LOOP_KEEPS_DEVICE,
        /** Its loop hangs, and nobody has asked for the device. */
        LOOP_DOES_NOT_END,
        /** Something else, and nobody has removed the device. */
        DEVICE_IS_LEFT
    }

    private static final int MBUFS = 1023;
    private static final int MEGABYTES = 128;
    private static final int CPU = 1;

    private FailingEngine() {}

    /** Receives nothing, and from some time on does not return. */
    private static final class Hanging implements PacketHandler {
        private volatile boolean hangs;

        @Override
        public void start(MbufPool pool) {}

        @Override
        public int poll() {
            while (hangs) {
                Thread.onSpinWait();
            }
            return 0;
        }
    }

    public static void main(String[] arguments) {
        Failure failure = Failure.valueOf(arguments[0]);
        EalArguments eal = new EalArguments(new TreeSet<>(Set.of(CPU)), List.of(), List.of("--no-huge"));
        try (Folder folder = Folder.create("twinport-failing")) {
            Object ignored = EngineEnd.after(
                    () -> Engine.start(
                            eal.withMemoryAtHand(MEGABYTES), folder.path().resolve("failing.cnc"), MBUFS),
                    engine -> fail(engine, folder.path(), failure));
        } catch (IllegalStateException e) {
            System.out.println("failed: " + e.getMessage());
            System.exit(1);
        }
    }

    private static Object fail(Engine engine, Path folder, Failure failure) {
        long events = EventLine.allocate();
        FailoverPort near = new FailoverPort(
                0, events, new PortCounters(engine.cnc().counters(), 0), engine.newPortEvents(), PortSettings.DEFAULT);
        Hanging handler = new Hanging();
        PollLoop loop = engine.newLoop("poll", handler, List.of(near.queue(0), new BarePort()));
        engine.run(loop, handler, engine.pollCpu());
        Wiring wiring = new Wiring(WireDriver.DPDK, folder, "02:00:00:00:00:01", engine.pool(), loop, events);
        Wire wire = wiring.lay(Sides.PRIMARY);
        handler.hangs = failure != Failure.DEVICE_IS_LEFT;
        if (failure == Failure.LOOP_KEEPS_DEVICE) {
            wire.remove();
        }
        throw new IllegalStateException("there is " + wire);
    }
}
