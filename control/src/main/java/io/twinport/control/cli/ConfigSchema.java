package io.twinport.control.cli;

import io.twinport.control.plan.ConfigFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The JSON Schema of configurations, made of the options that their keys are named after. */
final class ConfigSchema {
    private static final String TYPE = "type";

    private ConfigSchema() {}

    static Map<String, Object> make() {
        Map<String, Object> process = properties(new ProcessOptions());
        process.put(
                Configuration.EAL,
                listOr(
                        Map.of(TYPE, "string"),
                        "Arguments for DPDK's EAL: -l 1 (the poll loops' CPUs), --no-huge, -m 256, ..."));
        Map<String, Object> ports = new LinkedHashMap<>();
        ports.put(TYPE, "object");
        ports.put("description", "The failover ports by their names.");
        ports.put("minProperties", 1);
        ports.put("additionalProperties", object(withSides(properties(new PortArguments()))));
        process.put(ConfigFile.PORTS, ports);
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "twinport run -c");
        schema.putAll(object(process));
        schema.put("required", List.of(ConfigFile.PORTS));
        return schema;
    }

    /** {@code standby: {device: eth1, driver: kernel}} for {@code standby: eth1} and {@code standby-driver: kernel}. */
    private static Map<String, Object> withSides(Map<String, Object> flat) {
        Map<String, Object> properties = new LinkedHashMap<>(flat);
        for (String side : ConfigFile.SIDES) {
            Map<String, Object> own = new LinkedHashMap<>();
            own.put(ConfigFile.DEVICE, flat.get(side));
            flat.forEach((key, value) -> {
                if (key.startsWith(side + "-")) {
                    own.put(key.substring(side.length() + 1), value);
                }
            });
            properties.put(side, Map.of("oneOf", List.of(flat.get(side), object(own))));
        }
        return properties;
    }

    private static Map<String, Object> object(Map<String, Object> properties) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put(TYPE, "object");
        object.put("additionalProperties", false);
        object.put("properties", properties);
        return object;
    }

    private static Map<String, Object> properties(Object options) {
        CommandLine commandLine = CommandLines.of(options);
        Map<String, Object> properties = new LinkedHashMap<>();
        for (String key : Configuration.keys(commandLine)) {
            properties.put(key, property(commandLine.getCommandSpec().findOption("--" + key)));
        }
        return properties;
    }

    private static Map<String, Object> property(OptionSpec option) {
        Map<String, Object> value = new LinkedHashMap<>(valueOf(option));
        String description = String.join(" ", option.description()).replaceAll(" ?Default: \\$\\{DEFAULT-VALUE\\}", "");
        if (!option.splitRegex().isEmpty()) {
            return listOr(value, description);
        }
        value.put("description", description);
        if (option.defaultValue() != null) {
            boolean isNumber = CommandLines.bounds(option).isPresent();
            value.put("default", isNumber ? Integer.valueOf(option.defaultValue()) : option.defaultValue());
        }
        return value;
    }

    private static Map<String, Object> valueOf(OptionSpec option) {
        Optional<Bounds> bounds = CommandLines.bounds(option);
        if (bounds.isEmpty()) {
            return CommandLines.typeOf(option) == boolean.class
                    ? Map.of(TYPE, "boolean")
                    : Map.of(TYPE, "string", "minLength", 1);
        }
        Map<String, Object> number = new LinkedHashMap<>();
        number.put(TYPE, "integer");
        number.put("minimum", BoundedNumber.plain(bounds.get().least()));
        number.put("maximum", BoundedNumber.plain(bounds.get().most()));
        return bounds.get().zero().isEmpty() ? number : Map.of("anyOf", List.of(number, Map.of("const", 0)));
    }

    private static Map<String, Object> listOr(Map<String, Object> value, String description) {
        Map<String, Object> either = new LinkedHashMap<>();
        either.put("description", description);
        either.put("oneOf", List.of(value, Map.of(TYPE, "array", "items", value)));
        return either;
    }
}
