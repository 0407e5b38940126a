package io.twinport.control.run;

import io.twinport.dataplane.policy.StandbyHealth;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A failover port as it is at an instant, in the form in which it is shown.
 *
 * @param handler as {@code --handler} has it
 * @param mac null while no device has told it
 * @param mtu in bytes
 * @param active the side that transmits: {@code primary}, {@code standby} or {@code none}
 * @param forced the side that an operator has forced, or {@code none}
 * @param health of the standby, null while nothing is known of it
 * @param switches so far
 */
public record PortView(
        String name,
        int id,
        String handler,
        int queues,
        @Nullable String mac,
        int mtu,
        String active,
        String forced,
        boolean carrier,
        long switches,
        List<SideView> sides,
        @Nullable HealthView health) {
    /**
     * One side of it.
     *
     * @param device as it was given
     * @param phase what it does, a {@code SideLife.Phase}
     * @param driver null while no device has joined
     * @param ready it has joined, is started, its link is up (R41), and no part of it has failed
     * @param megabits per second, -1 where that is not known
     * @param features what our own driver uses of the device's, and why not the others; null for another driver
     * @param trouble why the last device could not join; null if none was refused
     * @param failure what part of it has failed though its link is up; null if none has
     * @param differences what is not as it should be below it: what others have set, and frames that could not be taken
     */
    public record SideView(
            String role,
            String device,
            String phase,
            @Nullable String driver,
            boolean link,
            boolean ready,
            long megabits,
            @Nullable String features,
            @Nullable String trouble,
            @Nullable String failure,
            List<String> differences) {}

    /** What is thought of the standby, and why (U9). */
    public record HealthView(String verdict, String evidence) {
        static @Nullable HealthView of(StandbyHealth.@Nullable Report report) {
            return report == null ? null : new HealthView(report.verdict().toString(), report.evidence());
        }
    }

    /**
     * What a port has counted.
     *
     * @param port by the names in {@code twinport.cnc}
     * @param sides what the devices of each side have counted, all that it has had
     */
    public record Statistics(String name, Map<String, Long> port, Map<String, Map<String, Long>> sides) {}

    /** What the drivers of the sides that are there count, by their own names. */
    public record ExtendedStatistics(String name, Map<String, Map<String, Long>> sides) {}
}
