package io.twinport.dataplane.failover;

import io.twinport.dataplane.line.TxCompletion;
import java.time.Duration;

/**
 * The wait of a planned switch (U13): the side that is being left has its link yet, and what its ring holds has to be out
 * before the first frame goes by the other side, or that one would overtake it. How it is known that the ring is empty
 * depends on the driver, see {@link TxCompletion}; the wait is bounded in any case.
 */
public final class Handover {
    /**
     * For the last burst, and before that for one to come. A virtual device's other end, or a NIC with a full ring at
     * 10 Gb/s, takes a tenth of it.
     */
    public static final Duration LONGEST = Duration.ofMillis(2);

    /** What a NIC may still hold when its descriptors are done: 31 unreported frames of 1518 bytes at 1 Gb/s. */
    static final Duration SETTLE = Duration.ofNanos(400_000);

    /** For drivers that tell nothing, once they have the frames. */
    static final Duration BLIND = Duration.ofMillis(1);

    private final InFlight inFlight;
    private final boolean all;
    private long line;
    private long begun;
    private long doneAt;
    private boolean done;
    private boolean lastBurst;
    private boolean full;
    private boolean idle;
    private boolean timedOut;

    /**
     * @param inFlight where the frames are whose references tell
     * @param all whether it knows all frames that were posted, and not only those posted since the wait began
     */
    Handover(InFlight inFlight, boolean all) {
        this.inFlight = inFlight;
        this.all = all;
    }

    /** @param leftLine that is being left */
    void begin(long leftLine, long now) {
        line = leftLine;
        begun = now;
        done = false;
        lastBurst = false;
        full = false;
        idle = false;
        timedOut = false;
    }

    /**
     * Whether one more burst has to be posted by the side that is being left, through the {@link InFlight} set: where
     * references tell, there is none yet on a frame that was posted before.
     */
    boolean wantsLastBurst() {
        return !all && !lastBurst && tellsByReferences();
    }

    /** That burst was taken; what is waited for from now on is that it is sent. */
    void posted(long now) {
        lastBurst = true;
        begun = now;
    }

    /** That burst was refused: the ring is full, of this queue's frames or of those of others that share it. */
    void refused() {
        full = true;
    }

    /** Whether the other side may be used. */
    boolean isOver(long now) {
        if (isSent(now)) {
            return true;
        }
        if (now - begun < LONGEST.toNanos()) {
            return false;
        }
        timedOut = full || !wantsLastBurst();
        // A ring that was given nothing for so long has been sent, if its driver only could say so. But a loop that had
        // no CPU for so long has given it nothing either: it gets the time to offer its last burst yet.
        boolean wasIdle = idle;
        idle = true;
        return timedOut || wasIdle;
    }

    /** Whether the last wait ended with frames perhaps in the ring. */
    boolean isTimedOut() {
        return timedOut;
    }

    private boolean isSent(long now) {
        return switch (TxCompletion.of(line)) {
            case TxCompletion.AT_ONCE -> true;
            case TxCompletion.USED_RING, TxCompletion.RELAYED -> TxCompletion.isDone(line);
            case TxCompletion.REFERENCES, TxCompletion.REAPED_REFERENCES -> !wantsLastBurst() && isReaped();
            case TxCompletion.DESCRIPTORS -> isSettled(SETTLE, now);
            default -> isSettled(BLIND, now);
        };
    }

    private boolean isReaped() {
        TxCompletion.reap(line);
        return inFlight.isLastSent();
    }

    private boolean isSettled(Duration time, long now) {
        if (!done && TxCompletion.isDone(line)) {
            done = true;
            doneAt = now;
        }
        return done && now - doneAt >= time.toNanos();
    }

    private boolean tellsByReferences() {
        int kind = TxCompletion.of(line);
        return kind == TxCompletion.REFERENCES || kind == TxCompletion.REAPED_REFERENCES;
    }
}
