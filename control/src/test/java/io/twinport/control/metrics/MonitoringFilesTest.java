package io.twinport.control.metrics;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dashboard and the alerts ask only for what there is. */
class MonitoringFilesTest {
    private static final Pattern METRIC =
            Pattern.compile("\\b((?:twinport|rx|tx)_[a-z_]+)(?=[{ \\[]|$)", Pattern.MULTILINE);
    private static final Pattern EXPRESSION = Pattern.compile("\"?expr\"?: (.*)");

    @ParameterizedTest
    @ValueSource(strings = {"alerts.yml", "grafana-dashboard.json"})
    void shouldNameMetricsThatThereAre(String file) throws IOException {
        Set<String> served = served();
        Set<String> named = new TreeSet<>();
        Matcher expressions = EXPRESSION.matcher(Files.readString(Path.of("monitoring", file)));
        while (expressions.find()) {
            Matcher metrics = METRIC.matcher(expressions.group(1));
            while (metrics.find()) {
                named.add(metrics.group(1).replaceFirst("_(total|bucket|sum)$", ""));
            }
        }
        assertFalse(named.isEmpty());
        assertTrue(served.containsAll(named), () -> named + " of " + served);
    }

    private static Set<String> served() {
        PrometheusRegistry registry = new PrometheusRegistry();
        new SwitchMetrics(registry).of("wan");
        new LoopMetrics(registry);
        registry.register(new PortCollector());
        Set<String> names = registry.scrape().stream()
                .map(MetricSnapshot::getMetadata)
                .map(metadata -> metadata.getPrometheusName())
                .collect(Collectors.toCollection(TreeSet::new));
        // Have no value before the first one.
        names.addAll(Set.of("twinport_switches", "twinport_loop_stall_seconds"));
        return names;
    }
}
