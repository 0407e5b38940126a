package io.twinport.control.host.agent;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.stream.Stream;

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
                .metricSnapshot(readers())
                .metricSnapshot(dropped())
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
                .help(
                        "Events of libvirt and QEMU that were heard, and primaries that were enabled and disabled; some are a"
                                + " guest's word.");
        Stream.concat(
                        Stream.of(HostEvent.Kind.values()).map(HostEvent.Kind::label),
                        Stream.of(EventFeed.Change.values()).map(EventFeed.Change::label))
                .forEach(event ->
                        events.dataPoint(count("event", event, agent.feed().count(event))));
        return events.build();
    }

    private GaugeSnapshot readers() {
        return GaugeSnapshot.builder()
                .name("twinport_host_readers")
                .help("Processes that read the events, host events.")
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(agent.feed().readers())
                        .build())
                .build();
    }

    private CounterSnapshot dropped() {
        return CounterSnapshot.builder()
                .name("twinport_host_lines_dropped")
                .help("Lines of events for which a reader was too slow.")
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value(agent.feed().dropped())
                        .build())
                .build();
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
