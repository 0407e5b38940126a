package io.twinport.dataplane.policy;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What is known of a standby before it is needed (U9), from what it receives while it is idle: nothing is ever sent on it
 * with the port's address. Its proof is the port's own broadcast, sent by the primary, which the network brings back by the
 * standby; any other frame shows at least that it receives. Whether it
 * sends is not known before it is needed.
 *
 * <table>
 * <caption>The first line that fits</caption>
 * <tr><th>the standby</th><th>verdict</th></tr>
 * <tr><td>is away or its link is down, as the operator expects</td><td>expected-down</td></tr>
 * <tr><td>is away, or its link is down</td><td>dead</td></tr>
 * <tr><td>transmits, and has received a frame within the last minute</td><td>healthy</td></tr>
 * <tr><td>transmits</td><td>unproven</td></tr>
 * <tr><td>has received own broadcasts, and none of the last {@value #MISSED}, nor anything else since</td><td>dead</td></tr>
 * <tr><td>has received a frame within the last minute</td><td>healthy</td></tr>
 * <tr><td>has not</td><td>unproven</td></tr>
 * </table>
 *
 * <p>Pure: time is given in. For one thread.
 */
public final class StandbyHealth {
    /** How long a proof holds: longer than the broadcasts of a quiet network are apart. */
    static final long PROOF_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** So many in a row that do not arrive are no accident. */
    static final int MISSED = 3;

    /** What is on its way is given so long. */
    static final long ARRIVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long NEVER = Long.MIN_VALUE;

    /** How far a standby can be relied upon. */
    public enum Verdict {
        HEALTHY(0),
        UNPROVEN(1),
        EXPECTED_DOWN(2),
        DEAD(3);

        private final int code;

        Verdict(int code) {
            this.code = code;
        }

        /** Its number in {@code twinport.cnc}. */
        public int code() {
            return code;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * A verdict and what it rests on.
     *
     * @param evidence in words
     * @param nanos {@link System#nanoTime} of the evidence
     */
    public record Report(Verdict verdict, String evidence, long nanos) {}

    /**
     * What is seen of a standby at a time; all counts only grow.
     *
     * @param here its device has joined
     * @param transmits it is the active side
     * @param frames that it has received while it was idle
     * @param own those among them that the port itself had sent
     * @param received frames that the port has delivered
     * @param broadcasts that the port has sent by the primary for all to hear
     */
    public record Sight(
            boolean here, boolean linkUp, boolean transmits, long frames, long own, long received, long broadcasts) {
        static final Sight NOTHING = new Sight(false, false, false, 0, 0, 0, 0);
    }

    private final boolean downExpected;
    private Sight last = Sight.NOTHING;
    private long since = NEVER;
    private long heardNanos = NEVER;
    private long ownNanos = NEVER;
    private final Run broadcasts = new Run();

    /** @param downExpected a standby whose link is down, or that is not there, is no fault */
    public StandbyHealth(boolean downExpected) {
        this.downExpected = downExpected;
    }

    /** What is to be thought of the standby, now that this is seen. */
    public Report observe(Sight sight, long now) {
        if (since == NEVER || sight.here() != last.here() || sight.linkUp() != last.linkUp()) {
            begin(sight, now);
        }
        note(sight, now);
        last = sight;
        return report(sight, now);
    }

    /** What was proven of another device, or over another link, says nothing of this one. */
    private void begin(Sight sight, long now) {
        since = now;
        heardNanos = NEVER;
        ownNanos = NEVER;
        broadcasts.begin(sight.broadcasts(), now);
        last = sight;
    }

    private void note(Sight sight, long now) {
        boolean receives = sight.transmits() && sight.received() > last.received();
        if (receives || sight.frames() > last.frames()) {
            heardNanos = now;
        }
        if (sight.transmits()) {
            // What is sent by it itself does not come back by it.
            broadcasts.begin(sight.broadcasts(), now);
            return;
        }
        if (sight.own() > last.own()) {
            ownNanos = now;
        }
        broadcasts.follow(sight.broadcasts(), sight.frames() > last.frames(), now);
    }

    private Report report(Sight sight, long now) {
        if (!sight.here() || !sight.linkUp()) {
            return new Report(
                    downExpected ? Verdict.EXPECTED_DOWN : Verdict.DEAD,
                    sight.here() ? "its link is down" : "it is not there",
                    since);
        }
        if (sight.transmits()) {
            return isFresh(heardNanos, now)
                    ? new Report(Verdict.HEALTHY, "it transmits, and has received a frame", heardNanos)
                    : new Report(
                            Verdict.UNPROVEN, "it transmits, and nothing comes by it", Math.max(since, heardNanos));
        }
        if (ownNanos != NEVER && broadcasts.isMissed(now)) {
            return new Report(
                    Verdict.DEAD,
                    "the last " + broadcasts.count
                            + " broadcasts sent by the primary have not arrived, earlier ones did",
                    broadcasts.lastNanos);
        }
        if (isFresh(ownNanos, now)) {
            return new Report(Verdict.HEALTHY, "it has received a broadcast sent by the primary", ownNanos);
        }
        return isFresh(heardNanos, now)
                ? new Report(Verdict.HEALTHY, "it has received a frame", heardNanos)
                : new Report(Verdict.UNPROVEN, "nothing has come by it", Math.max(since, heardNanos));
    }

    private static boolean isFresh(long nanos, long now) {
        return nanos != NEVER && now - nanos <= PROOF_NANOS;
    }

    /** What was sent since something arrived. */
    private static final class Run {
        private long before;
        private long count;
        private long lastNanos;

        /** When there were enough of them to be missed. Later ones may be under way still, and do not put it off. */
        private long enoughNanos;

        void begin(long sent, long now) {
            before = sent;
            count = 0;
            lastNanos = now;
        }

        void follow(long sent, boolean arrived, long now) {
            if (sent > before) {
                boolean enough = count >= MISSED;
                count += sent - before;
                if (!enough) {
                    enoughNanos = now;
                }
                before = sent;
                lastNanos = now;
            }
            if (arrived) {
                count = 0;
            }
        }

        boolean isMissed(long now) {
            return count >= MISSED && now - enoughNanos >= ARRIVAL_NANOS;
        }
    }
}
