package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
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
 *
 * What it knows stands in memory, so that code without objects can use it too:
 *
 * <pre>
 *   0        8              16                 24       28
 *  +--------+--------------+------------------+--------+--------+
 *  | pool   | cache or 0   | dequeue function | refill | unused |
 *  +--------+--------------+------------------+--------+--------+
 * </pre>
 */
public final class MbufAllocator {
    /** Bytes of an allocator in memory; align to 8. */
    public static final int LENGTH = 32;

    private static final int POOL = 0;
    private static final int OWN_CACHE = 8;
    private static final int OWN_DEQUEUE = 16;
    private static final int REFILL = 24;

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

    private final long address;

    private MbufAllocator(long address) {
        this.address = address;
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
        long address = Arena.global().allocate(LENGTH, Long.BYTES).address();
        write(address, pool, lcore);
        return new MbufAllocator(address);
    }

    /**
     * Describes an allocator in memory of the caller's, for code that has no objects.
     *
     * @param address of {@link #LENGTH} bytes
     * @param lcore {@link EalThread#lcore} of the thread that will allocate, or -1: it has no cache, and pays for that
     */
    public static void write(long address, MbufPool pool, int lcore) {
        long ops = Symbols.address("rte_mempool_ops_table") + OPS;
        int index = UnsafeApi.getInt(pool.address() + OPS_INDEX);
        UnsafeApi.putLong(address + POOL, pool.address());
        UnsafeApi.putLong(address + OWN_DEQUEUE, UnsafeApi.getLong(ops + (long) index * OPS_LENGTH + DEQUEUE));
        use(address, lcore);
    }

    /** From now on the allocator at this address is that of another thread. */
    public static void use(long address, int lcore) {
        long caches = UnsafeApi.getLong(UnsafeApi.getLong(address + POOL) + LOCAL_CACHE);
        long cache = lcore < 0 || caches == 0 ? 0 : caches + (long) lcore * CACHE_LENGTH;
        UnsafeApi.putLong(address + OWN_CACHE, cache);
        UnsafeApi.putInt(address + REFILL, cache == 0 ? 0 : UnsafeApi.getInt(cache + CACHE_SIZE));
    }

    /**
     * Allocates all or nothing. The mbufs are empty: one segment, no data, no flags.
     *
     * @param packets address of an array that receives the mbufs' addresses; they are the caller's
     * @param count at most the cache's size, 256
     * @return count, or 0 where the pool has not as many
     */
    public int allocate(long packets, int count) {
        return allocate(address, packets, count);
    }

    /** {@link #allocate(long, int)} by an allocator at an address. */
    public static int allocate(long allocator, long packets, int count) {
        long cache = UnsafeApi.getLong(allocator + OWN_CACHE);
        if (cache == 0) {
            return allocateUncached(allocator, packets, count);
        }
        int length = UnsafeApi.getInt(cache + LEN);
        if (length < count) {
            long end = cache + OBJS + (long) length * Long.BYTES;
            int refill = UnsafeApi.getInt(allocator + REFILL);
            // The array has room for twice the largest cache, so a whole fill always fits behind what is left.
            if (dequeue(allocator, end, refill) == 0) {
                length += refill;
            } else if (dequeue(allocator, end, count - length) == 0) {
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

    private static int allocateUncached(long allocator, long packets, int count) {
        if (dequeue(allocator, packets, count) != 0) {
            return 0;
        }
        for (long i = 0, end = (long) count * Long.BYTES; i < end; i += Long.BYTES) {
            Mbuf.reset(UnsafeApi.getLong(packets + i));
        }
        return count;
    }

    private static int dequeue(long allocator, long objects, int count) {
        try {
            return (int) DEQUEUE_BULK.invokeExact(
                    FunctionSegments.at(UnsafeApi.getLong(allocator + OWN_DEQUEUE)),
                    UnsafeApi.getLong(allocator + POOL),
                    objects,
                    count);
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }
}
