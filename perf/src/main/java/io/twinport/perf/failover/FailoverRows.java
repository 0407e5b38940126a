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

/** The rows of {@code bench all} about switches. */
public final class FailoverRows {
    private static final int LAUNCHES = 6;
    private static final int CUTS = 100;
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
                .run(List.of(OURS, OTHER), quick ? QUICK_LAUNCHES : LAUNCHES, "./twinport bench all");
        return List.of(
                row("failover.eventP50VsBonding", result, "eventP50VsBonding", Cut::eventToBurst),
                row("failover.eventP99VsBonding", result, "eventP99VsBonding", Cut::eventToBurst),
                row("failover.cutP50VsBonding", result, "cutP50VsBonding", Cut::cutToBurst),
                row("failover.cutP90VsBonding", result, "cutP90VsBonding", Cut::cutToBurst));
    }

    private static Row row(String name, FailoverResult result, String key, ToLongFunction<Cut> time) {
        Quotient ratio = Objects.requireNonNull(result.ratios().get(key));
        Map<String, long[]> nanos = new LinkedHashMap<>();
        result.cases()
                .forEach((label, summary) ->
                        nanos.put(label, FailoverResult.times(summary, time).toArray()));
        return new Row(name, ratio.value(), ratio.low(), ratio.high(), Map.of("nanos", nanos));
    }
}
