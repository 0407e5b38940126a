package io.twinport.control.demo;

import java.util.List;

/**
 * What the demo is to do.
 *
 * @param switches how often the primary's link is cut and restored
 * @param packetsPerSecond in each direction, 0 for as fast as it goes
 * @param both also from the far ends to the failover port
 * @param payload captured frames to carry, empty for frames of 60 bytes
 */
public record DemoOptions(int switches, long packetsPerSecond, boolean both, List<byte[]> payload) {}
