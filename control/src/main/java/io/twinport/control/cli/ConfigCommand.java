package io.twinport.control.cli;

import io.twinport.control.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code twinport config}. */
@Command(
        name = "config",
        description = {
            "Configurations for 'run -c FILE', in YAML.",
            "",
            "  name: twinport          # as --name; cnc-dir and flight-recorder are keys too",
            "  eal: -l 1               # arguments for EAL: a line, or a list",
            "  ports:",
            "    wan:                  # a name for messages",
            "      primary: 0000:05:00.0",
            "      standby: 0000:01:00.0",
            "      handler: tap:wan",
            "      vlan: [10, 20]",
            "",
            "The keys of a port are the options of 'run' without '--', and mean the same."
        },
        subcommands = {ConfigCommand.Check.class, ConfigCommand.Schema.class},
        mixinStandardHelpOptions = true)
final class ConfigCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new UserException("config: give a command, 'config check FILE' or 'config schema'.");
    }

    /** {@code twinport config check}. */
    @Command(
            name = "check",
            description = "Check a configuration, and say what is wrong with it: file:line:column and why.",
            mixinStandardHelpOptions = true)
    static final class Check implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "The configuration.")
        Path file = Path.of("twinport.yaml");

        @Override
        public Integer call() {
            Configuration configuration = Configuration.read(file);
            System.out.println(file + " is good: "
                    + String.join(
                            ", ",
                            configuration.ports().stream()
                                    .map(port ->
                                            port.name() + " (" + port.sides().size() + " sides)")
                                    .toList()));
            return 0;
        }
    }

    /** {@code twinport config schema}. */
    @Command(
            name = "schema",
            description = "Print the JSON Schema of configurations, for editors.",
            mixinStandardHelpOptions = true)
    static final class Schema implements Callable<Integer> {
        @Override
        public Integer call() throws IOException {
            Commands.writeJson(ConfigSchema.make(), "-");
            return 0;
        }
    }
}
