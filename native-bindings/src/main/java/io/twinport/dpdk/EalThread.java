package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.twinport.dpdk.v22_11.Dpdk;

/**
 * Registration of the calling thread with EAL. Without it a thread has no mempool cache, which halves its packet rate;
 * with it EAL lends it an lcore number. Registered threads rule out DPDK secondary processes.
 */
public final class EalThread {
    private EalThread() {}

    /** Registers the calling thread. Pin it first: EAL records the affinity. */
    public static void register() {
        if (Dpdk.rte_thread_register() < 0) {
            throw DpdkException.ofErrno(
                    "rte_thread_register()", Eal.errno(), "is a secondary DPDK process attached to this one?");
        }
    }

    /** Gives the lcore number back; does nothing on a thread that has none. */
    public static void unregister() {
        Dpdk.rte_thread_unregister();
    }

    /** The calling thread's lcore number, -1 if it has none. */
    public static int lcore() {
        return Symbols.threadLocal("per_lcore__lcore_id").get(JAVA_INT, 0);
    }
}
