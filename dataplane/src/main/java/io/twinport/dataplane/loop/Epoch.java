package io.twinport.dataplane.loop;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.agrona.UnsafeApi;

/**
 * How far a poll loop has come: the number of passes that it has finished, and the last command that it has executed.
 * No device is stopped, closed or removed before each loop that used it has executed the command to leave it and then
 * finished a pass (U6, architecture decision 5).
 *
 * <pre>
 *   0                8               16
 *  +----------------+----------------+------------------------+
 *  | passes         | last command   |        unused          |
 *  +----------------+----------------+------------------------+
 * </pre>
 */
public final class Epoch {
    /** Far more than a pass takes; a loop that needs longer is stuck. */
    public static final Duration LOOP_TIME = Duration.ofSeconds(2);

    /** The passes of a loop that has ended. */
    public static final long ENDED = Long.MAX_VALUE;

    private static final int PASSES = 0;
    private static final int COMMAND = 8;
    private static final long WAIT_NANOS = 20_000;

    private final long line = Arena.global().allocate(64, 64).address();
    private long passes;

    /** The loop: a pass is finished. Release: what the loop did in it is done before the number is seen. */
    void pass() {
        UnsafeApi.putLongRelease(null, line + PASSES, ++passes);
    }

    /** The loop: this command and all before it are executed; release as in {@link #pass}. */
    void executed(long command) {
        UnsafeApi.putLongRelease(null, line + COMMAND, command);
    }

    /** The loop has ended and uses nothing any more. */
    void end() {
        UnsafeApi.putLongRelease(null, line + COMMAND, ENDED);
        UnsafeApi.putLongRelease(null, line + PASSES, ENDED);
    }

    /** Passes finished so far; {@link Long#MAX_VALUE} when the loop has ended. */
    public long passes() {
        return UnsafeApi.getLongAcquire(null, line + PASSES);
    }

    /**
     * Control: waits until the loop has executed a command and has then finished a pass.
     *
     * @param time in which this process runs: one that was stopped has not waited
     * @return false if it has not within the time
     */
    public boolean await(long command, Duration time) {
        return await(command, new Patience(time));
    }

    public boolean await(long command, Patience patience) {
        return awaitWord(COMMAND, command, patience) && awaitPass(patience);
    }

    /**
     * Waits until the pass that is under way is finished. Any thread.
     *
     * @return false if it is not within the time
     */
    public boolean awaitPass(Patience patience) {
        return awaitWord(PASSES, nextPass(), patience);
    }

    private long nextPass() {
        long now = passes();
        return now == ENDED ? ENDED : now + 1;
    }

    private boolean awaitWord(int offset, long value, Patience patience) {
        while (UnsafeApi.getLongAcquire(null, line + offset) < value) {
            if (patience.isOver()) {
                return false;
            }
            LockSupport.parkNanos(WAIT_NANOS);
        }
        return true;
    }
}
