package io.twinport.control.host.migrate;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Counts a guest's frames at its standbys' interfaces at both hosts while it is migrated, from the kernel's counters. Between two looks it
 * knows how many there were and not when: so of the longest time without a frame it knows a bound. What passes elsewhere it does not see.
 */
final class FrameWatch {
    /**
     * An interface's counters since it was made.
     *
     * @param dropped of those to the guest, for which there was no room: it did not fetch them
     */
    record Count(long fromGuest, long toGuest, long dropped) {
        static final Count NONE = new Count(0, 0, 0);

        Count plus(Count other) {
            return new Count(fromGuest + other.fromGuest, toGuest + other.toGuest, dropped + other.dropped);
        }

        Count minus(Count other) {
            return new Count(fromGuest - other.fromGuest, toGuest - other.toGuest, dropped - other.dropped);
        }
    }

    private final Map<Side, Count> first = new EnumMap<>(Side.class);
    private final Map<Side, Count> last = new EnumMap<>(Side.class);
    private long fromGuest;

    /** The start of the look before that which has seen a frame last; 0 before there was one. */
    private long seenAfter;

    private long lastLook;
    private long longestGap;

    /**
     * A look at both hosts.
     *
     * @param start when it began, as {@code System.nanoTime}; likewise its end
     * @param counts of the hosts whose interface is there; what a host's counted before it was there first is not the migration's
     */
    synchronized void look(long start, long end, Map<Side, Count> counts) {
        counts.forEach((side, count) -> {
            // The target's interface is made for this guest: all that it has counted is the migration's.
            first.putIfAbsent(side, side == Side.SOURCE ? count : Count.NONE);
            last.put(side, count);
        });
        long now = total().fromGuest();
        if (now > fromGuest) {
            longestGap = seenAfter == 0 ? longestGap : Math.max(longestGap, end - seenAfter);
            seenAfter = lastLook == 0 ? start : lastLook;
            fromGuest = now;
        }
        lastLook = start;
    }

    private Count total() {
        Count total = Count.NONE;
        for (Map.Entry<Side, Count> each : last.entrySet()) {
            total = total.plus(each.getValue().minus(first.getOrDefault(each.getKey(), Count.NONE)));
        }
        return total;
    }

    /** {@code 523 frames from the guest, 530 to it}; empty where nothing was seen. */
    synchronized String progress() {
        Count total = total();
        return last.isEmpty() ? "" : total.fromGuest() + " frames from the guest, " + total.toGuest() + " to it";
    }

    /** All of it, and what it does not say; empty where nothing was seen. */
    synchronized String summary() {
        if (last.isEmpty()) {
            return "";
        }
        String gap = longestGap == 0
                ? "it has sent too few to tell a gap"
                : String.format(Locale.ROOT, "longest time without one from it: at most %d ms", longestGap / 1_000_000);
        return "at the standby while the guest was migrated: " + progress() + ", " + total().dropped()
                + " dropped that it did not fetch; " + gap;
    }
}
