package io.twinport.control.plan;

import io.twinport.control.UserException;
import io.twinport.dataplane.failover.FailbackSettings;
import io.twinport.dataplane.policy.FailoverPolicy;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code --failback} as the user gives it. */
public final class FailbackSpec {
    private static final Pattern DELAY = Pattern.compile("delay:(\\d{1,7})");

    private FailbackSpec() {}

    /** Reads {@code when-proven}, {@code at-once}, {@code delay:MS} or {@code manual}. */
    public static FailbackSettings parse(String text, boolean damping) {
        Matcher delay = DELAY.matcher(text);
        if (delay.matches() && Integer.parseInt(delay.group(1)) <= FailbackSettings.MOST_DELAY_MILLIS) {
            Duration time = Duration.ofMillis(Integer.parseInt(delay.group(1)));
            return new FailbackSettings(FailoverPolicy.FAILBACK_DELAYED, time, damping);
        }
        int mode = switch (text) {
            case "when-proven" -> FailoverPolicy.FAILBACK_WHEN_PROVEN;
            case "at-once" -> FailoverPolicy.FAILBACK_AT_ONCE;
            case "manual" -> FailoverPolicy.FAILBACK_MANUAL;
            default ->
                throw new UserException(
                        "--failback " + text + " is not possible: give when-proven, at-once, delay:MS with at"
                                + " most " + FailbackSettings.MOST_DELAY_MILLIS + " milliseconds, or manual.");
        };
        return new FailbackSettings(mode, FailbackSettings.WHEN_PROVEN.delay(), damping);
    }
}
