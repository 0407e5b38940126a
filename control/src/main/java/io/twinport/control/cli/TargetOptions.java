package io.twinport.control.cli;

import io.twinport.control.socket.ControlClient;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Which running twinport a command is for, and how its answer is shown. */
final class TargetOptions {
    @Mixin
    ProcessTarget process = new ProcessTarget();

    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            description = "Write the answer as JSON; '-': to stdout, and nothing else.")
    @Nullable
    String json;

    /** Asks, shows the answer, and has an exit code for it. */
    int ask(String command, Map<String, ?> arguments, Consumer<JsonNode> show) throws IOException {
        JsonNode ignored = answer(command, arguments, show);
        return 0;
    }

    /** Asks and shows the answer. */
    JsonNode answer(String command, Map<String, ?> arguments, Consumer<JsonNode> show) throws IOException {
        Commands.checkWritable("--json", json);
        try (ControlClient client = process.connect()) {
            JsonNode result = client.request(command, arguments);
            if (json == null) {
                show(result, show, client);
            } else {
                Commands.writeJson(result, json);
            }
            return result;
        }
    }

    private static void show(JsonNode result, Consumer<JsonNode> show, ControlClient client) {
        try {
            show.accept(result);
        } catch (JacksonException e) {
            throw client.notUnderstood(); // something is not there, or is of another kind
        }
    }

    PrintStream out() {
        return Commands.textStream(json);
    }
}
