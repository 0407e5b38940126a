package io.twinport.control.cli;

import io.twinport.control.OutputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code twinport man}. */
@Command(
        name = "man",
        description = {
            "Write manual pages, one for each command: twinport.1, twinport-run.1, ...",
            "",
            "  twinport man /usr/local/share/man/man1"
        },
        mixinStandardHelpOptions = true)
final class ManCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The folder that gets them; it is made where there is none.")
    Path folder = Path.of("");

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw OutputFile.failure("the folder", folder, e);
        }
        for (Map.Entry<String, String> page : ManPage.ofAll(spec.root()).entrySet()) {
            OutputFile.write("the page", folder.resolve(page.getKey()), page.getValue());
        }
        return 0;
    }
}
