package io.twinport.perf.forward;

import io.twinport.perf.launch.Attempts;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.statistics.Percentiles;
import io.twinport.perf.statistics.Ratio;
import io.twinport.perf.statistics.Row;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The rows of {@code bench all} about forwarding, and about the start of a process. */
public final class ForwardRows {
    /** Many short ones: what disturbs a machine lasts for some seconds. */
    private static final int LAUNCHES = 7;

    /** Of the packets of a launch of {@code bench forward}, one in so many. */
    private static final int SHARE = 3;

    /** The JIT is at work for seconds, and where there are two CPUs takes them from a wire's far end. */
    private static final Duration WARM_UP = Duration.ofSeconds(3);

    /** What rows without a bare port compare. */
    private static final List<ForwardCase> BESIDE_TESTPMD = List.of(ForwardCase.TESTPMD, ForwardCase.FAILOVER);

    private static final List<ForwardCase> BOTH_DRIVERS =
            List.of(ForwardCase.TESTPMD, ForwardCase.FAILOVER, ForwardCase.OWN);

    private static final int QUICK_SHARE = 40;
    private static final Duration QUICK_WARM_UP = Duration.ofMillis(800);

    private static final String TESTPMD = ForwardCase.TESTPMD.label();
    private static final String BARE = ForwardCase.BARE.label();
    private static final String FAILOVER = ForwardCase.FAILOVER.label();
    private static final String OWN = ForwardCase.OWN.label();

    private final Rig rig;
    private final boolean quick;
    private final PrintStream out;

    private ForwardRows(Rig rig, boolean quick, PrintStream out) {
        this.rig = rig;
        this.quick = quick;
        this.out = out;
    }

    /** @param quick one short launch of each case */
    public static List<Row> measure(Rig rig, boolean quick, PrintStream out) {
        return new ForwardRows(rig, quick, out).measure();
    }

    private List<Row> measure() {
        List<Row> rows = new ArrayList<>();
        ForwardResult plain = run(ForwardDevice.NULL, ForwardMode.IO, ForwardCase.USUAL);
        rows.add(ratio("forward.nullVsTestpmd", plain, FAILOVER, TESTPMD, "failoverVsTestpmd"));
        rows.add(ratio("forward.failoverVsBare", plain, FAILOVER, BARE, "failoverVsBare"));
        ForwardResult vhost = run(ForwardDevice.VHOST, ForwardMode.IO, BOTH_DRIVERS);
        rows.add(ratio("forward.vhostVsTestpmd", vhost, FAILOVER, TESTPMD, "failoverVsTestpmd"));
        rows.add(ratio("forward.ownVirtioVsTestpmd", vhost, OWN, TESTPMD, "ownVsTestpmd"));
        ForwardResult macswap = run(ForwardDevice.NULL, ForwardMode.MACSWAP, BESIDE_TESTPMD);
        rows.add(ratio("forward.macswapVsTestpmd", macswap, FAILOVER, TESTPMD, "failoverVsTestpmd"));
        rows.add(start(plain));
        return rows;
    }

    private ForwardResult run(ForwardDevice device, ForwardMode mode, List<ForwardCase> cases) {
        out.println();
        out.println("forward: " + device.label() + ", " + mode.label());
        ForwardSetup setup = new ForwardSetup(
                rig,
                device,
                FrameSize.SMALLEST,
                ForwardSetup.DEFAULT_BURST,
                mode,
                device.packets(ForwardSetup.DEFAULT_BURST) / (quick ? QUICK_SHARE : SHARE),
                quick ? QUICK_WARM_UP : WARM_UP);
        ForwardResult result = new ForwardBench(setup, cases, quick ? 1 : Attempts.USUAL, out)
                .run(quick ? 1 : LAUNCHES, "./twinport bench all");
        ForwardTable.print(List.of(result), out);
        return result;
    }

    private static Row ratio(String name, ForwardResult result, String what, String other, String key) {
        Ratio ratio = Objects.requireNonNull(result.ratios().get(key));
        return new Row(
                name,
                ratio.median(),
                ratio.low(),
                ratio.high(),
                Map.of(
                        "mpps",
                        Map.of(
                                what,
                                rates(result, what).mpps(),
                                other,
                                rates(result, other).mpps())));
    }

    /** The slowest and the fastest start in place of an interval. */
    private static Row start(ForwardResult result) {
        double[] ours = rates(result, FAILOVER).firstPacket();
        double[] sorted = ours.clone();
        Arrays.sort(sorted);
        return new Row(
                "startup.firstPacketSeconds",
                Percentiles.atRank(sorted, 0.5),
                sorted[0],
                sorted[sorted.length - 1],
                Map.of(
                        "seconds",
                        Map.of(FAILOVER, ours, TESTPMD, rates(result, TESTPMD).firstPacket())));
    }

    private static ForwardResult.Rates rates(ForwardResult result, String name) {
        return Objects.requireNonNull(result.cases().get(name));
    }
}
