package io.twinport.perf.report;

import io.twinport.control.OutputFile;
import io.twinport.control.cli.Commands;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the result of a benchmark goes beside the table that it prints: options of its command. */
public final class ResultFiles {
    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            description = "Write the result as JSON; '-': to stdout, and everything else to stderr.")
    @Nullable
    String json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page with plots, which needs only a browser.")
    @Nullable
    String html;

    /** Before anything is measured; throws what the user can mend. */
    public void check() {
        Commands.checkWritable("--json", json);
        Commands.checkWritable("--html", html);
    }

    /** Where the table goes. */
    public PrintStream text() {
        return Commands.textStream(json);
    }

    /** Writes what was asked for, of a result that has no page. */
    public void write(Object result) throws IOException {
        if (json != null) {
            Commands.writeJson(result, json);
        }
    }

    /** Writes what was asked for. */
    public void write(Object result, Supplier<String> page) throws IOException {
        write(result);
        if (html != null) {
            OutputFile.write("--html", Path.of(html), page.get());
        }
    }
}
