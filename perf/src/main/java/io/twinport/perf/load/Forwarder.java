package io.twinport.perf.load;

import io.twinport.perf.launch.CpuWait;
import io.twinport.perf.launch.Launch;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.launch.Session;
import io.twinport.perf.launch.TestpmdCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A process that forwards from a device to itself on the rig's poll CPU, until it is closed. */
public final class Forwarder implements AutoCloseable {
    // What it says, and what it is told; also in baseline/stall.c.
    static final String RUNNING = "running";
    static final String RECORD = "record";
    static final String PASSES = "passes";
    static final String PASS = "pass";

    private static final String VERSION = "DPDK ";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Session session;
    private final int cpu;
    private final String dpdk;

    private Forwarder(Session session, Rig rig, String dpdk) {
        this.session = session;
        this.cpu = rig.pollCpu();
        this.dpdk = dpdk;
    }

    /**
     * Starts one of ours, and returns when it runs.
     *
     * @param collector in place of the launcher's
     */
    public static Forwarder ours(String name, LoopSetup setup, @Nullable Collector collector) {
        List<String> command = Launch.java(LoopChild.class, setup.toArguments());
        if (collector != null) {
            // A cache of the launcher's was made with the launcher's collector.
            command = Launch.javaWithoutCache(LoopChild.class, setup.toArguments());
            command.removeIf(argument -> argument.matches("-XX:\\+Use.*GC"));
            command.add(1, collector.flag());
        }
        return running(name, command, setup.rig());
    }

    /**
     * Starts {@code stall.c}, and returns when it runs.
     *
     * @param program it, compiled
     */
    public static Forwarder stall(Path program, Rig rig, String devargs) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(rig.ealOfC("bench-stall"));
        command.add("--vdev=" + devargs);
        return running("stall", command, rig);
    }

    private static Forwarder running(String name, List<String> command, Rig rig) {
        Session session = Session.start(name, command);
        try {
            String dpdk = VERSION + session.await(VERSION, LIMIT);
            session.await(RUNNING, LIMIT);
            return new Forwarder(session, rig, dpdk);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Starts {@code dpdk-testpmd}, which has no passes to tell; it does not say when it runs. */
    static Forwarder testpmd(Rig rig, String devargs, int burst) {
        List<String> eal = new ArrayList<>(rig.ealOfC("testpmd"));
        eal.add("--vdev=" + devargs);
        Session session = Session.start("testpmd", TestpmdCommand.of(eal, "io", burst, List.of()));
        session.say("start");
        return new Forwarder(session, rig, "");
    }

    /** The release that it runs on, empty where it does not say. */
    public String dpdk() {
        return dpdk;
    }

    /** Nanoseconds so far in which another process had the CPU of its loop. */
    public long waited() {
        return CpuWait.nanos(session.pid(), cpu);
    }

    /** Begins a record of the passes, of a timed one of ours or of {@code stall.c}. */
    public void record() {
        session.say(RECORD);
    }

    /** Ends the record. */
    public Histogram passes() {
        session.say(PASSES);
        return Times.read(PASS, session.awaitAll(Launch.END, LIMIT));
    }

    @Override
    public void close() {
        session.close();
    }
}
