package io.twinport.perf.failover;

import io.twinport.perf.launch.Rig;
import io.twinport.perf.statistics.Quotient;
import io.twinport.perf.statistics.Row;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/** The rows of {@code bench all} about switches. */
public final class FailoverRows {
    private static final int LAUNCHES = 5;
    private static final int CUTS = 60;
    private static final int QUICK_LAUNCHES = 1;
    private static final int QUICK_CUTS = 20;

    private static final FailoverCase OURS = FailoverCase.TWINPORT;
    private static final FailoverCase OTHER = FailoverCase.BONDING;

    private FailoverRows() {}

    /** @param quick one short launch of each case */
    public static List<Row> measure(Rig rig, boolean quick, PrintStream out) {
        out.println();
        out.println("failover: full load");
        FailoverSetup setup = new FailoverSetup(rig, quick ? QUICK_CUTS : CUTS, 0, 0);
        FailoverResult result = new FailoverBench(setup, out)
                .run(
                        List.of(OURS, FailoverCase.HOLD, FailoverCase.PLANNED, OTHER),
                        quick ? QUICK_LAUNCHES : LAUNCHES,
                        "./twinport bench all");
        return List.of(
                row("failover.eventP50VsBonding", result, "eventP50VsBonding", Cut::eventToBurst),
                row("failover.eventP99VsBonding", result, "eventP99VsBonding", Cut::eventToBurst),
                row("failover.cutP50VsBonding", result, "cutP50VsBonding", Cut::cutToBurst),
                row("failover.cutP90VsBonding", result, "cutP90VsBonding", Cut::cutToBurst),
                frames("failover.holdLost", result, FailoverCase.HOLD),
                frames("failover.plannedLost", result, FailoverCase.PLANNED));
    }

    /** Frames lost in all cuts; those of the best and the worst cut in place of an interval. */
    private static Row frames(String name, FailoverResult result, FailoverCase what) {
        FailoverResult.Summary summary = Objects.requireNonNull(result.cases().get(what.label()));
        long[] lost = column(summary, "lost");
        return new Row(
                name,
                LongStream.of(lost).sum(),
                LongStream.of(lost).min().orElse(0),
                LongStream.of(lost).max().orElse(0),
                Map.of(
                        "lost",
                        lost,
                        "duplicated",
                        column(summary, "duplicated"),
                        "reordered",
                        column(summary, "reordered")));
    }

    /** Of all cuts, the first ones too. */
    private static long[] column(FailoverResult.Summary summary, String name) {
        return summary.samples().stream()
                .flatMapToLong(launch -> LongStream.of(Objects.requireNonNull(launch.get(name))))
                .toArray();
    }

    private static Row row(String name, FailoverResult result, String key, ToLongFunction<Cut> time) {
        Quotient ratio = Objects.requireNonNull(result.ratios().get(key));
        Map<String, long[]> nanos = new LinkedHashMap<>();
        for (FailoverCase what : List.of(OURS, OTHER)) {
            FailoverResult.Summary summary =
                    Objects.requireNonNull(result.cases().get(what.label()));
            nanos.put(what.label(), FailoverResult.times(summary, time).toArray());
        }
        return new Row(name, ratio.value(), ratio.low(), ratio.high(), Map.of("nanos", nanos));
    }
}
