package io.twinport.perf.compare;

/**
 * A figure of a result.
 *
 * @param low lower end of its interval
 * @param high upper end
 * @param isRate more is better; else less is
 */
record Figure(double value, double low, double high, boolean isRate) {
    /** What has become of it. */
    enum Change {
        SAME("="),
        BETTER("better"),
        WORSE("WORSE");

        final String text;

        Change(String text) {
            this.text = text;
        }
    }

    /** The same if the intervals touch: two runs of one build differ by as much. */
    Change to(Figure later) {
        if (later.low <= high && low <= later.high) {
            return Change.SAME;
        }
        return later.low > high == isRate ? Change.BETTER : Change.WORSE;
    }
}
