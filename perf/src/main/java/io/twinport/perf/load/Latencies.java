package io.twinport.perf.load;

import org.HdrHistogram.Histogram;

/**
 * Nanoseconds that frames took from when they were due.
 *
 * @param all until they were received
 * @param undisturbed the same, without the frames that were due or under way while another process had the generator's CPU
 * @param late until they were sent; of each burst the oldest one's, for all of it
 */
public record Latencies(Histogram all, Histogram undisturbed, Histogram late) {}
