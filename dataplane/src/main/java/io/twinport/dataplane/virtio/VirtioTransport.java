package io.twinport.dataplane.virtio;

import io.twinport.dataplane.virtqueue.Virtqueue;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.LinkSettings;
import io.twinport.dpdk.MacAddress;
import java.util.OptionalInt;

/**
 * How the driver reaches a virtio-net device: over PCI, or by the vhost-user protocol. It is driven in the order that 3.1.1
 * prescribes: {@link #reset}, {@link #negotiate}, {@link #setUp} for each queue, {@link #run}; then {@link #reset} again.
 *
 * <p>One control thread at a time, but {@link #await} and {@link #wake}.
 */
interface VirtioTransport extends AutoCloseable {
    /** Of {@link #await}: somebody wants it to return for good. */
    int STOP = 1;

    /** Of {@link #await}: the link, or the device's state, may have changed. */
    int CHANGED = 2;

    /** Of {@link #await}: the kernel wants the device back. */
    int REQUESTED = 4;

    /** As the user gave it. */
    String name();

    /** The address of the device, which need not have one: see {@link #setMac}. */
    MacAddress mac();

    /**
     * For a device that is not told its address by a control queue.
     *
     * @throws DpdkException if it has another one and keeps that
     */
    void setMac(MacAddress wanted);

    /** The largest MTU that the device can have, where it says so. */
    OptionalInt mtu();

    /** Queue pairs at most; a control queue stands behind them. */
    int queuePairs();

    /**
     * Slots of a queue at most. The features have been agreed on: without them it has fewer queues.
     *
     * @throws DpdkException if there is no such queue
     */
    int queueSize(int queue);

    /** Whether changes of the link come without being asked for, by {@link #await}. */
    boolean tellsLink();

    boolean isLinkUp();

    /** Speed and duplex of its link, where it says them. */
    LinkSettings linkSettings();

    /** Whether the device wants the port's addresses to be announced, and to be told when that has been done. */
    boolean wantsAnnouncement();

    /** Whether the device has gone, and will not be back as this one. */
    boolean isGone();

    /** Whether the device says that it works no more until it is reset. */
    boolean needsReset();

    /** What the device offered when the features were agreed on; 0 before. */
    long offered();

    /** What of that the driver would acknowledge by this transport, if all of it were needed. */
    long usable();

    /** What was negotiated; 0 before. */
    long features();

    /** Whether the device is told where frames lie by this process's own addresses. */
    boolean usesOwnAddresses();

    /**
     * Has the device touch no memory of ours any more.
     *
     * @throws DpdkException if it does not say that it does: what it was given is lost
     */
    void reset();

    /**
     * Agrees on the features; the device has been reset.
     *
     * @param declined what of {@link #usable} nobody needs
     */
    void negotiate(long declined);

    /**
     * Tells the device of a queue, which it may use from {@link #run} on.
     *
     * @return address of a short that is written to notify the device
     */
    long setUp(Virtqueue queue);

    /** From now on the device moves frames. */
    void run();

    /**
     * Waits for something to happen. One thread.
     *
     * @return of {@link #STOP}, {@link #CHANGED}, {@link #REQUESTED}
     */
    int await();

    /** Has {@link #await} return {@link #STOP}. Any thread. */
    void wake();

    /** The device is nobody's any more; it has been reset, and nobody waits. */
    @Override
    void close();
}
