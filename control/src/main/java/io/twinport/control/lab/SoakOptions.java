package io.twinport.control.lab;

import java.time.Duration;

/**
 * What the soak is to do. It ends with whichever of the two limits comes first.
 *
 * @param driver whose driver has the port's devices
 * @param faults how many
 * @param time how long
 * @param seed fixes which faults come in which order; what the machine's threads make of them it cannot fix
 * @param packetsPerSecond in each direction, 0 for as fast as it goes
 */
public record SoakOptions(WireDriver driver, long faults, Duration time, long seed, long packetsPerSecond) {}
