package io.twinport.perf.cost;

import io.twinport.control.cli.Bounds;
import io.twinport.control.cli.Commands;
import io.twinport.perf.launch.CProgram;
import io.twinport.perf.launch.Rig;
import io.twinport.posix.Folder;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twinport bench cost}: compiles the C loops and runs {@link CostBenchmark}. */
@Command(
        name = "cost",
        description = "Nanoseconds per burst of 32 (JMH): mbufs, an empty call, receive and send of a bare port and of"
                + " a failover port, beside the same loops in C.",
        mixinStandardHelpOptions = true)
public final class CostCommand implements Callable<Integer> {
    private static final int MOST_SECONDS = 3600;

    @Parameters(
            arity = "0..1",
            defaultValue = ".*",
            paramLabel = "REGEX",
            description = "Which of them, for instance 'allocate.*'. Default: all")
    String which;

    @Bounds(least = 1, most = MOST_SECONDS, unit = "seconds")
    @Option(
            names = "--seconds",
            defaultValue = "1",
            paramLabel = "S",
            description =
                    "Length of an iteration, ${BOUNDS}; there are 3 to warm up and 5 that count. Default: ${DEFAULT-VALUE}")
    int seconds;

    @Option(names = "--json", paramLabel = "FILE", description = "Write JMH's JSON.")
    @Nullable
    Path json;

    @Override
    public Integer call() throws RunnerException {
        Commands.check(isRegularExpression(which), "REGEX " + which, "a regular expression, for instance 'allocate.*'");
        Commands.checkWritable("--json", json == null ? null : json.toString());
        Rig rig = Rig.ofThisMachine();
        try (Folder folder = Folder.create("twinport-bench")) {
            Path library = CProgram.library("cost.c", folder.path());
            // A fork gets this JVM's own flags as well.
            var options = new OptionsBuilder()
                    .include(CostBenchmark.class.getName() + "\\." + which)
                    .forks(1)
                    .warmupIterations(3)
                    .warmupTime(TimeValue.seconds(seconds))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.seconds(seconds))
                    .jvmArgsAppend(
                            "-D" + CostBenchmark.LIBRARY + "=" + library,
                            "-D" + CostBenchmark.CPU + "=" + rig.pollCpu(),
                            "-D" + CostBenchmark.MEMORY + "=" + String.join(" ", rig.memory()));
            if (json != null) {
                options.result(json.toString()).resultFormat(ResultFormatType.JSON);
            }
            return new Runner(options.build()).run().isEmpty() ? 1 : 0;
        }
    }

    private static boolean isRegularExpression(String text) {
        try {
            Pattern ignored = Pattern.compile(text);
            return true;
        } catch (PatternSyntaxException e) {
            return false;
        }
    }
}
