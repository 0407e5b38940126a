package io.twinport.dpdk;

import io.twinport.dpdk.v22_11.Dpdk;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The queues of a configured port: how many, and how many slots a transmit ring has.
 *
 * @param virtioRing slots of a virtio device's transmit ring, 0 where they are not known
 */
record EthQueues(int rx, int tx, int txDescriptors, int virtioRing) {
    /** Of a port that has not been configured. */
    static final EthQueues NONE = new EthQueues(0, 0, 0, 0);

    private static final int DESCRIPTORS = 512;
    private static final int FREE_BATCH = 32;
    private static final int LARGEST_VIRTIO_RING = 1 << 15;
    private static final int INFO_TXCONF = Abi.offset("rte_eth_dev_info", "default_txconf");
    private static final int INFO_RX_QUEUES = Abi.offset("rte_eth_dev_info", "max_rx_queues");
    private static final int INFO_TX_QUEUES = Abi.offset("rte_eth_dev_info", "max_tx_queues");
    private static final int INFO_RSS = Abi.offset("rte_eth_dev_info", "flow_type_rss_offloads");
    private static final int TX_FREE_THRESHOLD = Abi.offset("rte_eth_txconf", "tx_free_thresh");
    private static final int CONF_RX_MODE =
            Abi.offset("rte_eth_conf", "rxmode") + Abi.offset("rte_eth_rxmode", "mq_mode");
    private static final int CONF_RSS =
            Abi.offset("rte_eth_conf", "rx_adv_conf.rss_conf") + Abi.offset("rte_eth_rss_conf", "rss_hf");
    private static final int RSS = (int) Abi.constant("RTE_ETH_MQ_RX_RSS");

    /** What a flow is told by, where the device can: what stays in one queue stays in order. */
    private static final long FLOWS = Abi.constant("RTE_ETH_RSS_IP")
            | Abi.constant("RTE_ETH_RSS_TCP")
            | Abi.constant("RTE_ETH_RSS_UDP")
            | Abi.constant("RTE_ETH_RSS_SCTP");

    /**
     * Configures a port and sets up its queues, as {@link EthDev#configure(MbufPool, int, int)} says.
     *
     * @param conf {@code rte_eth_conf}, complete but for what depends on the queues
     */
    static EthQueues setUp(EthDev dev, MemorySegment conf, MbufPool pool, int mostRx, int mostTx) {
        try (Arena arena = Arena.ofConfined()) {
            short port = (short) dev.port();
            MemorySegment info = dev.info(arena);
            int rx = Math.min(mostRx, count(info, INFO_RX_QUEUES));
            int tx = Math.min(mostTx, count(info, INFO_TX_QUEUES));
            long flows = info.get(ValueLayout.JAVA_LONG, INFO_RSS) & FLOWS;
            if (rx > 1 && flows != 0) {
                conf.set(ValueLayout.JAVA_INT, CONF_RX_MODE, RSS);
                conf.set(ValueLayout.JAVA_LONG, CONF_RSS, flows);
            }
            try (DriverWords words = DriverWords.listen()) {
                dev.check(
                        Dpdk.rte_eth_dev_configure(port, (short) rx, (short) tx, conf),
                        "rte_eth_dev_configure",
                        "is another process using the device?",
                        words);
            }
            MemorySegment slots = arena.allocateFrom(ValueLayout.JAVA_SHORT, (short) DESCRIPTORS, (short) DESCRIPTORS);
            dev.check(
                    Dpdk.rte_eth_dev_adjust_nb_rx_tx_desc(port, slots, slots.asSlice(Short.BYTES)),
                    "rte_eth_dev_adjust_nb_rx_tx_desc",
                    "");
            int rxSlots = count(slots, 0);
            int txSlots = count(slots, Short.BYTES);
            int socket = Dpdk.rte_eth_dev_socket_id(port);
            for (int queue = 0; queue < rx; queue++) {
                try (DriverWords words = DriverWords.listen()) {
                    int result = Dpdk.rte_eth_rx_queue_setup(
                            port, (short) queue, (short) rxSlots, socket, MemorySegment.NULL, pool.segment());
                    dev.check(result, "rte_eth_rx_queue_setup", "", words);
                }
            }
            int ring = 0;
            for (int queue = 0; queue < tx; queue++) {
                ring = setUpTransmit(dev, info, queue, txSlots, socket);
            }
            return new EthQueues(rx, tx, ring == 0 ? txSlots : Math.min(txSlots, ring), ring);
        }
    }

    /** As {@link #virtioRing}. */
    private static int setUpTransmit(EthDev dev, MemorySegment info, int queue, int slots, int socket) {
        int ring = DriverQuirks.of(dev.driver()).has(DriverQuirks.Quirk.FREES_LATE)
                ? setUpVirtioTransmit(dev, info, queue, slots, socket)
                : 0;
        if (ring == 0) {
            try (DriverWords words = DriverWords.listen()) {
                dev.check(
                        tryTransmit(dev, queue, slots, socket, MemorySegment.NULL),
                        "rte_eth_tx_queue_setup",
                        "",
                        words);
            }
        }
        return ring;
    }

    /**
     * By default the virtio driver frees what the device has sent only when its ring is nearly used up, and then all at
     * once. On a side that has been idle these mbufs are cold, and one first burst in seven after a switch would pay 7
     * to 20 us for that. Told to free a burst at a time it pays 1 us.
     *
     * <p>The threshold is relative to the ring's size, which the device has chosen and no call tells: the largest one
     * that the driver accepts.
     *
     * @return slots of the ring, 0 if the driver accepts no threshold
     */
    private static int setUpVirtioTransmit(EthDev dev, MemorySegment info, int queue, int slots, int socket) {
        MemorySegment conf = info.asSlice(INFO_TXCONF, Abi.size("rte_eth_txconf"));
        for (int ring = LARGEST_VIRTIO_RING; ring > 2 * FREE_BATCH; ring /= 2) {
            conf.set(ValueLayout.JAVA_SHORT, TX_FREE_THRESHOLD, (short) (ring - FREE_BATCH));
            if (tryTransmit(dev, queue, slots, socket, conf) == 0) {
                return ring;
            }
        }
        return 0;
    }

    private static int tryTransmit(EthDev dev, int queue, int slots, int socket, MemorySegment conf) {
        return Dpdk.rte_eth_tx_queue_setup((short) dev.port(), (short) queue, (short) slots, socket, conf);
    }

    private static int count(MemorySegment struct, int offset) {
        return struct.get(ValueLayout.JAVA_SHORT, offset) & 0xffff;
    }

    /** Whether {@link TxRing#reap} may be called. */
    boolean isReapable() {
        return virtioRing > 0 && virtioRing <= TxRing.LARGEST_TO_REAP;
    }
}
