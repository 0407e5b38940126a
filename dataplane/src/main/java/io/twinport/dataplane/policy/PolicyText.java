package io.twinport.dataplane.policy;

import io.twinport.dataplane.Sides;
import java.util.List;

/** {@link FailoverPolicy}'s events, sides and states in words. */
public final class PolicyText {
    private static final List<String> EVENTS = List.of(
            "primary joined",
            "primary left",
            "primary link up",
            "primary link down",
            "standby joined",
            "standby left",
            "standby link up",
            "standby link down",
            "a frame received on the primary",
            "the wait for the primary is over",
            "the primary has settled",
            "failback commanded",
            "no side is forced now",
            "primary forced",
            "standby forced",
            "failback set to at once",
            "failback set to when proven",
            "failback set to delayed",
            "failback set to manual",
            "damping on",
            "damping off",
            "primary about to leave",
            "standby about to leave",
            "primary silent",
            "primary stalled",
            "primary sends again",
            "standby dead",
            "standby alive",
            "primary failed");

    private PolicyText() {}

    /** For instance {@code primary link down}. */
    public static String event(int event) {
        return event >= 0 && event < FailoverPolicy.EVENTS ? EVENTS.get(event) : "event " + event;
    }

    /** {@code primary}, {@code standby} or {@code none}. */
    public static String side(int side) {
        return switch (side) {
            case Sides.PRIMARY -> "primary";
            case Sides.STANDBY -> "standby";
            default -> "none";
        };
    }

    /** What a decision means for the traffic: {@code primary -> standby}, or who stays and what is waited for. */
    public static String decision(int before, int after) {
        int from = FailoverPolicy.active(before);
        int to = FailoverPolicy.active(after);
        if (from != to) {
            return side(from) + " -> " + side(to);
        }
        String waits = FailoverPolicy.isPrimarySuspect(after)
                ? ", the primary is suspected"
                : FailoverPolicy.waitsForProof(after)
                        ? ", the primary waits for proof"
                        : FailoverPolicy.waits(after) ? ", the primary waits" : "";
        return side(to) + " stays" + waits;
    }
}
