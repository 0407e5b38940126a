package io.twinport.perf.load;

import java.time.Duration;

/**
 * How the no-drop rate is looked for.
 *
 * @param trial how long a rate is offered
 * @param trials of a rate, at most
 */
public record NdrSetup(LoadSetup load, NdrSearch.Range range, Duration trial, int trials) {
    /** The loss ratio of the partial-drop rate, by FD.io's custom; that of the no-drop rate is 0. */
    public static final double PARTIAL_DROP = 0.005;
}
