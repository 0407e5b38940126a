package io.twinport.control.cli;

import io.twinport.control.socket.ControlClient;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which running twinport a command is for. */
final class ProcessTarget {
    @Mixin
    EngineOptions engine = new EngineOptions();

    @Option(
            names = "--control-socket",
            paramLabel = "PATH",
            description = "The control socket of the process. Default: NAME.sock beside NAME.cnc")
    @Nullable
    Path socket;

    Path cncFile() {
        return engine.cncFile(EngineOptions.DEFAULT_NAME);
    }

    /** @throws io.twinport.control.UserException if it does not run */
    ControlClient connect() {
        return ControlClient.connect(socket != null ? socket : ProcessOptions.socketBeside(cncFile()));
    }
}
