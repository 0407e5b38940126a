package io.twinport.control.host.agent;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** What an agent counts, read when somebody asks. */
public final class AgentCollector implements MultiCollector {
    private final Agent agent;

    public AgentCollector(Agent agent) {
        this.agent = agent;
    }

    @Override
    public MetricSnapshots collect() {
        return MetricSnapshots.builder()
                .metricSnapshot(pairs())
                .metricSnapshot(events())
                .metricSnapshot(commands())
                .metricSnapshot(listening())
                .build();
    }

    private GaugeSnapshot pairs() {
        GaugeSnapshot.Builder pairs =
                GaugeSnapshot.builder().name("twinport_host_pairs").help("Pairs of guests, by where their frames go.");
        for (Pair.Phase phase : Pair.Phase.values()) {
            pairs.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(Labels.of("phase", phase.label()))
                    .value(agent.phases().getOrDefault(phase, 0))
                    .build());
        }
        return pairs.build();
    }

    private CounterSnapshot events() {
        CounterSnapshot.Builder events = CounterSnapshot.builder()
                .name("twinport_host_events")
                .help("Events of libvirt and QEMU that were heard; some are a guest's word.");
        for (HostEvent.Kind kind : HostEvent.Kind.values()) {
            events.dataPoint(count("event", kind.label(), agent.heard().getOrDefault(kind, 0L)));
        }
        return events.build();
    }

    private CounterSnapshot commands() {
        return CounterSnapshot.builder()
                .name("twinport_host_commands")
                .help("Commands that were to change the host's network, as the audit log has them.")
                .dataPoint(count("result", "done", agent.audit().done()))
                .dataPoint(count("result", "failed", agent.audit().failed()))
                .build();
    }

    private static CounterSnapshot.CounterDataPointSnapshot count(String label, String value, long count) {
        return CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of(label, value))
                .value(count)
                .build();
    }

    private GaugeSnapshot listening() {
        return GaugeSnapshot.builder()
                .name("twinport_host_listening")
                .help("Whether the host's events are heard: 0 no, 1 yes.")
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(agent.isListening() ? 1 : 0)
                        .build())
                .build();
    }
}
