package io.twinport.control.lab;

import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The demo's result, as {@code --json} writes it. Frame counts are of all directions together; times are nanoseconds.
 * {@code sent = delivered + lost + refused + unaccounted}; {@code duplicated} arrivals are beside that, and
 * {@code reordered} ones are among the delivered.
 *
 * @param mode {@code cut}: the primary's link was cut; {@code planned}: an operator moved the traffic
 * @param driver whose driver had the port's devices
 * @param holdMillis for how long frames in flight were held, 0 for not at all
 * @param switches times that the port switched to the standby, and back to the primary
 * @param failovers switches to the standby
 * @param failbacks switches to the primary
 * @param refused offered, but taken by no driver: the sender knew
 * @param eventToBurstNs of all failovers; those that the loop saw before the event count as 0
 * @param eventFirstToBurstNs of those in which the event came first
 * @param seenBeforeEvent failovers for which the loop saw the link word before the interrupt's upcall: they count as 0
 * @param decisionToBurstNs of all switches, both ways: in a planned one the former side's ring is emptied meanwhile
 * @param notDrained planned switches that went on before that was known
 * @param held frames that had to wait in the port
 * @param resent frames in flight at a cut that the other side has sent again
 * @param dropped frames that the port took and freed; none of the {@code delivered}
 * @param poolFull whether all mbufs were back at the end
 * @param sides by side: frames that its driver took, and arrivals at its far end
 */
public record DemoResult(
        String mode,
        WireDriver driver,
        long holdMillis,
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
        Percentiles decisionToBurstNs,
        long notDrained,
        long held,
        long resent,
        long dropped,
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

    /**
     * Whether there was a switch each way as often as wanted, each frame is accounted for and no mbuf is missing. A planned
     * switch must lose, double and reorder nothing (U13), one with held frames lose nothing (U4).
     */
    public boolean isGood(int wanted) {
        boolean planned = mode.equals("planned");
        return switches == wanted
                && unaccounted == 0
                && poolFull
                && (lost == 0 || !planned && holdMillis == 0)
                && (duplicated + reordered == 0 || !planned);
    }
}
