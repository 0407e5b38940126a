package io.twinport.perf.compare;

import io.twinport.control.UserException;
import io.twinport.posix.FileErrors;
import io.twinport.posix.RegularFile;
import java.io.IOException;
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
    /** Bytes; those of 500 cuts have a quarter of it. */
    private static final int LONGEST = 1 << 20;

    private static final String INTERVAL = ".interval";

    /** What {@code bench scale} begins the names of ratios of rates with. */
    private static final String RATES = "mpps";

    /** @throws UserException if the file cannot be read or has no figure */
    static ResultFile read(String file) {
        try {
            JsonNode root = JsonMapper.shared().readTree(RegularFile.read(Path.of(file), LONGEST));
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
            throw new UserException(file + " is no result of a bench: " + e.getOriginalMessage() + ".", e);
        } catch (IOException e) {
            throw new UserException(
                    file + " cannot be read: " + FileErrors.reason(e)
                            + ". Name two files that a bench has written with --json.",
                    e);
        }
    }

    /** @param areRates whether the file's ratios are ones of rates */
    private static void collect(String prefix, JsonNode node, boolean areRates, Map<String, Figure> figures) {
        node.propertyStream().forEach(property -> {
            String name = prefix + property.getKey();
            JsonNode value = property.getValue();
            JsonNode interval = node.get(property.getKey() + INTERVAL);
            if (value.isNumber() && interval != null) {
                figures.put(
                        name,
                        new Figure(
                                value.doubleValue(),
                                interval.path(0).doubleValue(),
                                interval.path(1).doubleValue(),
                                name.startsWith("forward.")));
            } else if (value.has("low") && value.has("high")) {
                JsonNode middle = value.has("median") ? value.get("median") : value.path("value");
                figures.put(
                        name,
                        new Figure(
                                middle.doubleValue(),
                                value.path("low").doubleValue(),
                                value.path("high").doubleValue(),
                                areRates));
            } else if (value.isObject()) {
                boolean ofRates = value.has("device") || property.getKey().startsWith(RATES);
                collect(name + ".", value, areRates || ofRates, figures);
            }
        });
    }
}
