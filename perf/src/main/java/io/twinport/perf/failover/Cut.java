package io.twinport.perf.failover;

import io.twinport.control.UserException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One cut of the primary and its restoration; times in nanoseconds, -1 where unknown or where it did not happen. An
 * event is the entry of the first callback of the driver's interrupt.
 *
 * @param number counts the cuts of a process from 1
 * @param cutToEvent from just before {@code shutdown(2)}
 * @param eventToDecision until another side was selected; 0 where that came before the event
 * @param decisionToBurst until the first burst on the standby had been taken
 * @param eventToBurst 0 where the decision came before the event
 * @param cutToBurst likewise from the cut
 * @param beforeEvent whether the loop saw the link word, and decided, before there was an event
 * @param lost frames that were taken and had not arrived when all was quiet again, the primary still cut; -1 if there
 *     is no far end to count at
 * @param refused frames that no side took
 * @param duplicated frames that came more than once, until after the restoration; -1 where they have no numbers
 * @param reordered frames that came after a later one, likewise
 * @param backEventToBurst of the restoration, from its event to the first burst on the primary
 * @param lostForGood frames that had not arrived after the restoration either: virtio-user keeps its ring
 * @param waited how long another process had the poll loop's CPU meanwhile
 */
record Cut(
        int number,
        long cutToEvent,
        long eventToDecision,
        long decisionToBurst,
        long eventToBurst,
        long cutToBurst,
        boolean beforeEvent,
        long lost,
        long refused,
        long duplicated,
        long reordered,
        long backEventToBurst,
        long lostForGood,
        long waited) {
    static final long UNKNOWN = -1;

    /** What a cut's line begins with. */
    static final String LINE = "cut ";

    /** Whether the standby was used. */
    boolean isSwitched() {
        return cutToBurst >= 0;
    }

    boolean isFirst() {
        return number == 1;
    }

    /** The line that a process of ours prints; C prints the same. */
    String toLine() {
        return LINE + "number=" + number + " cutToEvent=" + cutToEvent + " eventToDecision=" + eventToDecision
                + " decisionToBurst=" + decisionToBurst + " eventToBurst=" + eventToBurst + " cutToBurst=" + cutToBurst
                + " beforeEvent=" + (beforeEvent ? 1 : 0) + " lost=" + lost + " refused=" + refused
                + " duplicated=" + duplicated + " reordered=" + reordered
                + " backEventToBurst=" + backEventToBurst + " lostForGood=" + lostForGood;
    }

    /**
     * Reads a line.
     *
     * @param waited is not in it: whoever reads the line measures that
     */
    static Cut parse(String line, long waited) {
        Map<String, Long> fields = Arrays.stream(line.substring(LINE.length()).split(" ", -1))
                .map(field -> field.split("=", 2))
                .collect(Collectors.toMap(field -> field[0], field -> Long.valueOf(field[1])));
        return new Cut(
                (int) field(fields, "number"),
                field(fields, "cutToEvent"),
                field(fields, "eventToDecision"),
                field(fields, "decisionToBurst"),
                field(fields, "eventToBurst"),
                field(fields, "cutToBurst"),
                field(fields, "beforeEvent") != 0,
                field(fields, "lost"),
                field(fields, "refused"),
                field(fields, "duplicated"),
                field(fields, "reordered"),
                field(fields, "backEventToBurst"),
                field(fields, "lostForGood"),
                waited);
    }

    private static long field(Map<String, Long> fields, String name) {
        Long value = fields.get(name);
        if (value == null) {
            throw new UserException("a cut's line has no " + name + ": " + fields);
        }
        return value;
    }
}
