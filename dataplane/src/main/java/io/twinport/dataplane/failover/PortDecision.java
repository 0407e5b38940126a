package io.twinport.dataplane.failover;

import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * What the queue that decides tells the other queues of its port, which follow: the policy's state, in one word that they
 * compare with what they saw last, once a burst. And what they tell it: that a frame has proven the side that waits for it.
 *
 * <pre>
 *   0       4            8             16                64
 *  +-------+------------+-------------+-----------------+-------+
 *  | state | generation | switches    |     unused      | proof |
 *  +-------+------------+-------------+-----------------+-------+
 * </pre>
 *
 * The generation grows with each state, so that a proof of one wait is none of the next.
 */
final class PortDecision {
    /** What {@link #switchesAt} says of a state that is over. */
    static final long OVER = -1;

    private static final int WORD = 0;
    private static final int SWITCHES = 8;
    private static final int PROOF = 64;
    private static final int LENGTH = 128;

    private PortDecision() {}

    /** A new one, which lives as long as the process. */
    static long allocate(int state) {
        long line = Arena.global().allocate(LENGTH, PROOF).address();
        UnsafeApi.putLong(line + WORD, state & 0xffff_ffffL);
        UnsafeApi.putLong(line + PROOF, ~0L);
        return line;
    }

    /**
     * The queue that decides. Release: a follower that sees the word sees the number of switches.
     *
     * @param switches of the port so far
     */
    static void publish(long line, int state, long switches) {
        long generation = (UnsafeApi.getLong(line + WORD) >>> 32) + 1;
        UnsafeApi.putLong(line + SWITCHES, switches);
        UnsafeApi.putLongRelease(null, line + WORD, generation << 32 | state & 0xffff_ffffL);
    }

    /** Any queue: the present word. */
    static long word(long line) {
        return UnsafeApi.getLongAcquire(null, line + WORD);
    }

    static int state(long word) {
        return (int) word;
    }

    /** The number of switches when a word was the present one, or {@link #OVER}. */
    static long switchesAt(long line, long word) {
        long switches = UnsafeApi.getLongAcquire(null, line + SWITCHES);
        return word(line) == word ? switches : OVER;
    }

    /** A follower: a frame has come that the state of this word waits for. */
    static void prove(long line, long word) {
        UnsafeApi.putLongRelease(null, line + PROOF, word);
    }

    /** The queue that decides: whether a follower has proven the present state. */
    static boolean isProven(long line) {
        return UnsafeApi.getLongAcquire(null, line + PROOF) == UnsafeApi.getLong(line + WORD);
    }
}
