package io.twinport.control.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code twinport completion}. */
@Command(
        name = "completion",
        description = {
            "Print a script by which a shell completes commands, options and file names.",
            "",
            "  source <(twinport completion bash)       # in this shell",
            "  twinport completion bash > /etc/bash_completion.d/twinport"
        },
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
    /** Both take the same script. */
    enum Shell {
        bash,
        zsh
    }

    @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
    Shell shell = Shell.bash;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        CommandSpec root = spec.root();
        System.out.println(AutoComplete.bash(root.name(), root.commandLine()));
        return 0;
    }
}
