package io.twinport.perf.failover;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What arrived around one cut, in slots of 10 us.
 *
 * @param cutAtNanos when the cut was, from the beginning of the first slot
 * @param primary frames that came to the primary's far end in each slot
 * @param standby frames that came to the standby's
 */
@SuppressWarnings("ArrayRecordComponent") // written as JSON, never compared
record Timeline(long cutAtNanos, int[] primary, int[] standby) {
    static final String LINE = "timeline ";

    /** Whether the record reaches to the cut: before it the drivers are waited for, on a busy machine too long. */
    boolean hasCut() {
        return cutAtNanos < primary.length * FailoverTraffic.SLOT_NANOS;
    }

    String toLine() {
        return LINE + "cutAt=" + cutAtNanos + " primary=" + text(primary) + " standby=" + text(standby);
    }

    static Timeline parse(String line) {
        String[] fields = line.substring(LINE.length()).split(" ", -1);
        return new Timeline(Long.parseLong(value(fields[0])), slots(fields[1]), slots(fields[2]));
    }

    /** Of a record that {@link #hasCut}: from a little before the cut until a little after the first frame of the standby, at least so many slots. */
    Timeline cropped(int before, int after, int atLeast) {
        int cut = (int) (cutAtNanos / FailoverTraffic.SLOT_NANOS);
        int from = Math.max(0, cut - before);
        int first = cut;
        while (first < standby.length && standby[first] == 0) {
            first++;
        }
        int to = Math.min(standby.length, Math.max(first + after, from + atLeast));
        return new Timeline(
                cutAtNanos - from * FailoverTraffic.SLOT_NANOS,
                Arrays.copyOfRange(primary, from, to),
                Arrays.copyOfRange(standby, from, to));
    }

    private static String text(int[] slots) {
        return Arrays.stream(slots).mapToObj(String::valueOf).collect(Collectors.joining(","));
    }

    private static int[] slots(String field) {
        return Arrays.stream(value(field).split(",", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static String value(String field) {
        return field.substring(field.indexOf('=') + 1);
    }
}
