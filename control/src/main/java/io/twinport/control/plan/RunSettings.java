package io.twinport.control.plan;

import io.twinport.dataplane.device.FilterSettings;
import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.policy.DetectionSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * How a failover port behaves.
 *
 * @param port when it switches, what it receives and what it keeps
 * @param queues queue pairs of the port
 * @param configuration its MTU, address and filters
 * @param detection what counts as a fault beside links that are down
 * @param announce how switches are announced
 * @param releaseTime in which a device that the kernel wants back is given back, or the process ends
 */
public record RunSettings(
        PortSettings port,
        int queues,
        PortSpec configuration,
        DetectionSettings detection,
        Announce announce,
        Duration releaseTime) {
    /** The longest time for a device to be given back, in seconds. */
    public static final int MOST_RELEASE_SECONDS = 3600;

    /** @throws IllegalArgumentException if there is no such port: the options say first what is possible */
    public RunSettings {
        require(queues >= 1 && queues <= SideLine.MOST_QUEUES, queues + " queues");
        require(
                releaseTime.isPositive() && releaseTime.toSeconds() <= MOST_RELEASE_SECONDS,
                "a release within " + releaseTime);
    }

    private static void require(boolean good, String what) {
        if (!good) {
            throw new IllegalArgumentException("there cannot be " + what);
        }
    }

    /**
     * @param count how often after each switch; 0 for never
     * @param vlans in which tagged copies are sent
     */
    public record Announce(int count, Duration interval, List<Integer> vlans) {
        /** The most announcements after a switch. */
        public static final int MOST = 100;

        /** The longest time between two of them, in milliseconds. */
        public static final int MOST_MILLIS = 60_000;

        /** @throws IllegalArgumentException if it is out of these bounds, or a VLAN is none */
        public Announce {
            require(count >= 0 && count <= MOST, count + " announcements");
            require(interval.isPositive() && interval.toMillis() <= MOST_MILLIS, "announcements every " + interval);
            for (int vlan : vlans) {
                require(vlan >= 1 && vlan <= FilterSettings.LAST_VLAN, "a VLAN " + vlan);
            }
        }

        public Announce(int count, Duration interval, int[] vlans) {
            this(count, interval, Arrays.stream(vlans).boxed().toList());
        }
    }
}
