package io.twinport.hw;

import java.util.ArrayList;
import java.util.List;

/** What {@link PacketTraffic} has printed at its end: the direction from the host to the guest. */
record GuestAccount(
        long sent,
        long refused,
        long delivered,
        long duplicated,
        long reordered,
        List<Arrivals.Missing> missing,
        List<Arrivals.Gap> gaps) {
    static GuestAccount of(GuestProgram program) {
        if (program.lines("^end$").isEmpty()) {
            throw new AssertionError("no account in " + program);
        }
        String[] total = program.lines("^sent ").getFirst().split(" ");
        List<Arrivals.Missing> missing = new ArrayList<>();
        for (String line : program.lines("^missing ")) {
            String[] words = line.split(" ");
            missing.add(new Arrivals.Missing(Long.parseLong(words[1]), Long.parseLong(words[2])));
        }
        List<Arrivals.Gap> gaps = new ArrayList<>();
        for (String line : program.lines("^gap ")) {
            String[] words = line.split(" ");
            gaps.add(new Arrivals.Gap((long) (Double.parseDouble(words[2]) * 1e6), Long.parseLong(words[1])));
        }
        return new GuestAccount(
                Long.parseLong(total[1]),
                Long.parseLong(total[3]),
                Long.parseLong(total[5]),
                Long.parseLong(total[7]),
                Long.parseLong(total[9]),
                missing,
                gaps);
    }

    /** How many of the host's frames from {@code from} to before {@code to} have not arrived. */
    long lost(long from, long to) {
        return missing.stream()
                .mapToLong(each -> Math.max(0, Math.min(each.last() + 1, to) - Math.max(each.first(), from)))
                .sum();
    }

    /** The longest pause after a frame from {@code from} to before {@code to}. */
    double longestGapMillis(long from, long to) {
        return gaps.stream()
                .filter(gap -> gap.number() >= from && gap.number() < to)
                .mapToDouble(Arrivals.Gap::millis)
                .max()
                .orElse(0);
    }
}
