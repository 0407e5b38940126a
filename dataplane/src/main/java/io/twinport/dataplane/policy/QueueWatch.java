package io.twinport.dataplane.policy;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Whether a transmit queue of a device is dead while others of it work: the far end of a vhost-user wire may have come back
 * with fewer queues, and all that goes to the others is refused for good, by a link that is up.
 *
 * <p>A stall is no proof of death (U10). But a queue that refuses a frame is full, and if it has taken none since it did so
 * before it has been full all the time: not one slot has become free. Of that time only what the others used to send theirs
 * counts, with the loop of the queue at work. So pause frames, a rate limit, a far end or a loop without its CPU, and plain
 * overload give no evidence: they hold up all queues of a device, or let each go on slowly. Nor does a queue that is offered
 * nothing.
 *
 * <p>Pure: time is given in. For one thread.
 */
public final class QueueWatch {
    /** How long a queue has to have been full. */
    public static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What the others have to have sent meanwhile: more than a batch of descriptors (U4). */
    static final int OTHERS = 64;

    /** Between two looks no more time counts: this process, or this thread, may have been stopped. */
    static final long LONGEST_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** No queue is dead. */
    public static final int NONE = -1;

    /**
     * A device's transmit queue at an instant; all counts only grow.
     *
     * @param taken frames that it has taken, of all queues of the port that send by it
     * @param refused frames of theirs that were given back
     * @param passes of the poll loop that sends by it
     */
    public record Sight(long taken, long refused, long passes) {
        static final Sight NOTHING = new Sight(-1, -1, -1);
    }

    private final Sight[] last;

    /** For how long each has been full; negative for one that is not known to be. */
    private final long[] full;

    /** What all queues had taken when it was found full. */
    private final long[] takenBefore;

    private long lastTaken;
    private long lastNanos;

    /** @param queues that the device has, and the port uses */
    public QueueWatch(int queues) {
        last = new Sight[queues];
        full = new long[queues];
        takenBefore = new long[queues];
        Arrays.fill(last, Sight.NOTHING);
    }

    /**
     * What is seen of a side that transmits.
     *
     * @param sights of all queues of the device
     * @return the number of a dead one, or {@link #NONE}
     */
    public int look(Sight[] sights, long now) {
        long taken = 0;
        for (Sight sight : sights) {
            taken += sight.taken;
        }
        long step = taken == lastTaken ? 0 : Math.min(now - lastNanos, LONGEST_STEP_NANOS);
        lastTaken = taken;
        lastNanos = now;
        int dead = NONE;
        for (int t = 0; t < sights.length; t++) {
            boolean refuses = look(t, sights[t], taken, step);
            if (refuses && full[t] >= DEAD_NANOS && taken - takenBefore[t] > OTHERS) {
                dead = t;
            }
        }
        return dead;
    }

    /** Whether the queue has refused a frame since the last look, and taken none. */
    private boolean look(int t, Sight sight, long taken, long step) {
        Sight before = last[t];
        last[t] = sight;
        if (sight.taken != before.taken) {
            full[t] = -1;
            return false;
        }
        boolean refuses = sight.refused != before.refused;
        if (full[t] < 0) {
            full[t] = refuses ? 0 : -1;
            takenBefore[t] = taken;
        } else if (sight.passes != before.passes) {
            full[t] += step;
        }
        return refuses;
    }
}
