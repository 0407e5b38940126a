package io.twinport.dataplane.handler;

/** Lets a sender send at a rate: a token bucket that holds at most one millisecond's worth, so that it never bursts. */
public final class Pacer {
    /** Packets per second: 10^9 frames of 60 bytes are 700 Gb/s. */
    public static final int MOST_RATE = 1_000_000_000;

    private static final double SECOND_NANOS = 1e9;
    private static final double BUCKET_SECONDS = 1e-3;

    private final double packetsPerSecond;
    private final double bucket;
    private double tokens;
    private long lastNanos;

    /**
     * @param packetsPerSecond 0 for no limit: the clock is not even read
     * @throws IllegalArgumentException if it is negative or more than the most
     */
    public Pacer(long packetsPerSecond) {
        if (packetsPerSecond < 0 || packetsPerSecond > MOST_RATE) {
            throw new IllegalArgumentException(packetsPerSecond + " packets per second: 0 to " + MOST_RATE);
        }
        this.packetsPerSecond = packetsPerSecond;
        this.bucket = Math.max(1, packetsPerSecond * BUCKET_SECONDS);
    }

    /** How many packets may be sent now, at most so many. */
    public int allowance(int atMost) {
        if (packetsPerSecond == 0) {
            return atMost;
        }
        long now = System.nanoTime();
        if (lastNanos != 0) {
            tokens = Math.min(bucket, tokens + (now - lastNanos) / SECOND_NANOS * packetsPerSecond);
        }
        lastNanos = now;
        return (int) Math.min(atMost, tokens);
    }

    /** So many were offered; a refused one counts too, for its time has passed. */
    public void took(int packets) {
        tokens -= packetsPerSecond == 0 ? 0 : packets;
    }
}
