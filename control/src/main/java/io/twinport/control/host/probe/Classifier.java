package io.twinport.control.host.probe;

import org.jspecify.annotations.Nullable;

/**
 * Finds out what a change of the VF's state has done to the frames. It looks at their numbers only, and at which had been sent when
 * the change began and ended: what it finds does not depend on how fast anything went.
 */
final class Classifier {
    /** Frames that may have been on their way when the VF became ready. */
    private static final int ON_THE_WAY = 4;

    private static final double NANOS_PER_MICRO = 1000;

    private Classifier() {}

    /** @param hasTimes whether the times of arrivals say something about the NIC */
    static Transition classify(FrameLog log, Step from, Step to, boolean hasTimes) {
        Delivery before = log.delivery(from.steady(), from.next());
        Delivery after = log.delivery(to.steady(), to.next());
        int lost = log.count(Delivery.NOBODY, to.begin(), to.next());
        int late = to.state().receives() ? late(log, to) : 0;
        boolean isLate = late > ON_THE_WAY;
        Verdict verdict = verdict(to.state().receives(), before, after, lost, isLate);
        Double micros = hasTimes ? lost > 0 ? outage(log, to) : isLate ? lateness(log, to) : null : null;
        int duplicated = log.count(Delivery.BOTH, to.begin(), to.next());
        return new Transition(from.state(), to.state(), verdict, before, after, lost, duplicated, late, micros);
    }

    static Verdict verdict(boolean isVfReady, Delivery before, Delivery after, int lost, boolean isLate) {
        boolean isLost = lost > 0;
        return switch (after) {
            case NOBODY ->
                isVfReady || before == Delivery.NOBODY || before == Delivery.BOTH
                        ? Verdict.NOWHERE
                        : before == Delivery.STANDBY ? Verdict.EARLY_STEAL : Verdict.LATE;
            case BOTH -> before == Delivery.BOTH && !isLost ? Verdict.UNMOVED : Verdict.DUPLICATE;
            case STANDBY -> {
                if (isVfReady) {
                    yield Verdict.LATE;
                }
                yield switch (before) {
                    case NOBODY -> Verdict.RESTORED;
                    case STANDBY -> isLost ? Verdict.NOWHERE : Verdict.UNMOVED;
                    case VF, BOTH -> isLost ? Verdict.LATE : Verdict.MAKE_BEFORE_BREAK;
                };
            }
            case VF ->
                switch (before) {
                    case NOBODY -> Verdict.RESTORED;
                    case VF -> isLost ? Verdict.NOWHERE : Verdict.UNMOVED;
                    case STANDBY, BOTH ->
                        isLost ? Verdict.EARLY_STEAL : isLate ? Verdict.LATE : Verdict.MAKE_BEFORE_BREAK;
                };
        };
    }

    /** Frames for the standby alone since the VF has been ready, until the VF got its first, if it did. */
    private static int late(FrameLog log, Step to) {
        int late = 0;
        for (int i = to.end(); i < to.next() && !log.isAt(Place.VF, i); i++) {
            late += log.delivery(i) == Delivery.STANDBY ? 1 : 0;
        }
        return late;
    }

    /** How long the longest gap was that began and ended here: from the last frame before it to the first behind it. */
    private static @Nullable Double outage(FrameLog log, Step to) {
        double longest = -1;
        int last = -1;
        for (int i = Math.max(0, to.begin() - 1); i < to.next(); i++) {
            if (log.delivery(i) != Delivery.NOBODY) {
                if (last >= 0 && i > last + 1) {
                    longest = Math.max(longest, (log.nanos(i) - log.nanos(last)) / NANOS_PER_MICRO);
                }
                last = i;
            }
        }
        return longest < 0 ? null : longest;
    }

    private static @Nullable Double lateness(FrameLog log, Step to) {
        for (int i = to.end(); i < to.next(); i++) {
            if (log.isAt(Place.VF, i)) {
                return (log.nanos(i) - log.nanos(to.end())) / NANOS_PER_MICRO;
            }
        }
        return null;
    }
}
