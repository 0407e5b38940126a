package io.twinport.dpdk;

import io.twinport.dpdk.abi.Abi;
import io.twinport.dpdk.v22_11.Dpdk;
import io.twinport.posix.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A pool of mbufs ({@code rte_pktmbuf_pool_create}). Frames of both sides of a failover port come from one pool, so
 * that an mbuf received on one side can be sent on the other (U6).
 *
 * <p>Control side; a thread that allocates takes an {@link MbufAllocator} of its own.
 */
public final class MbufPool implements AutoCloseable {
    /** mbufs that a thread keeps to itself: below it no ring is touched. */
    static final int CACHE = 256;

    private final MemorySegment pool;
    private final int size;

    private MbufPool(MemorySegment pool, int size) {
        this.pool = pool;
        this.size = size;
    }

    /**
     * @param name unique in the process
     * @param size number of mbufs; a power of two less one wastes no memory
     */
    public static MbufPool create(String name, int size) {
        try (Arena arena = Arena.ofConfined()) {
            short room = (short) Abi.constant("RTE_MBUF_DEFAULT_BUF_SIZE");
            int anySocket = (int) Abi.constant("SOCKET_ID_ANY");
            MemorySegment pool =
                    Dpdk.rte_pktmbuf_pool_create(arena.allocateFrom(name), size, CACHE, (short) 0, room, anySocket);
            if (pool.address() == 0) {
                int errno = Eal.errno();
                throw DpdkException.ofErrno(
                        "rte_pktmbuf_pool_create(" + name + ", " + size + " mbufs)",
                        errno,
                        errno == Errno.EEXIST
                                ? "there is a pool of that name"
                                : "give EAL more memory (-m MEGABYTES) or reserve more hugepages");
            }
            return new MbufPool(pool, size);
        }
    }

    /** The number of mbufs that the pool was made with. */
    public int size() {
        return size;
    }

    /** mbufs in the pool and in the threads' caches; exact only while no thread allocates or frees. */
    public int available() {
        return Dpdk.rte_mempool_avail_count(pool);
    }

    long address() {
        return pool.address();
    }

    MemorySegment segment() {
        return pool;
    }

    /** Gives the memory back. All mbufs must be back, and no device may be set up with this pool. */
    @Override
    public void close() {
        Dpdk.rte_mempool_free(pool);
    }
}
