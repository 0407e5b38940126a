package io.twinport.dpdk;

import io.twinport.dpdk.v22_11.Dpdk;
import io.twinport.posix.Errno;
import io.twinport.posix.PacketSockets;
import io.twinport.posix.PosixException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.agrona.UnsafeApi;

/**
 * One DPDK port, from its probe to its removal. For control threads: each call may do device I/O.
 *
 * <p>Whoever calls {@link #stop} or {@link #remove} answers for it that no poll loop uses the port any
 * more (U6): the dummy functions that ethdev installs on stop are no protection.
 */
public final class EthDev {
    /** {@code RTE_MAX_ETHPORTS} of Debian and of DPDK's own default. */
    static final int MOST_PORTS = 32;

    private static final int INFO_DEVICE = Abi.offset("rte_eth_dev_info", "device");
    private static final int INFO_DRIVER = Abi.offset("rte_eth_dev_info", "driver_name");
    private static final int INFO_INTERFACE = Abi.offset("rte_eth_dev_info", "if_index");
    private static final int INFO_FLAGS = Abi.offset("rte_eth_dev_info", "dev_flags");
    private static final int CONF_INTERRUPTS = Abi.offset("rte_eth_conf", "intr_conf");
    private static final int CONF_MTU = Abi.offset("rte_eth_conf", "rxmode") + Abi.offset("rte_eth_rxmode", "mtu");
    private static final int CONF_RX_OFFLOADS =
            Abi.offset("rte_eth_conf", "rxmode") + Abi.offset("rte_eth_rxmode", "offloads");
    private static final int CONF_TX_OFFLOADS =
            Abi.offset("rte_eth_conf", "txmode") + Abi.offset("rte_eth_txmode", "offloads");
    private static final MethodHandle RESET =
            Symbols.function("rte_eth_dev_reset", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_SHORT));

    /** {@code rte_eth_intr_conf} is all bitfields; its first bit asks for link status interrupts. */
    static final int INTERRUPT_LSC = 1;

    /** Its third bit asks for removal interrupts. */
    static final int INTERRUPT_RMV = 4;

    /** Device flag, of all releases that we know. */
    static final int INTR_RMV = 0x0008;

    private final int port;
    private final String name;
    private final String driver;
    private final boolean linkInterrupts;
    private final boolean removalInterrupts;
    private int wantedMtu;
    private long wantedRxOffloads;
    private long wantedTxOffloads;
    private EthQueues queues = EthQueues.NONE;

    private EthDev(int port, String name) {
        this.port = port;
        this.name = name;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = info(arena);
            this.driver =
                    info.get(ValueLayout.ADDRESS, INFO_DRIVER).reinterpret(256).getString(0);
            int flags =
                    UnsafeApi.getInt(info.get(ValueLayout.ADDRESS, INFO_FLAGS).address());
            this.linkInterrupts = (flags & Abi.constant("RTE_ETH_DEV_INTR_LSC")) != 0;
            this.removalInterrupts = (flags & INTR_RMV) != 0;
        }
    }

    /**
     * Creates or takes a device. May block: a virtio-user server waits here for its far end.
     *
     * @param devargs as DPDK writes them, {@code net_virtio_user0,path=...} or {@code 0000:05:00.0}
     */
    public static EthDev probe(String devargs) {
        return probe(devargs, devargs);
    }

    /** {@link #probe(String)}, where messages are to name other arguments than the driver's: its user's. */
    public static EthDev probe(String devargs, String named) {
        String name = Devargs.nameOf(devargs);
        try (Arena arena = Arena.ofConfined()) {
            try (DriverWords words = DriverWords.listen()) {
                int result = Dpdk.rte_dev_probe(arena.allocateFrom(devargs));
                // EAL has probed the PCI devices that it was allowed at its start.
                if (result != -Errno.EEXIST) {
                    checkProbe(result, named, name, words.said());
                }
            }
            MemorySegment port = arena.allocate(ValueLayout.JAVA_SHORT);
            DpdkException.check(
                    Dpdk.rte_eth_dev_get_port_by_name(arena.allocateFrom(name), port),
                    "rte_eth_dev_get_port_by_name(" + name + ")",
                    "the device is there but is no Ethernet device");
            EthDev dev = new EthDev(port.get(ValueLayout.JAVA_SHORT, 0) & 0xffff, name);
            dev.neverWaitForInterface();
            return dev;
        }
    }

    /**
     * A burst to a net_af_packet whose interface sends nothing waits for its socket without end, and its caller with it. So
     * the socket says that it can be written to, and the driver finds its ring full and refuses.
     */
    private void neverWaitForInterface() {
        if (!DriverQuirks.of(driver).has(DriverQuirks.Quirk.WAITS_TO_SEND)) {
            return;
        }
        try {
            PacketSockets.letAlwaysBeWritable(interfaceIndex());
        } catch (PosixException e) {
            remove();
            throw new DpdkException(name + " would wait for its interface: " + e.getMessage(), e);
        }
    }

    /** Devices that have been probed and not removed, whoever has them. */
    public static int count() {
        // rte_eth_dev_count_avail leaves out those that have an owner.
        return (int) IntStream.range(0, MOST_PORTS)
                .filter(each -> Dpdk.rte_eth_dev_is_valid_port((short) each) != 0)
                .count();
    }

    /** Whether a device of that name has been probed and not removed, whoever has it. */
    public static boolean isThere(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return Dpdk.rte_eth_dev_get_port_by_name(arena.allocateFrom(name), arena.allocate(ValueLayout.JAVA_SHORT))
                    == 0;
        }
    }

    private static void checkProbe(int result, String devargs, String name, String said) {
        if (result == -Errno.EFAULT) {
            throw DpdkException.unknownDevice(
                    "unknown device " + name + ": DPDK has no driver of that name. Driver names start with"
                            + " net_ and a device's ends in a number: net_virtio_user0, net_tap1, net_memif0. Are the drivers"
                            + " installed (Debian: librte-meta-all)?");
        }
        String hint = Devargs.isPci(name)
                ? "is it there (lspci), and bound to vfio-pci (dpdk-devbind.py -b vfio-pci " + name + ")?"
                : "the driver refuses the device or its arguments. Is the far end there, does the interface exist, is the"
                        + " path right, has EAL memory left (-m, hugepages)? All that the driver says: add"
                        + " '-- --log-level=debug'";
        DpdkException.check(result, "rte_dev_probe(" + devargs + ")", hint, said);
    }

    /** What is not offered may not be asked for. */
    private int interrupts() {
        return (linkInterrupts ? INTERRUPT_LSC : 0) | (removalInterrupts ? INTERRUPT_RMV : 0);
    }

    /** DPDK's number of the port; it is used again when the device has been removed. */
    public int port() {
        return port;
    }

    public String name() {
        return name;
    }

    /** The driver's name, {@code net_virtio_user}. */
    public String driver() {
        return driver;
    }

    /** The kernel's number of the interface that the device is over, as its driver found it at the probe; 0 where there is none. */
    public int interfaceIndex() {
        try (Arena arena = Arena.ofConfined()) {
            return info(arena).get(ValueLayout.JAVA_INT, INFO_INTERFACE);
        }
    }

    /** Whether the driver says that it raises link status interrupts; some say so and never do (net_tap). */
    public boolean hasLinkInterrupts() {
        return linkInterrupts;
    }

    public MacAddress mac() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(6);
            check(Dpdk.rte_eth_macaddr_get((short) port, address), "rte_eth_macaddr_get", "");
            return MacAddress.of(address.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** @throws DpdkException if the device cannot have it, and how it could */
    public void setMac(MacAddress mac) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocateFrom(ValueLayout.JAVA_BYTE, mac.bytes());
            int result = Dpdk.rte_eth_dev_default_mac_addr_set((short) port, address);
            check(
                    result,
                    "rte_eth_dev_default_mac_addr_set",
                    (result == -Errno.ENOTSUP ? "its driver cannot change " + mac() + " to " + mac + ": " : "")
                            + DeviceAddress.advice(name, Optional.of(mac)));
        }
    }

    /**
     * What the next {@link #configure} asks for. Not every driver can be told later.
     *
     * @param mtu in bytes; 0 for the driver's default
     * @param rxOffloads bits of {@code RTE_ETH_RX_OFFLOAD_*}
     * @param txOffloads bits of {@code RTE_ETH_TX_OFFLOAD_*}
     */
    public void want(int mtu, long rxOffloads, long txOffloads) {
        wantedMtu = mtu;
        wantedRxOffloads = rxOffloads;
        wantedTxOffloads = txOffloads;
    }

    /** Sets up one receive and one transmit queue, with link status interrupts where the driver has them. */
    public void configure(MbufPool pool) {
        configure(pool, 1, 1);
    }

    /**
     * Sets up queues, as many as the device has and at most so many, with link status interrupts where the driver has
     * them. What arrives is spread over the receive queues by flow where the device can do that (RSS); else as the device
     * or its far end does it, which may be all to queue 0.
     */
    public void configure(MbufPool pool, int mostRxQueues, int mostTxQueues) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment conf = arena.allocate(Abi.size("rte_eth_conf"), Long.BYTES);
            conf.set(ValueLayout.JAVA_INT, CONF_INTERRUPTS, interrupts());
            conf.set(ValueLayout.JAVA_INT, CONF_MTU, wantedMtu);
            conf.set(ValueLayout.JAVA_LONG, CONF_RX_OFFLOADS, wantedRxOffloads);
            conf.set(ValueLayout.JAVA_LONG, CONF_TX_OFFLOADS, wantedTxOffloads);
            queues = EthQueues.setUp(this, conf, pool, mostRxQueues, mostTxQueues);
        }
    }

    /** Transmit queues, known after {@link #configure}. */
    public int txQueues() {
        return queues.tx();
    }

    /** Slots of a transmit ring, known after {@link #configure}. */
    public int txDescriptors() {
        return queues.txDescriptors();
    }

    /** Whether {@link TxRing#reap} may be called for its transmit queues. */
    public boolean isReapable() {
        return queues.isReapable();
    }

    public void start() {
        try (DriverWords words = DriverWords.listen()) {
            check(
                    Dpdk.rte_eth_dev_start((short) port),
                    "rte_eth_dev_start",
                    "was the device unplugged, is its far end or interface there?",
                    words);
        }
    }

    /** {@link #queue(int)} of queue 0. */
    public QueueFunctions queue() {
        return queue(0);
    }

    /**
     * Functions and queues of receive queue q and transmit queue q modulo their number (U7); valid from {@link #start} to
     * {@link #stop}. A device with fewer receive queues receives nothing there.
     */
    public QueueFunctions queue(int q) {
        return QueueFunctions.of(port, q, queues.rx(), queues.tx());
    }

    /**
     * The driver's function that makes frames ready whose flags ask for offloads ({@code rte_eth_tx_prepare}), 0 if it has
     * none; valid from {@link #start} to {@link #stop}.
     */
    public long prepareFunction() {
        return QueueFunctions.prepareFunction(port);
    }

    /** Asks the driver; see {@link LinkWord} for the poll loop's way. */
    public boolean isLinkUp() {
        try (Arena arena = Arena.ofConfined()) {
            return LinkWord.isUp(
                    LinkWord.FUNCTION,
                    port,
                    arena.allocate(LinkWord.LENGTH, Long.BYTES).address());
        }
    }

    /** Asks the driver. */
    public LinkSettings linkSettings() {
        try (Arena arena = Arena.ofConfined()) {
            return LinkSettings.of(LinkWord.read(
                    LinkWord.FUNCTION,
                    port,
                    arena.allocate(LinkWord.LENGTH, Long.BYTES).address()));
        }
    }

    public int mtu() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mtu = arena.allocate(ValueLayout.JAVA_SHORT);
            check(Dpdk.rte_eth_dev_get_mtu((short) port, mtu), "rte_eth_dev_get_mtu", "");
            return mtu.get(ValueLayout.JAVA_SHORT, 0) & 0xffff;
        }
    }

    public EthStats stats() {
        return EthStats.of(this);
    }

    /** All that the driver counts, by its own names and in its order. */
    public Map<String, Long> extendedStats() {
        return EthXstats.of(port);
    }

    public void stop() {
        check(Dpdk.rte_eth_dev_stop((short) port), "rte_eth_dev_stop", "");
    }

    /**
     * Resets a stopped port, which must be configured again before it is started.
     *
     * @return false if its driver has no reset
     */
    public boolean reset() {
        int result;
        try {
            result = (int) RESET.invokeExact((short) port);
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
        if (result == -Errno.ENOTSUP) {
            return false;
        }
        check(result, "rte_eth_dev_reset", "has its PF come up again?");
        return true;
    }

    /** Removes a device that has gone: its driver may be unable to stop or close it, and that is no failure. */
    public void removeGone() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment device = info(arena).get(ValueLayout.ADDRESS, INFO_DEVICE);
            int unusedStop = Dpdk.rte_eth_dev_stop((short) port);
            int unusedClose = Dpdk.rte_eth_dev_close((short) port);
            DpdkException.check(Dpdk.rte_dev_remove(device), "rte_dev_remove(" + name + ")", "");
        }
    }

    /** Closes the stopped port and removes its device, so that the same devargs can be probed again. */
    public void remove() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment device = info(arena).get(ValueLayout.ADDRESS, INFO_DEVICE);
            check(Dpdk.rte_eth_dev_close((short) port), "rte_eth_dev_close", "");
            DpdkException.check(Dpdk.rte_dev_remove(device), "rte_dev_remove(" + name + ")", "");
        }
    }

    MemorySegment info(Arena arena) {
        MemorySegment info = arena.allocate(Abi.size("rte_eth_dev_info"), Long.BYTES);
        check(Dpdk.rte_eth_dev_info_get((short) port, info), "rte_eth_dev_info_get", "");
        return info;
    }

    void check(int result, String call, String hint) {
        DpdkException.check(result, call + "(port=" + port + " " + name + ")", hint);
    }

    /** With what the driver has said about it. */
    void check(int result, String call, String hint, DriverWords words) {
        DpdkException.check(result, call + "(port=" + port + " " + name + ")", hint, words.said());
    }

    void check(int result, String call, String argument, String hint) {
        DpdkException.check(
                result, call + "(port=" + port + " " + name + (argument.isEmpty() ? "" : ", " + argument) + ")", hint);
    }

    @Override
    public String toString() {
        return name + " (port " + port + ", " + driver + ")";
    }
}
