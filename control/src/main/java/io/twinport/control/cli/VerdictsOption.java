package io.twinport.control.cli;

import io.twinport.control.UserException;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.host.probe.VerdictFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is known of NICs, for the commands of a host. */
final class VerdictsOption {
    @Option(
            names = "--verdicts",
            paramLabel = "FILE",
            description =
                    "What 'probe mac-filter --verdicts FILE' has found of NICs; it goes before what twinport knows by"
                            + " itself (igb). Default: /var/lib/twinport/nics.json, if it is there")
    @Nullable
    Path file;

    /** @throws UserException if the file cannot be used */
    NicVerdicts read() {
        return VerdictFile.known(file);
    }
}
