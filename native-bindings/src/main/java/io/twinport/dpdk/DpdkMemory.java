package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.twinport.dpdk.v22_11.Dpdk;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Memory of EAL's heap ({@code rte_zmalloc_socket}): on hugepages where EAL has them, so that rings cost no TLB misses. */
public final class DpdkMemory implements AutoCloseable {
    private static final int CACHE_LINES = 128;
    private static final long BAD_IOVA = -1;
    private static final MethodHandle IOVA =
            Symbols.function("rte_malloc_virt2iova", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));

    private final MemorySegment segment;

    private DpdkMemory(MemorySegment segment) {
        this.segment = segment;
    }

    /** Zeroed, aligned to a cache line pair. */
    public static DpdkMemory allocate(String name, int bytes) {
        return allocate(name, bytes, CACHE_LINES);
    }

    /**
     * As {@link #allocate(String, int)}, for a device's rings: for the device too it is in one piece. Aligned to its size
     * it lies within one hugepage; and where there are none the device's addresses are ours.
     *
     * @param bytes at most a hugepage's
     */
    public static DpdkMemory allocateForDevice(String name, int bytes) {
        int alignment = Integer.highestOneBit(bytes);
        return allocate(name, bytes, alignment == bytes ? alignment : 2 * alignment);
    }

    private static DpdkMemory allocate(String name, int bytes, int alignment) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = Dpdk.rte_zmalloc_socket(
                    arena.allocateFrom(name), bytes, alignment, (int) Abi.constant("SOCKET_ID_ANY"));
            if (segment.address() == 0) {
                throw DpdkException.ofErrno(
                        "rte_zmalloc_socket(" + name + ", " + bytes + " bytes)",
                        Eal.errno(),
                        "give EAL more memory (-m)");
            }
            return new DpdkMemory(segment);
        }
    }

    public long address() {
        return segment.address();
    }

    /** Where a device finds it. */
    public long iova() {
        try {
            long iova = (long) IOVA.invokeExact(segment.address());
            if (iova == BAD_IOVA) {
                throw new DpdkException(
                        "EAL does not know where devices find its memory: run it as root, or with an IOMMU");
            }
            return iova;
        } catch (DpdkException e) {
            throw e;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    @Override
    public void close() {
        Dpdk.rte_free(segment);
    }
}
