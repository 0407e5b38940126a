package io.twinport.control.lab;

import java.util.List;
import java.util.Map;

/**
 * The soak's result, as {@code --json} writes it. Of each direction {@code offered = accepted + refused} and
 * {@code accepted = delivered + lost + dropped + suppressed + unaccounted}; {@code duplicated} arrivals are beside that,
 * and {@code reordered} ones among the delivered.
 *
 * @param driver whose driver had the port's devices
 * @param seed gives the same faults in the same order again
 * @param faultsByKind how often each came
 * @param switches of the port, RFC 6412's failover and reversion events
 * @param unaccounted frames that are missing though nothing was done to their wire, both directions together
 * @param recoveryMicros from the end of a fault until frames have arrived both ways by a side that may carry them
 * @param violations what must not be, each in words; empty after a good run
 * @param lastFaults before the end, or before the first violation
 */
public record SoakResult(
        WireDriver driver,
        long seed,
        long faults,
        Map<String, Long> faultsByKind,
        long switches,
        Direction out,
        Direction back,
        long unaccounted,
        boolean poolFull,
        Micros recoveryMicros,
        double mpps,
        double seconds,
        List<String> violations,
        List<String> lastFaults,
        String memory,
        String dpdk,
        String jdk,
        String machine) {
    /**
     * One direction.
     *
     * @param refused given back to the sender, which knows
     * @param lost on a wire that was disturbed
     * @param dropped by the port, because neither side was ready (R41)
     * @param suppressed by the port, because they came by the side that does not transmit
     */
    public record Direction(
            long offered,
            long refused,
            long accepted,
            long delivered,
            long lost,
            long dropped,
            long suppressed,
            long unaccounted,
            long duplicated,
            long reordered) {
        static Direction of(SoakTraffic.Stream stream) {
            SoakLedger ledger = stream.ledger();
            return new Direction(
                    ledger.accepted() + stream.refused(),
                    stream.refused(),
                    ledger.accepted(),
                    ledger.delivered(),
                    ledger.lost(),
                    ledger.dropped(),
                    ledger.suppressed(),
                    ledger.accepted() - ledger.delivered() - ledger.lost() - ledger.dropped() - ledger.suppressed(),
                    ledger.duplicated(),
                    ledger.reordered());
        }
    }

    /** Of a histogram of microseconds. */
    public record Micros(long p50, long p99, long max, long count) {}

    public boolean isGood() {
        return violations.isEmpty();
    }
}
