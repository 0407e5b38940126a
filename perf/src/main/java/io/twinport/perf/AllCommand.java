package io.twinport.perf;

import io.twinport.control.Machine;
import io.twinport.perf.failover.FailoverRows;
import io.twinport.perf.forward.ForwardRows;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.report.BarPlot;
import io.twinport.perf.report.Page;
import io.twinport.perf.report.ResultFiles;
import io.twinport.perf.stall.StallRows;
import io.twinport.perf.statistics.Row;
import io.twinport.perf.virtio.VirtioRows;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinport bench all}: the figures that a release is judged by. */
@Command(
        name = "all",
        description =
                "The figures that a release is judged by, in one run of some ten minutes: each as a ratio to the C"
                        + " peer, with its interval and the samples that it comes from.",
        mixinStandardHelpOptions = true)
final class AllCommand implements Callable<Integer> {
    @Option(
            names = "--quick",
            description = "Fewer and shorter launches, under 50 s: does it work, and roughly how well.")
    boolean quick;

    @Mixin
    ResultFiles files = new ResultFiles();

    @Override
    public Integer call() throws IOException {
        files.check();
        PrintStream out = files.text();
        Rig rig = Rig.ofThisMachine();
        List<Row> rows = new ArrayList<>(ForwardRows.measure(rig, quick, out));
        rows.addAll(FailoverRows.measure(rig, quick, out));
        rows.addAll(StallRows.measure(rig, quick, out));
        rows.addAll(VirtioRows.measure(rig, quick, out));
        out.printf(Locale.ROOT, "%n%-30s %10s   %s%n", "figure", "value", "95 % interval");
        rows.forEach(row -> print(row, out));
        files.write(toJson(rows), () -> page(rows));
        return 0;
    }

    private static void print(Row row, PrintStream out) {
        out.printf(Locale.ROOT, "%-30s %10.3f   %.3f to %.3f%n", row.name(), row.value(), row.low(), row.high());
    }

    private Map<String, Object> toJson(List<Row> rows) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("command", command());
        keys.put("machine", Machine.describe());
        keys.put("jdk", Machine.jdk());
        for (Row row : rows) {
            keys.put(row.name(), row.value());
            keys.put(row.name() + ".interval", List.of(row.low(), row.high()));
            keys.put(row.name() + ".samples", row.samples());
        }
        return keys;
    }

    private String page(List<Row> rows) {
        BarPlot ratios = new BarPlot("ratio to C");
        rows.stream()
                .filter(row -> row.name().contains("Vs"))
                .forEach(row -> ratios.add(row.name(), "", row.value(), row.low(), row.high()));
        return new Page("twinport bench all")
                .command(command())
                .text(Machine.describe() + ", JDK " + Machine.jdk() + ".")
                .note("A line across the end of a bar is the 95 % interval.")
                .plot(ratios.svg())
                .table(
                        List.of("figure", "value", "from", "to"),
                        rows.stream().map(AllCommand::cells).toList())
                .html();
    }

    private static List<String> cells(Row row) {
        return Stream.concat(
                        Stream.of(row.name()),
                        DoubleStream.of(row.value(), row.low(), row.high())
                                .mapToObj(x -> String.format(Locale.ROOT, "%.3f", x)))
                .toList();
    }

    private String command() {
        return "./twinport bench all" + (quick ? " --quick" : "");
    }
}
