package io.twinport.control.run;

import io.twinport.control.hotplug.Release;
import io.twinport.control.hotplug.SideLife;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortMonitor;
import io.twinport.dataplane.failover.PortStatistics;
import io.twinport.dataplane.failover.StandbyHealth;
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
                counters.received(),
                counters.sentByPrimary(),
                counters.sentByStandby(),
                counters.refused(),
                counters.dropped() + counters.holdDropped(),
                counters.suppressed(),
                counters.announced());
        StandbyHealth.Report health = monitor.standbyHealth();
        if (health != null) {
            out.println("standby " + log.healthText(health));
        }
        out.println(statisticsText(monitor.statistics()));
        if (counters.held() + counters.resent() + counters.notDrained() > 0) {
            out.printf(
                    Locale.ROOT,
                    "tx waited for a switch %d, resent %d; planned switches whose former side was not known to be empty %d%n",
                    counters.held(),
                    counters.resent(),
                    counters.notDrained());
        }
        print(counters.lookback(), "of rx received by the idle side just before a switch");
        print(counters.duplicates(), "rx duplicates of frames that came by the other side");
        print(counters.forgotten(), "rx whose duplicates were not looked for: too many at once");
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
