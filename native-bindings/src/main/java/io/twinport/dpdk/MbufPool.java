package io.twinport.dpdk;

import io.twinport.dpdk.v22_11.Dpdk;
import io.twinport.posix.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.agrona.UnsafeApi;

/**
 * A pool of mbufs ({@code rte_pktmbuf_pool_create}). Frames of both sides of a failover port come from one pool, so
 * that an mbuf received on one side can be sent on the other (U6).
 *
 * <p>Control side; a thread that allocates takes an {@link MbufAllocator} of its own.
 */
public final class MbufPool implements AutoCloseable {
    /** mbufs that a thread keeps to itself: below it no ring is touched. */
    static final int CACHE = 256;

    /** For frames of the usual size: {@code RTE_MBUF_DEFAULT_DATAROOM}, of every release. */
    public static final int DEFAULT_ROOM = 2048;

    private final MemorySegment pool;
    private final int size;
    private final int room;

    private MbufPool(MemorySegment pool, int size, int room) {
        this.pool = pool;
        this.size = size;
        this.room = room;
    }

    /**
     * @param name unique in the process
     * @param size number of mbufs; a power of two less one wastes no memory
     */
    public static MbufPool create(String name, int size) {
        return create(name, size, DEFAULT_ROOM);
    }

    /**
     * A pool whose mbufs hold longer frames in one piece.
     *
     * @param room bytes of a frame that fit into one mbuf, at most 65407; NICs use whole KiB of it
     */
    public static MbufPool create(String name, int size, int room) {
        int headroom = (int) Abi.constant("RTE_PKTMBUF_HEADROOM");
        // An mbuf's lengths have 16 bits.
        int largest = 0xffff - headroom;
        if (room < 64 || room > largest) {
            throw new IllegalArgumentException("an mbuf has no room for " + room + " bytes: 64 to " + largest);
        }
        try (Arena arena = Arena.ofConfined()) {
            int anySocket = (int) Abi.constant("SOCKET_ID_ANY");
            MemorySegment pool = Dpdk.rte_pktmbuf_pool_create(
                    arena.allocateFrom(name), size, CACHE, (short) 0, (short) (room + headroom), anySocket);
            if (pool.address() == 0) {
                int errno = Eal.errno();
                throw DpdkException.ofErrno(
                        "rte_pktmbuf_pool_create(" + name + ", " + size + " mbufs"
                                + (room == DEFAULT_ROOM ? "" : " of " + room + " bytes") + ")",
                        errno,
                        errno == Errno.EEXIST
                                ? "there is a pool of that name"
                                : "give EAL more memory (-m MEGABYTES) or reserve more hugepages");
            }
            MbufPool made = new MbufPool(pool, size, room);
            try {
                made.checkLayout();
            } catch (DpdkException e) {
                made.close();
                throw e;
            }
            return made;
        }
    }

    private void checkLayout() {
        try (Arena arena = Arena.ofConfined()) {
            long allocator = arena.allocate(MbufAllocator.LENGTH, Long.BYTES).address();
            long packets = arena.allocate(ValueLayout.JAVA_LONG).address();
            MbufAllocator.write(allocator, this, -1);
            int count = MbufAllocator.allocate(allocator, packets, 1);
            long mbuf = UnsafeApi.getLong(packets);
            Mbuf.free(packets, count);
            if (count != 0) {
                Mbuf.checkLayout(mbuf);
            }
        }
    }

    /** The number of mbufs that the pool was made with. */
    public int size() {
        return size;
    }

    /** Bytes of a frame that fit into one mbuf. */
    public int room() {
        return room;
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
