package io.twinport.control.run;

import io.twinport.control.Log;
import io.twinport.control.TimeOfDay;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.conductor.Conductor;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * Nothing that twinport decides asks for the time of day, but what it tells has it: once somebody has set the clock, the log
 * and all that is read from {@code twinport.cnc} are by the new one.
 */
final class ClockWatch implements Conductor.Listener {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Two clocks cannot be read at once: a thread that was kept from the second one knows nothing. */
    private static final long KEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long SET_MILLIS = 100;

    private final CncFile cnc;
    private final TimeOfDay time;
    private final Log log;
    private final EpochClock epoch;
    private final NanoClock nanos;
    private long lastLook;

    ClockWatch(CncFile cnc, TimeOfDay time, Log log) {
        this(cnc, time, log, SystemEpochClock.INSTANCE, SystemNanoClock.INSTANCE);
    }

    /** For tests, with clocks of theirs. */
    ClockWatch(CncFile cnc, TimeOfDay time, Log log, EpochClock epoch, NanoClock nanos) {
        this.cnc = cnc;
        this.time = time;
        this.log = log;
        this.epoch = epoch;
        this.nanos = nanos;
        this.lastLook = nanos.nanoTime();
    }

    @Override
    public void onTick(long now) {
        if (now - lastLook < LOOK_NANOS) {
            return;
        }
        lastLook = now;
        long before = nanos.nanoTime();
        long millis = epoch.time();
        if (nanos.nanoTime() - before > KEPT_NANOS) {
            return;
        }
        long start = millis - TimeUnit.NANOSECONDS.toMillis(before - cnc.startNanos());
        long step = start - cnc.startMillis();
        if (Math.abs(step) > SET_MILLIS) {
            cnc.setStartMillis(start);
            time.setStart(start);
            log.say(String.format(
                    Locale.ROOT,
                    "the clock has been set by %+.1f s, and these times and the history's with it",
                    step / 1e3));
        }
    }
}
