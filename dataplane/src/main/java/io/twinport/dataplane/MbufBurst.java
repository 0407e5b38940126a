package io.twinport.dataplane;

import io.twinport.dpdk.Mbuf;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/** An off-heap array of mbuf addresses, as bursts take and give them. Belongs to one thread; lives as long as the process. */
public final class MbufBurst {
    /** Mbufs in a burst: DPDK's customary number, and what its drivers are tuned for. */
    public static final int CAPACITY = 32;

    private static final int CACHE_LINE = 64;

    private final long address;

    public MbufBurst() {
        this.address = Arena.global()
                .allocate((long) CAPACITY * Long.BYTES, CACHE_LINE)
                .address();
    }

    /** Address of the array. */
    public long address() {
        return address;
    }

    /** Address of the i-th mbuf. */
    public long get(int i) {
        return UnsafeApi.getLong(address + (long) i * Long.BYTES);
    }

    /** Sets the i-th mbuf. */
    public void set(int i, long mbuf) {
        UnsafeApi.putLong(address + (long) i * Long.BYTES, mbuf);
    }

    /** Makes it a burst of one. */
    public void set(long mbuf) {
        UnsafeApi.putLong(address, mbuf);
    }

    /** Frees the mbufs from {@code from} up to but not including {@code to}. */
    public void free(int from, int to) {
        if (to > from) {
            Mbuf.free(address + (long) from * Long.BYTES, to - from);
        }
    }
}
