package io.twinport.dataplane.device;

import io.twinport.dataplane.line.SideLine;
import io.twinport.dpdk.EthStats;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.LinkSettings;
import io.twinport.dpdk.MbufPool;
import java.util.Map;
import java.util.Optional;

/**
 * A device that can be a side of a port: one of DPDK's ports, or one that a driver of our own runs. For one control
 * thread at a time, in this order: {@link #configure}, {@link #start}, {@link #stop}, {@link #remove}; a device that
 * was never started, or was stopped, can be removed, and a stopped one started again.
 *
 * <p>Whoever calls {@link #stop} or {@link #remove} answers for it that no poll loop uses the device any more (U6).
 */
public interface SideDevice extends DeviceSettings {
    /** Its name as the user gave it: a PCI address, or {@code net_virtio_user0}. */
    String name();

    /** Its driver's name, {@code net_e1000_em}. */
    String driver();

    /** Whether link changes come as edges in the event line; where they do not, {@link #isLinkUp} is asked. */
    boolean hasLinkInterrupts();

    /** Asks the device, which may do I/O. */
    boolean isLinkUp();

    /** Speed and duplex of its link; asks the device. */
    default LinkSettings linkSettings() {
        return LinkSettings.UNKNOWN;
    }

    /**
     * Sets up receive and transmit queues.
     *
     * @param queues of the port; a device that has fewer gets as many as it has
     */
    void configure(MbufPool pool, int queues);

    /** Transmit queues, known after {@link #configure}; queue q of a port sends by queue q modulo that (U7). */
    int txQueues();

    /**
     * Starts the device and describes it in its lines. From now on its link changes are edges in the event line. If it
     * cannot start, all is as before.
     *
     * @param lines addresses of {@link SideLine}s, which no loop uses yet: what each queue of the port uses of the device;
     *     its link stands in the first one
     * @param events address of the port's {@link EventLine}, 0 if nobody waits for link events
     */
    void start(long[] lines, long events);

    /** What of the device's abilities its driver uses, and why not the others, in one line; empty where there is no choice. */
    default Optional<String> features() {
        return Optional.empty();
    }

    /**
     * How the port's addresses are announced where the device's host asks for it: after the guest has moved to another host.
     * Before the start, or the device is not asked to.
     *
     * @param announcer has the frames queued; for any thread
     */
    default void setAnnouncer(Runnable announcer) {}

    /**
     * How the device's driver may wait until no loop is in a burst that began before; nothing for a driver that need not.
     *
     * @param wait returns after a bounded time in any case; for any thread
     */
    default void setBurstWait(Runnable wait) {}

    /**
     * From now on each request of the kernel to give the device back is an edge in this line, until {@link #remove};
     * nothing comes from devices that cannot be pulled out.
     *
     * @param requests address of an {@link EventLine}
     */
    void watchRemoval(long requests);

    /**
     * Frames that have left the device since its start, as the device itself counts them; -1 where it does not. For a
     * control thread that wants to know whether the transmit ring has been sent.
     */
    default long transmitted() {
        return -1;
    }

    /**
     * What the device itself counts, since whenever: it may have been reset. Empty where it counts nothing, or cannot be
     * asked any more.
     */
    default Optional<EthStats> statistics() {
        return Optional.empty();
    }

    /** All that its driver counts, by the driver's own names; empty where there is no such thing, or it cannot be asked. */
    default Map<String, Long> extendedStatistics() {
        return Map.of();
    }

    /**
     * Whether the device, after its link was away, says that the link is up and yet receives nothing until it is
     * stopped and started (U12).
     */
    default boolean needsRestartAfterLinkLoss() {
        return false;
    }

    /**
     * Whether the device has gone without a word, or its driver has given it up. Asks the device, which may do I/O. What has
     * gone is never back: it can be stopped and removed, no more.
     */
    default boolean isRemoved() {
        return false;
    }

    /** The same device, where it works over a kernel interface that others can set too; empty for all others. */
    default Optional<KernelSide> kernelSide() {
        return Optional.empty();
    }

    /** Whether the device has been reset by whoever it belongs to, and is of no use until it is stopped and started. */
    default boolean wasReset() {
        return false;
    }

    void stop();

    /** Closes the device and gives it back: the kernel, or another probe, can have it. */
    void remove();
}
