package io.twinport.control.run;

import io.twinport.control.Log;
import io.twinport.dataplane.loop.Patience;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * Notices when a thread hangs on which traffic or devices depend. Each counts something as long as it turns; one that has not
 * counted for two seconds in which this process ran hangs. On a thread of its own, which needs none of the others.
 */
public final class Heartbeats implements AutoCloseable {
    /** As long as a poll loop may need to obey. */
    private static final Duration LIMIT = Duration.ofSeconds(2);

    /** Of the time between two looks {@link Patience} counts so much at most. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /**
     * A thread that hangs.
     *
     * @param thread its name
     * @param time for which it has not turned
     * @param consequence what that means, in words
     */
    public record Hang(String thread, Duration time, String consequence) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "the thread %s has not turned for %.1f s: %s",
                    thread,
                    time.toMillis() / 1e3,
                    consequence);
        }
    }

    private final Log log;
    private final ErrorHandler errors;
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private Optional<Duration> most = Optional.empty();
    private Consumer<Hang> end = hang -> {};
    private volatile boolean closing;

    /**
     * @param log told when a thread hangs, and when it turns again
     * @param errors told of what should not happen
     */
    public Heartbeats(Log log, ErrorHandler errors) {
        this.log = log;
        this.errors = errors;
    }

    /**
     * From now on it is noticed when a thread does not turn.
     *
     * @param thread its name
     * @param beats what it counts while it turns; asked on this class's thread
     * @param consequence what it means when it hangs, in words
     * @param hangs told true when it hangs and false when it turns again, on this class's thread
     */
    public void watch(String thread, LongSupplier beats, String consequence, Consumer<Boolean> hangs) {
        watches.add(new Watch(thread, beats, consequence, hangs));
    }

    /** Before {@link #start}: after so long a hang is told to {@code end}, which need not return. */
    public void endAfter(Duration time, Consumer<Hang> end) {
        this.most = Optional.of(time);
        this.end = end;
    }

    public void start() {
        Thread.ofPlatform().daemon().name("heartbeats").start(this::run);
    }

    /** Names of all threads that are watched. Any thread. */
    public List<String> threads() {
        return watches.stream().map(watch -> watch.thread).toList();
    }

    /** Those that hang now. Any thread. */
    public List<Hang> hanging() {
        return watches.stream().flatMap(watch -> watch.hang().stream()).toList();
    }

    /** Names of those that hang now. Any thread. */
    public List<String> hangingThreads() {
        return hanging().stream().map(Hang::thread).toList();
    }

    /** Whether a thread hangs now. Any thread. */
    public boolean isHanging(String thread) {
        return hangingThreads().contains(thread);
    }

    /** Looks no more: what hangs stays so. */
    @Override
    public void close() {
        closing = true;
    }

    private void run() {
        while (!closing) {
            watches.forEach(this::look);
            most.ifPresent(time -> hanging().stream()
                    .filter(hang -> hang.time().compareTo(time) >= 0)
                    .findFirst()
                    .ifPresent(end));
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void look(Watch watch) {
        try {
            watch.look();
        } catch (RuntimeException e) {
            errors.onError(e);
        }
    }

    private final class Watch {
        private final String thread;
        private final LongSupplier beats;
        private final String consequence;
        private final Consumer<Boolean> hangs;
        private long last;
        private long since = System.nanoTime();
        private Patience patience = new Patience(LIMIT);
        private volatile @Nullable Hang hang;

        Watch(String thread, LongSupplier beats, String consequence, Consumer<Boolean> hangs) {
            this.thread = thread;
            this.beats = beats;
            this.consequence = consequence;
            this.hangs = hangs;
            this.last = beats.getAsLong();
        }

        Optional<Hang> hang() {
            return Optional.ofNullable(hang);
        }

        void look() {
            long now = beats.getAsLong();
            if (now != last) {
                last = now;
                turns();
            } else if (hang != null || patience.isOver()) {
                hangs();
            }
        }

        private void turns() {
            Hang before = hang;
            since = System.nanoTime();
            patience = new Patience(LIMIT);
            hang = null;
            if (before != null) {
                hangs.accept(false);
                log.say(String.format(
                        Locale.ROOT,
                        "the thread %s turns again, after %.1f s",
                        thread,
                        before.time().toMillis() / 1e3));
            }
        }

        private void hangs() {
            Hang before = hang;
            Hang now = new Hang(thread, Duration.ofNanos(System.nanoTime() - since), consequence);
            hang = now;
            if (before == null) {
                hangs.accept(true);
                log.warn(now.toString());
            }
        }
    }
}
