package io.twinport.perf.statistics;

import java.util.Map;

/**
 * One figure that a release is judged by.
 *
 * @param name its key, {@code forward.nullVsTestpmd}
 * @param low lower end of the 95 % confidence interval
 * @param high its upper end
 * @param samples what it comes from, by case
 */
public record Row(String name, double value, double low, double high, Map<String, ?> samples) {}
