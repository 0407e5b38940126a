package io.twinport.perf.compare;

import io.twinport.control.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a bench has written with {@code --json}.
 *
 * @param facts what it ran on, and how
 * @param figures those with an interval, by name; rates and times as such are the machine's
 */
record ResultFile(Map<String, String> facts, Map<String, Figure> figures) {
    private static final String INTERVAL = ".interval";

    /** What {@code bench scale} begins the names of ratios of rates with. */
    private static final String RATES = "mpps";

    /** @throws UserException if the file cannot be read or has no figure */
    static ResultFile read(String file) {
        Path path = Path.of(file);
        if (!Files.isReadable(path)) {
            throw new UserException(file + " cannot be read. Name two files that a bench has written with --json.");
        }
        try {
            JsonNode root = JsonMapper.builder().build().readTree(path.toFile());
            Map<String, String> facts = new LinkedHashMap<>();
            root.propertyStream()
                    .filter(fact -> fact.getValue().isString())
                    .forEach(fact -> facts.put(fact.getKey(), fact.getValue().stringValue()));
            Map<String, Figure> figures = new LinkedHashMap<>();
            collect("", root, root.has("device"), figures);
            if (figures.isEmpty()) {
                throw new UserException(file
                        + " has no figure with an interval. Is it what bench all, forward, failover, latency or scale"
                        + " has written with --json?");
            }
            return new ResultFile(facts, figures);
        } catch (JacksonException e) {
            throw new UserException(file + " is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** @param areRates whether the file's ratios are ones of rates */
    private static void collect(String prefix, JsonNode node, boolean areRates, Map<String, Figure> figures) {
        node.propertyStream().forEach(property -> {
            String name = prefix + property.getKey();
            JsonNode value = property.getValue();
            JsonNode interval = node.get(property.getKey() + INTERVAL);
            if (value.isNumber() && interval != null) {
                double low = interval.get(0).doubleValue();
                figures.put(
                        name,
                        new Figure(
                                value.doubleValue(), low, interval.get(1).doubleValue(), name.startsWith("forward.")));
            } else if (value.has("low") && value.has("high")) {
                JsonNode middle = value.has("median") ? value.get("median") : value.path("value");
                figures.put(
                        name,
                        new Figure(
                                middle.doubleValue(),
                                value.get("low").doubleValue(),
                                value.get("high").doubleValue(),
                                areRates));
            } else if (value.isObject()) {
                boolean ofRates = value.has("device") || property.getKey().startsWith(RATES);
                collect(name + ".", value, areRates || ofRates, figures);
            }
        });
    }
}
