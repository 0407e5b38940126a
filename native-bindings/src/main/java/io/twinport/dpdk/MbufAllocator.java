package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.twinport.dpdk.abi.Abi;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.agrona.UnsafeApi;

/**
 * {@code rte_pktmbuf_alloc_bulk} for one thread: works the thread's own mempool cache, which {@code rte_mempool_get}
 * does inline in C, and goes to the shared ring once in a cache's fill.
 *
 * <pre>
 *  rte_mempool_cache of the lcore         taken from and filled at the end
 *  +------+-----------+-----+---------+------------------------v------+
 *  | size |flushthresh| len |   ...   | objs[0] objs[1] ... objs[len-1] |
 *  +------+-----------+-----+---------+---------------------------------+
 * </pre>
 */
public final class MbufAllocator {
    private static final int LOCAL_CACHE = Abi.offset("rte_mempool", "local_cache");
    private static final int OPS_INDEX = Abi.offset("rte_mempool", "ops_index");
    private static final int CACHE_LENGTH = Abi.size("rte_mempool_cache");
    private static final int CACHE_SIZE = Abi.offset("rte_mempool_cache", "size");
    private static final int LEN = Abi.offset("rte_mempool_cache", "len");
    private static final int OBJS = Abi.offset("rte_mempool_cache", "objs");
    private static final int OPS = Abi.offset("rte_mempool_ops_table", "ops");
    private static final int OPS_LENGTH = Abi.size("rte_mempool_ops");
    private static final int DEQUEUE = Abi.offset("rte_mempool_ops", "dequeue");

    private static final MethodHandle DEQUEUE_BULK =
            Symbols.functionPointer(FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private final long pool;
    private final long cache;
    private final long dequeue;
    private final int refill;

    private MbufAllocator(long pool, long cache) {
        this.pool = pool;
        this.cache = cache;
        long ops = Symbols.address("rte_mempool_ops_table") + OPS;
        this.dequeue = UnsafeApi.getLong(ops + (long) UnsafeApi.getInt(pool + OPS_INDEX) * OPS_LENGTH + DEQUEUE);
        this.refill = UnsafeApi.getInt(cache + CACHE_SIZE);
    }

    /**
     * The allocator of the calling thread, of use to no other.
     *
     * @throws IllegalStateException on a thread without a cache: see {@link EalThread#register}
     */
    public static MbufAllocator ofThisThread(MbufPool pool) {
        int lcore = EalThread.lcore();
        if (lcore < 0) {
            throw new IllegalStateException("this thread is not registered with EAL: call EalThread.register() first");
        }
        long caches = UnsafeApi.getLong(pool.address() + LOCAL_CACHE);
        return new MbufAllocator(pool.address(), caches + (long) lcore * CACHE_LENGTH);
    }

    /**
     * Allocates all or nothing. The mbufs are empty: one segment, no data, no flags.
     *
     * @param packets address of an array that receives the mbufs' addresses; they are the caller's
     * @param count at most the cache's size, 256
     * @return count, or 0 where the pool has not as many
     */
    public int allocate(long packets, int count) {
        int length = UnsafeApi.getInt(cache + LEN);
        if (length < count) {
            long end = cache + OBJS + (long) length * Long.BYTES;
            // The array has room for twice the largest cache, so a whole fill always fits behind what is left.
            if (dequeue(end, refill) == 0) {
                length += refill;
            } else if (dequeue(end, count - length) == 0) {
                length = count; // the pool's last ones, fewer than a fill
            } else {
                return 0;
            }
        }
        length -= count;
        UnsafeApi.putInt(cache + LEN, length);
        long objects = cache + OBJS + (long) length * Long.BYTES;
        for (long i = 0, end = (long) count * Long.BYTES; i < end; i += Long.BYTES) {
            long mbuf = UnsafeApi.getLong(objects + i);
            Mbuf.reset(mbuf);
            UnsafeApi.putLong(packets + i, mbuf);
        }
        return count;
    }

    private int dequeue(long objects, int count) {
        try {
            return (int) DEQUEUE_BULK.invokeExact(MemorySegment.ofAddress(dequeue), pool, objects, count);
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }
}
