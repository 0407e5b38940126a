package io.twinport.control.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.conductor.LoopWatch;
import io.twinport.dataplane.conductor.PortStatistics;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dpdk.MbufPool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Reads the counters of all ports and poll loops when it is asked. */
final class PortCollector implements MultiCollector {
    static final String LOOP = "loop";

    private static final String PORT = "port";
    private static final String SIDE = "side";

    private final List<MeasuredPort> ports = new CopyOnWriteArrayList<>();
    private final List<LoopWatch> loops = new CopyOnWriteArrayList<>();
    private final Map<String, BooleanSupplier> threads = new ConcurrentSkipListMap<>();
    private volatile @Nullable MbufPool pool;

    void add(MeasuredPort port) {
        ports.add(port);
    }

    void add(LoopWatch loop) {
        loops.add(loop);
    }

    void add(String thread, BooleanSupplier hangs) {
        threads.put(thread, hangs);
    }

    void add(MbufPool mbufs) {
        pool = mbufs;
    }

    /** What the counters lie in is about to go: on return nobody reads them any more. */
    synchronized void close() {
        ports.clear();
        loops.clear();
        threads.clear();
        pool = null;
    }

    @Override
    public synchronized MetricSnapshots collect() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        for (PortStatistics.Counter counter : PortStatistics.Counter.values()) {
            all.metricSnapshot(ofDevices(counter));
        }
        PortCounter.metrics().forEach((name, counters) -> all.metricSnapshot(ofPorts(name, counters)));
        all.metricSnapshot(sent());
        all.metricSnapshot(gauge(
                "twinport_active_side",
                "The side that transmits: 0 none, 1 primary, 2 standby.",
                port -> port.counters().activeSide()));
        all.metricSnapshot(gauge(
                "twinport_standby_health",
                "What is thought of the standby: 0 healthy, 1 unproven, 2 down as expected, 3 dead.",
                port -> port.standbyHealth().code()));
        all.metricSnapshot(failed());
        all.metricSnapshot(stalls());
        all.metricSnapshot(hangs());
        MbufPool mbufs = pool;
        if (mbufs != null) {
            all.metricSnapshot(single("twinport_mbufs", "Mbufs of the pool.", mbufs.size()));
            all.metricSnapshot(single("twinport_mbufs_available", "Mbufs that nobody holds.", mbufs.available()));
        }
        return all.build();
    }

    /** Has the names of DPDK's own exporter. They have no suffix, so a reader does not know their type. */
    private UnknownSnapshot ofDevices(PortStatistics.Counter counter) {
        UnknownSnapshot.Builder metric =
                UnknownSnapshot.builder().name(counter.toString()).help(counter.help());
        for (MeasuredPort port : ports) {
            for (int side : Sides.BOTH) {
                metric.dataPoint(UnknownSnapshot.UnknownDataPointSnapshot.builder()
                        .labels(Labels.of(PORT, port.name(), SIDE, PolicyText.side(side)))
                        .value(port.statistics().get(side, counter))
                        .build());
            }
        }
        return metric.build();
    }

    /** What the ports themselves count. */
    private CounterSnapshot ofPorts(String name, List<PortCounter> counters) {
        CounterSnapshot.Builder metric = CounterSnapshot.builder()
                .name("twinport_" + name)
                .help(counters.getFirst().help());
        for (MeasuredPort port : ports) {
            metric.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(Labels.of(PORT, port.name()))
                    .value(port.counters().sum(counters))
                    .build());
        }
        return metric.build();
    }

    private CounterSnapshot sent() {
        CounterSnapshot.Builder metric = CounterSnapshot.builder()
                .name("twinport_sent_frames")
                .help("Frames from the handler that the driver of the side took.");
        for (MeasuredPort port : ports) {
            for (int side : Sides.BOTH) {
                metric.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .labels(Labels.of(PORT, port.name(), SIDE, PolicyText.side(side)))
                        .value(port.counters().sentBy(side))
                        .build());
            }
        }
        return metric.build();
    }

    private GaugeSnapshot failed() {
        GaugeSnapshot.Builder metric = GaugeSnapshot.builder()
                .name("twinport_side_failed")
                .help("Whether a part of the side is dead though its link is up: 0 no, 1 yes.");
        for (MeasuredPort port : ports) {
            for (int side : Sides.BOTH) {
                metric.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .labels(Labels.of(PORT, port.name(), SIDE, PolicyText.side(side)))
                        .value(port.monitor().isFailed(side) ? 1 : 0)
                        .build());
            }
        }
        return metric.build();
    }

    private CounterSnapshot stalls() {
        CounterSnapshot.Builder metric = CounterSnapshot.builder()
                .name("twinport_loop_stalls")
                .help("Times that the poll loop did not turn for 5 ms or longer, one that is not over too.");
        for (LoopWatch loop : loops) {
            metric.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(Labels.of(LOOP, loop.name()))
                    .value(loop.stalls())
                    .build());
        }
        return metric.build();
    }

    private GaugeSnapshot hangs() {
        GaugeSnapshot.Builder metric = GaugeSnapshot.builder()
                .name("twinport_thread_hangs")
                .help("1 while the thread has not turned for two seconds or longer.");
        threads.forEach((thread, hangs) -> metric.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(Labels.of("thread", thread))
                .value(hangs.getAsBoolean() ? 1 : 0)
                .build()));
        return metric.build();
    }

    private GaugeSnapshot gauge(String name, String help, ToDoubleFunction<MeasuredPort> value) {
        GaugeSnapshot.Builder metric = GaugeSnapshot.builder().name(name).help(help);
        for (MeasuredPort port : ports) {
            metric.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(Labels.of(PORT, port.name()))
                    .value(value.applyAsDouble(port))
                    .build());
        }
        return metric.build();
    }

    private static GaugeSnapshot single(String name, String help, double value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(value)
                        .build())
                .build();
    }
}
