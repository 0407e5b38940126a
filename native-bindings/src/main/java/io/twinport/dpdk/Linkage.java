package io.twinport.dpdk;

import io.twinport.dpdk.v22_11.Dpdk;
import io.twinport.posix.EventSet;
import java.lang.invoke.MethodHandles;
import java.util.List;

/**
 * What every process calls to get its first packet through. To link one function to Java takes some 5 ms, and there are
 * dozens; {@code rte_eal_init} takes a quarter of a second on another CPU, so it is done meanwhile.
 */
final class Linkage {
    private static final List<Class<?>> CLASSES = List.of(
            EthDev.class,
            DriverWords.class,
            EthEvents.class,
            FaultEvents.class,
            Burst.class,
            LinkWord.class,
            Mbuf.class,
            MbufAllocator.class,
            EventSet.class);

    private static final List<Runnable> FUNCTIONS = List.of(
            Dpdk::rte_pktmbuf_pool_create$handle,
            Dpdk::rte_eal_alarm_set$handle,
            Dpdk::rte_thread_register$handle,
            Dpdk::rte_dev_probe$handle,
            Dpdk::rte_eth_dev_get_port_by_name$handle,
            Dpdk::rte_eth_dev_info_get$handle,
            Dpdk::rte_eth_dev_configure$handle,
            Dpdk::rte_eth_dev_adjust_nb_rx_tx_desc$handle,
            Dpdk::rte_eth_rx_queue_setup$handle,
            Dpdk::rte_eth_tx_queue_setup$handle,
            Dpdk::rte_eth_dev_callback_register$handle,
            Dpdk::rte_eth_dev_start$handle);

    private Linkage() {}

    /** Links them all. The libraries are loaded; EAL need not have started. */
    static void prepare() {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        try {
            for (Class<?> type : CLASSES) {
                lookup.ensureInitialized(type);
            }
        } catch (IllegalAccessException e) {
            throw new AssertionError("classes of this package", e);
        }
        FUNCTIONS.forEach(Runnable::run);
    }
}
