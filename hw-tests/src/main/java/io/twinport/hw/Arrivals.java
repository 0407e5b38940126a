package io.twinport.hw;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which numbered frames of one direction have arrived, when, and on which side. Numbers count from 0; nothing is forgotten,
 * so that what was lost can be said exactly, and when.
 */
public final class Arrivals {
    /** More than any scenario sends. */
    private static final int MOST = 8 << 20;

    private long[] nanos = new long[1 << 12];
    private byte[] ports = new byte[1 << 12];
    private int end;
    private long delivered;
    private long duplicated;
    private long reordered;

    /** Frames that did not arrive, all those from {@code first} to {@code last}. */
    public record Missing(long first, long last) {
        public long count() {
            return last - first + 1;
        }

        @Override
        public String toString() {
            return first == last ? String.valueOf(first) : first + "-" + last;
        }
    }

    /** A pause between two arrivals, and the number of the frame that ended it. */
    public record Gap(long nanos, long number) {
        public double millis() {
            return nanos / 1e6;
        }
    }

    synchronized void add(long number, long time, int port) {
        if (number < 0 || number >= MOST) {
            throw new LabException("a frame with the number " + number + " has arrived, which nobody sends");
        }
        int index = (int) number;
        if (index >= nanos.length) {
            int size = Math.max(index + 1, nanos.length * 2);
            nanos = Arrays.copyOf(nanos, size);
            ports = Arrays.copyOf(ports, size);
        }
        if (nanos[index] != 0) {
            duplicated++;
            return;
        }
        if (index < end) {
            reordered++;
        }
        nanos[index] = time;
        ports[index] = (byte) port;
        end = Math.max(end, index + 1);
        delivered++;
    }

    /** Different frames that have arrived. */
    public synchronized long delivered() {
        return delivered;
    }

    /** Frames that have arrived once more. */
    public synchronized long duplicated() {
        return duplicated;
    }

    /** Frames that have arrived after one with a higher number. */
    public synchronized long reordered() {
        return reordered;
    }

    /** One more than the highest number that has arrived: what is sent from now on is not below it. */
    public synchronized long end() {
        return end;
    }

    /** How many of the frames below {@code end} came in by a port. */
    synchronized long deliveredBy(int port) {
        long count = 0;
        for (int i = 0; i < end; i++) {
            if (nanos[i] != 0 && ports[i] == port) {
                count++;
            }
        }
        return count;
    }

    /** What has not arrived of the frames from {@code from} to before {@code to}. */
    public synchronized List<Missing> missing(long from, long to) {
        List<Missing> missing = new ArrayList<>();
        for (long i = from; i < to; i++) {
            if (isMissing(i)) {
                long first = i;
                while (i + 1 < to && isMissing(i + 1)) {
                    i++;
                }
                missing.add(new Missing(first, i));
            }
        }
        return missing;
    }

    /** How many of the frames from {@code from} to before {@code to} have not arrived. */
    public long lost(long from, long to) {
        return missing(from, to).stream().mapToLong(Missing::count).sum();
    }

    /** The longest pause between arrivals of frames from {@code from} to before {@code to}. */
    public synchronized Gap longestGap(long from, long to) {
        long[] times = nanos;
        long previous = 0;
        Gap longest = new Gap(0, from);
        for (int i = (int) from; i < Math.min(to, end); i++) {
            if (times[i] != 0) {
                if (previous != 0 && times[i] - previous > longest.nanos()) {
                    longest = new Gap(times[i] - previous, i);
                }
                previous = Math.max(previous, times[i]);
            }
        }
        return longest;
    }

    /** Whether the newest frames, all of them with a number or after it, have arrived without a gap by one port. */
    synchronized boolean isSteadyOn(int port, int frames, long from) {
        for (int i = end - frames; i < end; i++) {
            if (i < from || nanos[i] == 0 || ports[i] != port) {
                return false;
            }
        }
        return true;
    }

    /** When the first frame at or after a number came in by a port, or 0 if none has. */
    synchronized long firstBy(int port, long from) {
        for (int i = (int) from; i < end; i++) {
            if (nanos[i] != 0 && ports[i] == port) {
                return nanos[i];
            }
        }
        return 0;
    }

    private boolean isMissing(long number) {
        return number >= nanos.length || nanos[(int) number] == 0;
    }
}
