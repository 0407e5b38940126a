package io.twinport.control.cli;

import io.twinport.control.socket.ControlClient;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Which running twinport a command is for, and how its answer is shown. */
final class TargetOptions {
    private static final String DEFAULT_NAME = "twinport";

    @Mixin
    EngineOptions engine = new EngineOptions();

    @Option(
            names = "--control-socket",
            paramLabel = "PATH",
            description = "The control socket of the process. Default: NAME.sock beside NAME.cnc")
    @Nullable
    Path socket;

    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            description = "Write the answer as JSON; '-': to stdout, and nothing else.")
    @Nullable
    String json;

    Path cncFile() {
        return engine.cncFile(DEFAULT_NAME);
    }

    ControlClient connect() {
        return connect(socket, engine);
    }

    /** @param socket null for the one that belongs to the name */
    static ControlClient connect(@Nullable Path socket, EngineOptions engine) {
        return ControlClient.connect(
                socket != null ? socket : ProcessOptions.socketBeside(engine.cncFile(DEFAULT_NAME)));
    }

    /** Asks, shows the answer, and has an exit code for it. */
    int ask(String command, Map<String, ?> arguments, Consumer<JsonNode> show) throws IOException {
        JsonNode ignored = answer(command, arguments, show);
        return 0;
    }

    /** Asks and shows the answer. */
    JsonNode answer(String command, Map<String, ?> arguments, Consumer<JsonNode> show) throws IOException {
        Commands.checkWritable("--json", json);
        try (ControlClient client = connect()) {
            JsonNode result = client.request(command, arguments);
            if (json == null) {
                show.accept(result);
            } else {
                Commands.writeJson(result, json);
            }
            return result;
        }
    }

    PrintStream out() {
        return Commands.textStream(json);
    }
}
