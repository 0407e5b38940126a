package io.twinport.control.run;

import io.twinport.control.hotplug.Release;
import io.twinport.control.hotplug.SideLife;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.conductor.PortMonitor;
import io.twinport.dataplane.conductor.PortStatistics;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.policy.StandbyHealth;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a port has done, in a few lines at its end. */
record PortSummary(PrintStream out, RunLog log, PortCounters counters, PortMonitor monitor) {
    void print() {
        log.summary();
        out.printf(
                Locale.ROOT,
                "rx %d, tx %d by the primary + %d by the standby, tx refused %d, tx dropped %d, rx suppressed on the idle side"
                        + " %d, announcements sent %d%n",
                counters.get(PortCounter.RECEIVED),
                counters.get(PortCounter.SENT_BY_PRIMARY),
                counters.get(PortCounter.SENT_BY_STANDBY),
                counters.get(PortCounter.REFUSED),
                counters.get(PortCounter.DROPPED) + counters.get(PortCounter.HOLD_DROPPED),
                counters.get(PortCounter.SUPPRESSED),
                counters.get(PortCounter.ANNOUNCED));
        StandbyHealth.Report health = monitor.standbyHealth();
        if (health != null) {
            out.println("standby " + log.healthText(health));
        }
        out.println(statisticsText(monitor.statistics()));
        if (counters.get(PortCounter.HELD) + counters.get(PortCounter.RESENT) + counters.get(PortCounter.NOT_DRAINED)
                > 0) {
            out.printf(
                    Locale.ROOT,
                    "tx waited for a switch %d, resent %d; planned switches whose former side was not known to be empty %d%n",
                    counters.get(PortCounter.HELD),
                    counters.get(PortCounter.RESENT),
                    counters.get(PortCounter.NOT_DRAINED));
        }
        print(counters.get(PortCounter.LOOKBACK), "of rx received by the idle side just before a switch");
        print(counters.get(PortCounter.DUPLICATES), "rx duplicates of frames that came by the other side");
        print(counters.get(PortCounter.FORGOTTEN), "rx whose duplicates were not looked for: too many at once");
    }

    private void print(long count, String what) {
        if (count > 0) {
            out.printf("%d %s%n", count, what);
        }
    }

    private static String statisticsText(PortStatistics statistics) {
        List<String> counts = new ArrayList<>();
        for (PortStatistics.Counter counter : PortStatistics.Counter.values()) {
            counts.add(counter + " " + statistics.get(Sides.NONE, counter));
        }
        return "the devices counted: " + String.join(", ", counts);
    }

    static void printReleases(PrintStream out, SideLife life) {
        List<Release> releases = life.releases();
        if (!releases.isEmpty()) {
            out.printf(
                    Locale.ROOT,
                    "%s has left %d times; off the loop after at most %.1f ms, closed in at most %.0f ms,"
                            + " frames in its ring: at most %d%n",
                    life.plan().role(),
                    releases.size(),
                    releases.stream().mapToLong(Release::leaveNanos).max().orElse(0) / 1e6,
                    releases.stream().mapToLong(Release::closeNanos).max().orElse(0) / 1e6,
                    releases.stream().mapToLong(Release::unknownFrames).sum());
        }
    }
}
