package io.twinport.control.lab;

import java.util.List;

/**
 * What the demo is to do.
 *
 * @param driver whose driver has the port's devices
 * @param switches how often the traffic leaves the primary, and comes back
 * @param packetsPerSecond in each direction, 0 for as fast as it goes
 * @param both also from the far ends to the failover port
 * @param payload captured frames to carry, empty for frames of 60 bytes
 * @param planned whether, instead of cutting the link, an operator sends the traffic to the standby and back
 * @param hold whether frames in flight at a cut are sent again by the standby
 */
public record DemoOptions(
        WireDriver driver,
        int switches,
        long packetsPerSecond,
        boolean both,
        List<byte[]> payload,
        boolean planned,
        boolean hold) {}
