package io.twinport.perf.stall;

import io.twinport.perf.launch.Rig;
import io.twinport.perf.statistics.Ratio;
import io.twinport.perf.statistics.Row;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The row of {@code bench all} about stalls. */
public final class StallRows {
    private static final int LAUNCHES = 5;
    private static final Duration MEASURED = Duration.ofSeconds(5);
    private static final Duration QUICK_MEASURED = Duration.ofSeconds(1);

    private StallRows() {}

    /** @param quick one short launch of each case */
    public static List<Row> measure(Rig rig, boolean quick, PrintStream out) {
        out.println();
        out.println("latency: passes of the loop");
        Duration measured = quick ? QUICK_MEASURED : MEASURED;
        StallResult result = new StallBench(new StallSetup(rig, measured, StallCommand.WARM_UP, 0), out)
                .run(List.of(StallCase.C, StallCase.TWINPORT), quick ? 1 : LAUNCHES, "./twinport bench all")
                .result();
        Ratio ratio = Objects.requireNonNull(result.stallVsC().get(StallCase.TWINPORT.label()));
        Map<String, double[]> nanos = new LinkedHashMap<>();
        result.cases().forEach((name, passes) -> nanos.put(name, passes.times().p99999()));
        return List.of(new Row("latency.stallVsC", ratio.median(), ratio.low(), ratio.high(), Map.of("nanos", nanos)));
    }
}
