package io.twinport.control.doctor;

/**
 * What a service does with an interface.
 *
 * @param isLeft whether it leaves it alone now
 * @param lasts whether it does so for good, or until something passes
 * @param why in its own words; empty where it says none
 */
record Stand(boolean isLeft, boolean lasts, String why) {
    static Stand takes(String why) {
        return new Stand(false, true, why);
    }

    static Stand leaves() {
        return new Stand(true, true, "");
    }

    static Stand leavesForNow(String why) {
        return new Stand(true, false, why);
    }

    boolean isSettled() {
        return isLeft && lasts;
    }
}
