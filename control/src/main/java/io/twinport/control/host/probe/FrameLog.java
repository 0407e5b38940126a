package io.twinport.control.host.probe;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** Which frames of a walk have arrived, where and when. For one thread at a time. */
final class FrameLog {
    private static final int FIRST_SIZE = 4096;
    private static final long NOT_YET = Long.MIN_VALUE;

    private final Holder holder;

    /** By place: when each frame came first, by its number. */
    private final Map<Place, long[]> arrivals = new EnumMap<>(Place.class);

    private final Map<Place, Integer> again = new EnumMap<>(Place.class);

    /** @param holder whose place is the standby's */
    FrameLog(Holder holder) {
        this.holder = holder;
    }

    /** @param nanos since anything, the same for all places; 0 where it is not known */
    void add(Place place, int number, long nanos) {
        long[] of = arrivals.computeIfAbsent(place, ignored -> empty(FIRST_SIZE));
        if (number >= of.length) {
            int before = of.length;
            of = Arrays.copyOf(of, Math.max(2 * before, number + 1));
            Arrays.fill(of, before, of.length, NOT_YET);
            arrivals.put(place, of);
        }
        if (of[number] == NOT_YET) {
            of[number] = nanos;
        } else {
            again.merge(place, 1, Integer::sum);
        }
    }

    private static long[] empty(int size) {
        long[] empty = new long[size];
        Arrays.fill(empty, NOT_YET);
        return empty;
    }

    boolean isAt(Place place, int number) {
        long[] of = arrivals.get(place);
        return of != null && number < of.length && of[number] != NOT_YET;
    }

    /** How many frames of a range have come to a place. */
    int count(Place place, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += isAt(place, i) ? 1 : 0;
        }
        return count;
    }

    /** Frames that have come to one place more than once. */
    int again() {
        return again.values().stream().mapToInt(each -> each).sum();
    }

    Delivery delivery(int number) {
        return Delivery.of(isAt(holder.sink(), number), isAt(Place.VF, number));
    }

    /** How most frames of a range have come. */
    Delivery delivery(int from, int to) {
        Delivery most = Delivery.NOBODY;
        for (Delivery each : Delivery.values()) {
            most = count(each, from, to) > count(most, from, to) ? each : most;
        }
        return most;
    }

    /** How many frames of a range have come so. */
    int count(Delivery delivery, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += delivery(i) == delivery ? 1 : 0;
        }
        return count;
    }

    /** When a frame came to the guest first, by either way. */
    long nanos(int number) {
        return switch (delivery(number)) {
            case NOBODY -> 0;
            case STANDBY -> at(holder.sink(), number);
            case VF -> at(Place.VF, number);
            case BOTH -> Math.min(at(holder.sink(), number), at(Place.VF, number));
        };
    }

    private long at(Place place, int number) {
        long[] of = arrivals.get(place);
        return of == null ? 0 : of[number];
    }
}
