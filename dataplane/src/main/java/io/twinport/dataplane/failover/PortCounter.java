package io.twinport.dataplane.failover;

import io.twinport.dataplane.Sides;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * What a failover port counts: by its name in {@code twinport.cnc}, with the metric that it is exported as, and where its poll
 * thread keeps it. All but {@link #SWITCHES} and {@link #ACTIVE_SIDE} add up over the queues of a port.
 */
public enum PortCounter {
    /** Frames delivered to the handler. */
    RECEIVED("rx_packets", "received_frames", "Frames given to the handler.", totals -> totals.received),

    /** Frames that the primary's driver took, those {@link #RESENT} too. */
    SENT_BY_PRIMARY("tx_packets primary", totals -> totals.sentBy(Sides.PRIMARY)),

    /** Frames that the standby's driver took. */
    SENT_BY_STANDBY("tx_packets standby", totals -> totals.sentBy(Sides.STANDBY)),

    /** Frames that were given back to the sender. */
    REFUSED("tx_refused", "refused_frames", "Frames from the handler that no driver took.", totals -> totals.refused),

    /** Frames that were freed because neither side was ready (R41). */
    DROPPED("tx_dropped", "dropped_frames", "Frames freed because neither side was ready.", totals -> totals.dropped),

    /** Frames that had to wait for a side. */
    HELD("tx_held", totals -> totals.held),

    /** Those of them that were freed in the end; in the same metric as {@link #DROPPED}. */
    HOLD_DROPPED("tx_hold_dropped", DROPPED.metric, DROPPED.help, totals -> totals.holdDropped),

    /** Frames in flight at a cut that the other side has sent again. */
    RESENT("tx_resent", "resent_frames", "Frames sent again by the other side after a cut.", totals -> totals.resent),

    /** Frames of control threads that a driver took; not among those that the sides sent. */
    ANNOUNCED("tx_announced", "announcements", "Announcements sent after switches.", totals -> totals.announced),

    /** Frames among those that the sides took that could never be made ready, and were freed (U5). */
    UNSENDABLE(
            "tx_unsendable",
            "unsendable_frames",
            "Frames freed because no device could ever send them.",
            totals -> totals.unsendable),

    /** Frames that were received and not delivered, because of their side or their age (U2). */
    SUPPRESSED(
            "rx_suppressed",
            "suppressed_frames",
            "Frames that the idle side received and nobody got.",
            totals -> totals.suppressed),

    /** Frames that were not delivered because their copy by the other side was (U8). */
    DUPLICATES(
            "rx_duplicates",
            "duplicate_frames",
            "Frames that came by both sides and were given once.",
            totals -> totals.duplicates),

    /** Frames among {@link #RECEIVED} that the idle side had received before a switch (U2). */
    LOOKBACK("rx_lookback", totals -> totals.lookback),

    /** Frames whose copies were no longer awaited for want of room, and were delivered too (U8). */
    FORGOTTEN("rx_forgotten", totals -> totals.forgotten),

    SWITCHES("switches", totals -> totals.switches),

    /** Planned switches that went on before the former side's ring was known to be empty. */
    NOT_DRAINED("switches not drained", totals -> totals.notDrained),

    /** The side that transmits, of {@link Sides}. */
    ACTIVE_SIDE("active side (0 none, 1 primary, 2 standby)", totals -> totals.side),

    /** Frames that the primary has received while it was idle. */
    PRIMARY_IDLE("primary rx_idle", totals -> totals.idlePrimary.frames),

    /** Those among them that the port itself had sent. */
    PRIMARY_IDLE_OWN("primary rx_idle_own", totals -> totals.idlePrimary.own),

    /** Those among them that were sent to the port's own address. */
    PRIMARY_IDLE_TO_US("primary rx_idle_to_us", totals -> totals.idlePrimary.toUs),

    /** As {@link #PRIMARY_IDLE}. */
    STANDBY_IDLE("standby rx_idle", totals -> totals.idleStandby.frames),

    STANDBY_IDLE_OWN("standby rx_idle_own", totals -> totals.idleStandby.own),

    STANDBY_IDLE_TO_US("standby rx_idle_to_us", totals -> totals.idleStandby.toUs);

    private final String label;
    private final String metric;
    private final String help;
    private final ToLongFunction<PortTotals> total;

    /** Of a counter that is not exported. */
    PortCounter(String label, ToLongFunction<PortTotals> total) {
        this(label, "", "", total);
    }

    PortCounter(String label, String metric, String help, ToLongFunction<PortTotals> total) {
        this.label = label;
        this.metric = metric;
        this.help = help;
        this.total = total;
    }

    /** Its name in the file, behind that of the port or queue. */
    public String label() {
        return label;
    }

    /** All metrics, and the counters whose sum each is. */
    public static Map<String, List<PortCounter>> metrics() {
        return Arrays.stream(values())
                .filter(counter -> !counter.metric.isEmpty())
                .collect(Collectors.groupingBy(counter -> counter.metric, LinkedHashMap::new, Collectors.toList()));
    }

    /** The metric in words. */
    public String help() {
        return help;
    }

    /** Whether it belongs to the port's own statistics: what its idle sides receive, and which side transmits, is shown apart. */
    boolean isOfPort() {
        return compareTo(ACTIVE_SIDE) < 0;
    }

    /** Whether a port's is the sum of its queues'. */
    boolean addsUp() {
        return this != SWITCHES && this != ACTIVE_SIDE;
    }

    /** The poll thread only. */
    long in(PortTotals totals) {
        return total.applyAsLong(totals);
    }
}
