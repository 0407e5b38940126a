package io.twinport.dataplane.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PolledQueue;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.conductor.Conductor;
import io.twinport.dataplane.engine.Lcore;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.TestEal;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a test needs around one real poll loop: EAL, mbufs, the mapped file, a failover port and its counters. Its end
 * checks that the loop has thrown nothing and that every mbuf is back.
 */
public final class LoopRig implements AutoCloseable {
    private static final int MBUFS = 4095;

    private final Path folder;
    private final MbufPool pool;
    private final CncFile cnc;
    private final Conductor conductor;
    private final PortCounters counters;
    private final FailoverPort port;
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final long events = EventLine.allocate();
    private @Nullable Lcore lcore;

    /** @param folder where {@code twinport.cnc} goes */
    public LoopRig(Path folder) {
        this(folder, () -> MbufPool.create("rig", MBUFS));
    }

    /** With another pool, made when EAL has started. */
    public LoopRig(Path folder, Supplier<MbufPool> newPool) {
        this.folder = folder;
        TestEal.start();
        pool = newPool.get();
        cnc = CncFile.create(folder.resolve("rig.cnc"));
        conductor = new Conductor(cnc);
        counters = new PortCounters(cnc.counters(), 0);
        port = new FailoverPort(0, events, counters, new PortEvents(cnc.events()));
    }

    /** Makes the loop, which does not run before {@link #start}. */
    public PollLoop newLoop(PacketHandler handler, PolledQueue... members) {
        return new PollLoop("poll", handler, List.of(members), cnc.commands(0));
    }

    /** Sets the loop going, pinned and registered. */
    public Lcore start(PollLoop loop, PacketHandler handler) {
        Lcore started = Lcore.start(TestEal.pollCpu(), loop, () -> handler.start(pool), errors::add);
        lcore = started;
        return started;
    }

    public MbufPool pool() {
        return pool;
    }

    /** Where the test may put its files. */
    public Path folder() {
        return folder;
    }

    public CncFile cnc() {
        return cnc;
    }

    /** A conductor that runs when the test calls its {@code doWork}. */
    public Conductor conductor() {
        return conductor;
    }

    /** The failover port's only queue. */
    public FailoverQueue queue() {
        return port.queue(0);
    }

    public FailoverPort port() {
        return port;
    }

    /** What the failover port counts. */
    public PortCounters counters() {
        return counters;
    }

    /** Address of the failover port's event line. */
    public long events() {
        return events;
    }

    /** Ends the loop. All devices must be removed. */
    @Override
    public void close() {
        if (lcore != null) {
            lcore.close();
        }
        cnc.close();
        assertEquals(List.of(), errors);
        assertEquals(pool.size(), pool.available(), "mbufs are missing");
        pool.close();
    }
}
