package io.twinport.dpdk;

/** Bits of {@code RTE_ETH_RX_OFFLOAD_*} and {@code RTE_ETH_TX_OFFLOAD_*}: what devices do to frames in place of the CPU. */
public final class EthOffloads {
    /** Receives frames in several mbufs. */
    public static final long SCATTER = Abi.constant("RTE_ETH_RX_OFFLOAD_SCATTER");

    // jextract leaves these two out unless asked; AbiLayoutTest checks them.

    /** Merges received segments of TCP's, and says so in the mbuf's flags. */
    public static final long TCP_MERGING = 1L << 4;

    /** Cuts a frame into segments of TCP's, where the mbuf asks for it. */
    public static final long TCP_SEGMENTATION = 1L << 5;

    /** Checks TCP's and UDP's checksums alone. */
    public static final long RX_L4_CHECKSUMS =
            Abi.constant("RTE_ETH_RX_OFFLOAD_UDP_CKSUM") | Abi.constant("RTE_ETH_RX_OFFLOAD_TCP_CKSUM");

    /** Checks the checksums of what it receives, and says so in the mbuf's flags. */
    public static final long RX_CHECKSUMS = Abi.constant("RTE_ETH_RX_OFFLOAD_IPV4_CKSUM") | RX_L4_CHECKSUMS;

    /** Sends frames that lie in several mbufs. */
    public static final long MULTI_SEGS = Abi.constant("RTE_ETH_TX_OFFLOAD_MULTI_SEGS");

    /** Inserts the tag that the mbuf names. */
    public static final long VLAN_INSERT = Abi.constant("RTE_ETH_TX_OFFLOAD_VLAN_INSERT");

    public static final long IPV4_CHECKSUM = Abi.constant("RTE_ETH_TX_OFFLOAD_IPV4_CKSUM");
    public static final long UDP_CHECKSUM = Abi.constant("RTE_ETH_TX_OFFLOAD_UDP_CKSUM");
    public static final long TCP_CHECKSUM = Abi.constant("RTE_ETH_TX_OFFLOAD_TCP_CKSUM");

    /** TCP's and UDP's. */
    public static final long L4_CHECKSUMS = UDP_CHECKSUM | TCP_CHECKSUM;

    private EthOffloads() {}
}
