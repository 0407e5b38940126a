package io.twinport.perf.launch;

import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** What a launch has measured, perhaps while other processes had the CPU of its loop: a benchmark's commonest disturbance. */
public interface Disturbable {
    /** A launch that has waited for more than this share of its time was disturbed. */
    double MOST_SHARE = 0.01;

    /** Share of the time in which the loop could not run. */
    double waitedShare();

    /** Whether others have taken more than a little of its CPU. */
    default boolean isDisturbed() {
        return waitedShare() > MOST_SHARE;
    }

    /** For the end of a line: how much others have taken, empty if it was little. */
    default String disturbance() {
        return isDisturbed()
                ? String.format(Locale.ROOT, "   other processes had %.1f %% of its CPU", 100 * waitedShare())
                : "";
    }

    /**
     * Repeats a launch while others disturb it; the last attempt counts as it is.
     *
     * @param attempts how often it is made at most
     * @param seen is told what each has measured, and what follows from it, for the end of a line
     */
    static <S extends Disturbable> S undisturbed(int attempts, Supplier<S> launch, BiConsumer<S, String> seen) {
        int attempt = 0;
        while (true) {
            S sample = launch.get();
            boolean again = sample.isDisturbed() && ++attempt < attempts;
            seen.accept(sample, sample.disturbance() + (again ? ": again" : ""));
            if (!again) {
                return sample;
            }
        }
    }
}
