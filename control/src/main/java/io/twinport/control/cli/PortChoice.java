package io.twinport.control.cli;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which port of a running twinport a command is for. */
final class PortChoice {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The port's name; may be left out where there is only one.")
    @Nullable
    String port;

    /** What the control socket is asked with: a command's own arguments, and the port where it is named. */
    Map<String, Object> with(Map<String, ?> arguments) {
        Map<String, Object> all = new HashMap<>(arguments);
        if (port != null) {
            all.put("port", port);
        }
        return all;
    }
}
