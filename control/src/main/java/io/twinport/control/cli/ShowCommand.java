package io.twinport.control.cli;

import io.twinport.control.Printable;
import io.twinport.control.UserException;
import io.twinport.control.history.SwitchHistory;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code twinport show}. */
@Command(
        name = "show",
        description = "What a running twinport is doing.",
        subcommands = {
            ShowCommand.Ports.class,
            ShowCommand.Port.class,
            ShowCommand.Stats.class,
            ShowCommand.Xstats.class,
            ShowCommand.Config.class,
            ShowCommand.History.class,
            ShowCommand.Health.class
        },
        mixinStandardHelpOptions = true)
final class ShowCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new UserException("show: give a command, for instance 'show ports'; 'show --help' lists them all.");
    }

    /** What they have in common. */
    abstract static class Shown implements Callable<Integer> {
        @Mixin
        TargetOptions target = new TargetOptions();

        final void print(String format, Object... arguments) {
            Object[] shown = Arrays.stream(arguments)
                    .map(argument -> Printable.line(String.valueOf(argument)))
                    .toArray();
            target.out().printf(Locale.ROOT, format + "%n", shown);
        }
    }

    /** Those of one port, or of the only one. */
    abstract static class OfPort extends Shown {
        @Parameters(
                arity = "0..1",
                paramLabel = "PORT",
                description = "The port's name; may be left out where there is only one.")
        @Nullable
        String port;

        final Map<String, String> arguments() {
            return port == null ? Map.of() : Map.of("port", port);
        }
    }

    /** {@code twinport show ports}. */
    @Command(name = "ports", description = "The failover ports, a line each.", mixinStandardHelpOptions = true)
    static final class Ports extends Shown {
        @Override
        public Integer call() throws IOException {
            return target.ask("ports", Map.of(), this::show);
        }

        void show(JsonNode ports) {
            Table table = new Table("port", "active", "carrier", "primary", "standby", "mac", "mtu", "switches");
            for (JsonNode port : ports) {
                table.row(
                        port.path("name").asString(),
                        PortText.active(port),
                        PortText.carrier(port),
                        PortText.side(port, "primary"),
                        PortText.side(port, "standby"),
                        PortText.text(port, "mac"),
                        port.path("mtu"),
                        port.path("switches"));
            }
            table.print(target.out());
        }
    }

    /** {@code twinport show port}. */
    @Command(name = "port", description = "Everything about one port.", mixinStandardHelpOptions = true)
    static final class Port extends OfPort {
        @Override
        public Integer call() throws IOException {
            return target.ask("port", arguments(), port -> PortText.lines(port).forEach(target.out()::println));
        }
    }

    /** {@code twinport show stats}. */
    @Command(
            name = "stats",
            description = "The counters of the ports and of their sides' devices.",
            mixinStandardHelpOptions = true)
    static final class Stats extends OfPort {
        @Override
        public Integer call() throws IOException {
            return target.ask("stats", arguments(), this::show);
        }

        void show(JsonNode ports) {
            for (JsonNode port : ports) {
                print("%s", port.path("name").asString());
                Table own = new Table("  counted by the port", "");
                port.path("port").forEachEntry((name, count) -> own.row("  " + name, count));
                own.print(target.out());
                Table devices = new Table("  counted by the devices", "primary", "standby");
                port.path("sides")
                        .path("primary")
                        .forEachEntry((name, count) -> devices.row(
                                "  " + name,
                                count,
                                port.path("sides").path("standby").path(name)));
                devices.print(target.out());
            }
        }
    }

    /** {@code twinport show xstats}. */
    @Command(
            name = "xstats",
            description = "All counters of the drivers of a port's sides, by the drivers' own names.",
            mixinStandardHelpOptions = true)
    static final class Xstats extends OfPort {
        @Override
        public Integer call() throws IOException {
            return target.ask("xstats", arguments(), this::show);
        }

        void show(JsonNode port) {
            port.path("sides").forEachEntry((side, counts) -> {
                Table table = new Table(port.path("name").asString() + " " + side, "");
                counts.forEachEntry((name, count) -> table.row("  " + name, count));
                table.print(target.out());
            });
        }
    }

    /** {@code twinport show config}. */
    @Command(
            name = "config",
            description = "The current configuration, defaults included; 'run -c' takes it.",
            mixinStandardHelpOptions = true)
    static final class Config extends Shown {
        private static final ObjectWriter JSON = JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writer();

        @Override
        public Integer call() throws IOException {
            // JSON is YAML too: what is shown can be run.
            return target.ask("config", Map.of(), config -> target.out().println(JSON.writeValueAsString(config)));
        }
    }

    /** {@code twinport show history}. */
    @Command(
            name = "history",
            description = "The last switches of the process of that name, live or dead: 'history NAME.cnc'.",
            mixinStandardHelpOptions = true)
    static final class History extends Shown {
        @Override
        public Integer call() throws IOException {
            Commands.checkWritable("--json", target.json);
            SwitchHistory history = SwitchHistory.read(target.process.cncFile());
            if (target.json == null) {
                HistoryCommand.show(history, target.out());
            } else {
                Commands.writeJson(history, target.json);
            }
            return 0;
        }
    }

    /** {@code twinport show health}. */
    @Command(
            name = "health",
            description = "What is well and what is not: standbys, threads that hang, mbufs, errors.",
            mixinStandardHelpOptions = true)
    static final class Health extends Shown {
        @Override
        public Integer call() throws IOException {
            return target.ask("health", Map.of(), this::show);
        }

        void show(JsonNode health) {
            for (JsonNode port : health.path("ports")) {
                print(
                        "%s: %s transmits, carrier %s, standby %s",
                        port.path("name").asString(),
                        port.path("active").asString(),
                        PortText.carrier(port),
                        PortText.health(port.path("standby")));
                port.path("failures")
                        .properties()
                        .forEach(side -> print(
                                "  %s failed in part: %s",
                                side.getKey(), side.getValue().asString()));
                port.path("differences").forEach(each -> print("  %s", each.asString()));
            }
            health.path("hanging").forEach(hang -> print("HANGS: %s", hang.asString()));
            print("mbufs: %s of %s available", health.path("mbufsAvailable"), health.path("mbufs"));
            print("errors: %s", health.path("errors").isEmpty() ? "none" : "");
            // Where each was thrown is in the JSON.
            health.path("errors")
                    .forEach(error ->
                            print("  %s", error.asString().lines().findFirst().orElse("")));
        }
    }
}
