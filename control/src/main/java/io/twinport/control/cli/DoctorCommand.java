package io.twinport.control.cli;

import io.twinport.control.doctor.Doctor;
import io.twinport.control.doctor.Finding;
import io.twinport.control.doctor.Finding.Level;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code twinport doctor}. */
@Command(
        name = "doctor",
        description =
                "Look at everything that can be wrong with this machine, and say how to mend it. Changes nothing.",
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 0 nothing is in the way; 1 there is a problem; 2 bad input."})
final class DoctorCommand implements Callable<Integer> {
    /** Where the columns of subject and text begin. */
    private static final String ROW = "%-8s %-17s %s%n";

    private static final String INDENT = " ".repeat(27);

    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            description = "Write the findings as JSON; '-': to stdout, and everything else to stderr.")
    @Nullable
    String json;

    @Override
    public Integer call() throws IOException {
        Commands.checkWritable("--json", json);
        List<Finding> findings = Doctor.examine();
        findings.forEach(this::print);
        long problems = count(findings, Level.PROBLEM);
        Commands.textStream(json).printf("%n%d problems, %d warnings%n", problems, count(findings, Level.WARNING));
        if (json != null) {
            Commands.writeJson(findings, json);
        }
        return problems == 0 ? 0 : 1;
    }

    private void print(Finding finding) {
        Commands.textStream(json)
                .printf(
                        Locale.ROOT,
                        ROW,
                        finding.level().name().toLowerCase(Locale.ROOT),
                        finding.subject(),
                        finding.text());
        finding.fix().lines().map(line -> INDENT + line).forEach(Commands.textStream(json)::println);
    }

    private static long count(List<Finding> findings, Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }
}
