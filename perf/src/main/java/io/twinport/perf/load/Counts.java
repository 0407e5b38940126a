package io.twinport.perf.load;

import java.util.Arrays;

/**
 * What has become of the frames that were to be sent.
 *
 * @param offered to the forwarder's ring: sent and refused ones
 * @param refused the ring was full
 * @param skipped never offered: another process had the generator's CPU when they were due
 * @param unable never offered either: the generator cannot send so fast
 * @param received duplicates among them
 * @param lost sent, and not come back
 * @param reordered overtaken by a later one
 * @param nanos from the first frame to the end of the schedule
 * @param away how much of it another process had the generator's CPU
 */
public record Counts(
        long offered,
        long sent,
        long refused,
        long skipped,
        long unable,
        long received,
        long lost,
        long duplicates,
        long reordered,
        long nanos,
        long away) {
    static Counts parse(String line) {
        long[] fields =
                Arrays.stream(line.split(" ", -1)).mapToLong(Long::parseLong).toArray();
        return new Counts(
                fields[0],
                fields[1],
                fields[2],
                fields[3],
                fields[4],
                fields[5],
                fields[6],
                fields[7],
                fields[8],
                fields[9],
                fields[10]);
    }

    /** Share of the offered frames that have not come back. */
    public double lossRatio() {
        return offered == 0 ? 1 : (double) (refused + lost) / offered;
    }

    /** Share of the frames that the generator could not send. */
    public double unableShare() {
        return (double) unable / Math.max(1, offered + unable);
    }
}
