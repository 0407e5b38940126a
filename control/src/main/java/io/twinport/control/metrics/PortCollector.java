package io.twinport.control.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.twinport.dataplane.failover.FailoverPolicy;
import io.twinport.dataplane.failover.PolicyText;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortStatistics;
import io.twinport.dataplane.failover.StandbyHealth;
import io.twinport.dpdk.MbufPool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Reads the counters of all ports when it is asked. */
final class PortCollector implements MultiCollector {
    private static final String PORT = "port";
    private static final String SIDE = "side";
    private static final List<Integer> SIDES = List.of(FailoverPolicy.PRIMARY, FailoverPolicy.STANDBY);

    /** What the port itself counts: name, and what it is. */
    private static final Map<String, Own> OWN = Map.of(
            "twinport_received_frames", new Own("Frames given to the handler.", PortCounters::received),
            "twinport_refused_frames", new Own("Frames of the handler's that no driver took.", PortCounters::refused),
            "twinport_dropped_frames",
                    new Own(
                            "Frames freed because neither side was ready.",
                            counters -> counters.dropped() + counters.holdDropped()),
            "twinport_resent_frames", new Own("Frames sent again by the other side after a cut.", PortCounters::resent),
            "twinport_suppressed_frames",
                    new Own("Frames that the idle side received and nobody got.", PortCounters::suppressed),
            "twinport_duplicate_frames",
                    new Own("Frames that came by both sides and were given once.", PortCounters::duplicates),
            "twinport_announcements", new Own("Announcements sent after switches.", PortCounters::announced));

    private record Own(String help, ToLongFunction<PortCounters> counter) {}

    /** A port with its label. */
    record Port(String name, PortCounters counters, PortStatistics statistics, HealthSource health) {}

    private final List<Port> ports = new CopyOnWriteArrayList<>();
    private volatile @Nullable MbufPool pool;

    void add(Port port) {
        ports.add(port);
    }

    void add(MbufPool mbufs) {
        pool = mbufs;
    }

    /** What the counters lie in is about to go: on return nobody reads them any more. */
    synchronized void close() {
        ports.clear();
        pool = null;
    }

    @Override
    public synchronized MetricSnapshots collect() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        for (PortStatistics.Counter counter : PortStatistics.Counter.values()) {
            all.metricSnapshot(ofDevices(counter));
        }
        OWN.forEach((name, own) -> all.metricSnapshot(ofPort(name, own)));
        all.metricSnapshot(sent());
        all.metricSnapshot(gauge(
                "twinport_active_side",
                "The side that transmits: 0 none, 1 primary, 2 standby.",
                port -> port.counters().activeSide()));
        all.metricSnapshot(gauge(
                "twinport_standby_health",
                "What is thought of the standby: 0 healthy, 1 unproven, 2 down as expected, 3 dead.",
                PortCollector::health));
        MbufPool mbufs = pool;
        if (mbufs != null) {
            all.metricSnapshot(single("twinport_mbufs", "Mbufs of the pool.", mbufs.size()));
            all.metricSnapshot(single("twinport_mbufs_available", "Mbufs that nobody holds.", mbufs.available()));
        }
        return all.build();
    }

    /** By the names of DPDK's own exporter, which have no suffix: so their type is unknown to who reads them. */
    private UnknownSnapshot ofDevices(PortStatistics.Counter counter) {
        UnknownSnapshot.Builder metric = UnknownSnapshot.builder()
                .name(counter.toString())
                .help("Counted by the side's devices, all that it has had.");
        for (Port port : ports) {
            for (int side : SIDES) {
                metric.dataPoint(UnknownSnapshot.UnknownDataPointSnapshot.builder()
                        .labels(Labels.of(PORT, port.name(), SIDE, PolicyText.side(side)))
                        .value(port.statistics().get(side, counter))
                        .build());
            }
        }
        return metric.build();
    }

    private CounterSnapshot ofPort(String name, Own own) {
        CounterSnapshot.Builder metric = CounterSnapshot.builder().name(name).help(own.help());
        for (Port port : ports) {
            metric.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(Labels.of(PORT, port.name()))
                    .value(own.counter().applyAsLong(port.counters()))
                    .build());
        }
        return metric.build();
    }

    private CounterSnapshot sent() {
        CounterSnapshot.Builder metric = CounterSnapshot.builder()
                .name("twinport_sent_frames")
                .help("Frames of the handler's that the side's driver took.");
        for (Port port : ports) {
            for (int side : SIDES) {
                metric.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .labels(Labels.of(PORT, port.name(), SIDE, PolicyText.side(side)))
                        .value(port.counters().sentBy(side))
                        .build());
            }
        }
        return metric.build();
    }

    private GaugeSnapshot gauge(String name, String help, ToDoubleFunction<Port> value) {
        GaugeSnapshot.Builder metric = GaugeSnapshot.builder().name(name).help(help);
        for (Port port : ports) {
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

    private static double health(Port port) {
        StandbyHealth.Report report = port.health().standbyHealth();
        return (report == null ? StandbyHealth.Verdict.UNPROVEN : report.verdict()).code();
    }
}
