package io.twinport.dpdk;

import io.twinport.dpdk.abi.Abi;
import io.twinport.dpdk.v22_11.Dpdk;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory of EAL's heap ({@code rte_zmalloc_socket}): on hugepages where EAL has them, so that rings cost no TLB misses. */
public final class DpdkMemory implements AutoCloseable {
    private final MemorySegment segment;

    private DpdkMemory(MemorySegment segment) {
        this.segment = segment;
    }

    /** Zeroed, aligned to a cache line pair. */
    public static DpdkMemory allocate(String name, int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment =
                    Dpdk.rte_zmalloc_socket(arena.allocateFrom(name), bytes, 128, (int) Abi.constant("SOCKET_ID_ANY"));
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

    @Override
    public void close() {
        Dpdk.rte_free(segment);
    }
}
