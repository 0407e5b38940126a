package io.twinport.control.run;

import io.twinport.control.Log;
import io.twinport.control.TimeOfDay;
import io.twinport.control.service.Journal;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.failover.Conductor;
import io.twinport.dataplane.failover.PolicyInput;
import io.twinport.dataplane.failover.PolicyText;
import io.twinport.dataplane.failover.StandbyHealth;
import io.twinport.dataplane.failover.SwitchRecord;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** One line for each link event and each switch, and at the end a summary. */
final class RunLog implements Conductor.Listener, Log {
    private static final long HIGHEST_NANOS = 60_000_000_000L;

    private final PrintStream out;
    private final String prefix;
    private final Histogram eventToBurst = new Histogram(HIGHEST_NANOS, 3);
    private final TimeOfDay time;
    private int failovers;
    private int failbacks;
    private long lostAtMost;
    private volatile Level from = Level.INFO;
    private boolean ended;

    /** @param prefix before each line's text: which port it is about */
    RunLog(PrintStream out, TimeOfDay time, String prefix) {
        this.out = out;
        this.time = time;
        this.prefix = prefix;
    }

    /** A line with the present time. */
    @Override
    public void line(Level level, String text) {
        line(level, System.nanoTime(), text);
    }

    /** From now on it says what is of this level and above. */
    void from(Level level) {
        from = level;
    }

    /** From now on the port is being taken apart, and what it does about that is not worth a line. */
    synchronized void end() {
        ended = true;
    }

    @Override
    public synchronized void onLink(int port, int side, boolean up, long nanos) {
        if (ended) {
            return;
        }
        line(level(up), nanos, PolicyText.side(side) + " link " + (up ? "up" : "down"));
    }

    @Override
    public synchronized void onCarrier(int port, boolean on, long nanos) {
        if (!ended) {
            line(level(on), nanos, "carrier " + (on ? "on" : "off"));
        }
    }

    /** Each event that the policy was told, for who asks for it. */
    @Override
    public synchronized void onInput(PolicyInput input) {
        if (!ended) {
            String decision = PolicyText.decision(input.before(), input.after());
            line(Level.DEBUG, input.nanos(), PolicyText.event(input.event()) + ": " + decision);
        }
    }

    @Override
    public synchronized void onFailure(int port, int side, String reason, long nanos) {
        if (!ended) {
            line(
                    level(reason.isEmpty()),
                    nanos,
                    PolicyText.side(side)
                            + (reason.isEmpty()
                                    ? " is looked at anew: its link was away, it was started again, or an operator wants it"
                                    : " has failed in part: " + reason + ". The other side is used if it is ready"));
        }
    }

    @Override
    public synchronized void onHealth(int port, StandbyHealth.Report health, long nanos) {
        if (!ended) {
            line(level(health.verdict() != StandbyHealth.Verdict.DEAD), nanos, "standby " + healthText(health));
        }
    }

    /** For instance {@code healthy: it has received a frame (01:01:20.771491)}. */
    String healthText(StandbyHealth.Report health) {
        return health.verdict() + ": " + health.evidence() + " (" + time.text(health.nanos()) + ")";
    }

    @Override
    public synchronized void onSwitch(SwitchRecord record) {
        if (ended) {
            return;
        }
        if (record.from() == Sides.PRIMARY && record.to() == Sides.STANDBY) {
            failovers++;
        } else if (record.from() == Sides.STANDBY && record.to() == Sides.PRIMARY) {
            failbacks++;
        }
        lostAtMost += record.lostAtMost();
        if (record.eventToBurstNanos() >= 0 && record.from() != Sides.NONE) {
            eventToBurst.recordValue(Math.min(record.eventToBurstNanos(), HIGHEST_NANOS));
        }
        line(
                level(record.to() != Sides.NONE),
                record.decisionNanos(),
                "switch " + PolicyText.side(record.from()) + " -> " + PolicyText.side(record.to())
                        + ", cause: " + record.causeText() + ", event to first burst: " + burst(record) + ", lost: "
                        + (record.lostAtMost() == 0 ? "0" : "at most " + record.lostAtMost()));
    }

    private static String burst(SwitchRecord record) {
        if (record.to() == Sides.NONE) {
            return "none, no side is ready";
        }
        if (record.firstBurstNanos() == 0) {
            return "none yet, nothing was sent";
        }
        if (record.isSeenBeforeEvent()) {
            return String.format(
                    Locale.ROOT,
                    "0 (the loop came before the interrupt; decision to burst %.2f us)",
                    (record.firstBurstNanos() - record.decisionNanos()) / 1e3);
        }
        return String.format(Locale.ROOT, "%.2f us", record.eventToBurstNanos() / 1e3);
    }

    /** How often the port switched, and how fast. */
    synchronized void summary() {
        out.printf("%n%d failovers, %d failbacks, frames lost: at most %d%n", failovers, failbacks, lostAtMost);
        if (eventToBurst.getTotalCount() > 0) {
            out.printf(
                    Locale.ROOT,
                    "event to first burst, us: p50 %.2f, p99 %.2f, max %.2f of %d%n",
                    eventToBurst.getValueAtPercentile(50) / 1e3,
                    eventToBurst.getValueAtPercentile(99) / 1e3,
                    eventToBurst.getMaxValue() / 1e3,
                    eventToBurst.getTotalCount());
        }
    }

    private static Level level(boolean good) {
        return good ? Level.INFO : Level.WARNING;
    }

    private void line(Level level, long nanos, String text) {
        if (level.compareTo(from) < 0) {
            return;
        }
        out.println(
                Journal.isOnStdout() ? Journal.mark(level, prefix + text) : time.text(nanos) + "  " + prefix + text);
        out.flush();
    }
}
