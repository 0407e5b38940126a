package io.twinport.perf.latency;

/**
 * What is sent through each forwarder.
 *
 * @param name {@code 50%} of the no-drop rate, or the rate itself
 * @param rate frames per second
 */
record Load(String name, long rate) {
    static Load of(long rate) {
        return new Load("" + rate, rate);
    }

    static Load ofPercent(int percent, long noDropRate) {
        return new Load(percent + "%", Math.max(1, noDropRate * percent / 100));
    }
}
