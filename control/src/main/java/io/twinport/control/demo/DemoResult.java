package io.twinport.control.demo;

import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The demo's result, as {@code --json} writes it. Frame counts are of all directions together; times are nanoseconds.
 * {@code sent = delivered + lost + refused + unaccounted}; {@code duplicated} arrivals are beside that, and
 * {@code reordered} ones are among the delivered.
 *
 * @param switches cuts after which the port switched to the standby, and back to the primary
 * @param failovers switches to the standby
 * @param failbacks switches to the primary
 * @param refused offered, but taken by no driver: the sender knew
 * @param eventToBurstNs of all failovers; those that the loop saw before the event count as 0
 * @param eventFirstToBurstNs of those in which the event came first
 * @param seenBeforeEvent failovers for which the loop saw the link word before the interrupt's upcall: they count as 0
 * @param poolFull whether all mbufs were back at the end
 * @param sides by side: frames that its driver took, and arrivals at its far end
 */
public record DemoResult(
        int switches,
        int failovers,
        int failbacks,
        long sent,
        long delivered,
        long lost,
        long duplicated,
        long reordered,
        long refused,
        long unaccounted,
        Percentiles eventToBurstNs,
        Percentiles eventFirstToBurstNs,
        Percentiles cutToBurstNs,
        Percentiles failbackEventToBurstNs,
        int seenBeforeEvent,
        double mpps,
        double seconds,
        boolean poolFull,
        Map<String, SideCount> sides,
        String direction,
        String memory,
        String dpdk,
        String jdk,
        String machine) {
    /** What a side's driver took from the failover port, and what arrived at its far end, duplicates too. */
    public record SideCount(long tx, long farEndRx) {}

    /** Of a histogram of nanoseconds. */
    public record Percentiles(long p50, long p90, long p99, long p999, long max, long count) {
        static Percentiles of(Histogram histogram) {
            return new Percentiles(
                    histogram.getValueAtPercentile(50),
                    histogram.getValueAtPercentile(90),
                    histogram.getValueAtPercentile(99),
                    histogram.getValueAtPercentile(99.9),
                    histogram.getMaxValue(),
                    histogram.getTotalCount());
        }
    }

    /** Whether each cut was followed by a switch each way, each frame is accounted for and no mbuf is missing. */
    public boolean isGood(int wanted) {
        return switches == wanted && unaccounted == 0 && poolFull;
    }
}
