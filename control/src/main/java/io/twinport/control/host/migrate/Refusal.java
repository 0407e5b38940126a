package io.twinport.control.host.migrate;

import io.twinport.control.UserException;

/** What twinport does not know how to do, and says by name. */
final class Refusal {
    private Refusal() {}

    /** @throws UserException unless it is as it should be */
    static void unless(boolean good, String why) {
        if (!good) {
            throw of(why);
        }
    }

    /** @param why without its last full stop */
    static UserException of(String why) {
        return new UserException("refused: " + why + ".");
    }
}
