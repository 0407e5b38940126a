package io.twinport.control.run;

import io.twinport.dataplane.failover.DetectionSettings;
import io.twinport.dataplane.failover.PortSettings;
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
    /**
     * @param count how often after each switch; 0 for never
     * @param vlans in which tagged copies are sent
     */
    public record Announce(int count, Duration interval, List<Integer> vlans) {
        public Announce(int count, Duration interval, int[] vlans) {
            this(count, interval, Arrays.stream(vlans).boxed().toList());
        }
    }
}
