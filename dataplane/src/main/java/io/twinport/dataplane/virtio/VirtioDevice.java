package io.twinport.dataplane.virtio;

import static io.twinport.dataplane.virtio.VirtioLayout.ACKNOWLEDGE;
import static io.twinport.dataplane.virtio.VirtioLayout.CONFIG_GENERATION;
import static io.twinport.dataplane.virtio.VirtioLayout.CONFIG_MSIX_VECTOR;
import static io.twinport.dataplane.virtio.VirtioLayout.DEVICE_FEATURE;
import static io.twinport.dataplane.virtio.VirtioLayout.DEVICE_FEATURE_SELECT;
import static io.twinport.dataplane.virtio.VirtioLayout.DEVICE_STATUS;
import static io.twinport.dataplane.virtio.VirtioLayout.DRIVER;
import static io.twinport.dataplane.virtio.VirtioLayout.DRIVER_FEATURE;
import static io.twinport.dataplane.virtio.VirtioLayout.DRIVER_FEATURE_SELECT;
import static io.twinport.dataplane.virtio.VirtioLayout.DRIVER_OK;
import static io.twinport.dataplane.virtio.VirtioLayout.FEATURES_OK;
import static io.twinport.dataplane.virtio.VirtioLayout.GONE;
import static io.twinport.dataplane.virtio.VirtioLayout.NEEDS_RESET;
import static io.twinport.dataplane.virtio.VirtioLayout.NET_ANNOUNCE;
import static io.twinport.dataplane.virtio.VirtioLayout.NET_DUPLEX;
import static io.twinport.dataplane.virtio.VirtioLayout.NET_FULL_DUPLEX;
import static io.twinport.dataplane.virtio.VirtioLayout.NET_HALF_DUPLEX;
import static io.twinport.dataplane.virtio.VirtioLayout.NET_LINK_UP;
import static io.twinport.dataplane.virtio.VirtioLayout.NET_MAC;
import static io.twinport.dataplane.virtio.VirtioLayout.NET_MTU;
import static io.twinport.dataplane.virtio.VirtioLayout.NET_PAIRS;
import static io.twinport.dataplane.virtio.VirtioLayout.NET_SPEED;
import static io.twinport.dataplane.virtio.VirtioLayout.NET_STATUS;
import static io.twinport.dataplane.virtio.VirtioLayout.NUM_QUEUES;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_DESC;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_DEVICE;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_DRIVER;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_ENABLE;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_MSIX_VECTOR;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_NOTIFY_OFF;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_SELECT;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_SIZE;

import io.twinport.dataplane.device.MtuBounds;
import io.twinport.dataplane.virtqueue.Virtqueue;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.LinkSettings;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.Registers;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/**
 * The conversation with a virtio-net device over its registers, in the order that 3.1.1 prescribes: {@link #reset},
 * {@link #negotiate}, {@link #setUp} for each queue, {@link #driverOk}. For one control thread at a time. No wait in it is
 * without an end: a device that was pulled out answers all ones.
 */
final class VirtioDevice {
    /** A reset takes QEMU a few microseconds, and hardware some milliseconds. */
    private static final long RESET_NANOS = 1_000_000_000;

    private static final int CONSISTENT_READS = 100;

    private final String name;
    private final Registers common;
    private final Registers net;
    private final long netBytes;
    private final boolean virtualAddresses;
    private volatile long offer;
    private volatile long features;

    /**
     * @param name for messages
     * @param common the common configuration structure
     * @param net the network device's own
     * @param netBytes length of that
     * @param virtualAddresses whether the addresses that it will be given have to be translated by an IOMMU, see
     *     {@link Eal#iovaIsVirtual}
     */
    VirtioDevice(String name, Registers common, Registers net, long netBytes, boolean virtualAddresses) {
        this.name = name;
        this.common = common;
        this.net = net;
        this.netBytes = netBytes;
        this.virtualAddresses = virtualAddresses;
    }

    /** What the device offers; may be asked in any state (2.2). */
    long offered() {
        return word(DEVICE_FEATURE_SELECT, DEVICE_FEATURE, 0) | word(DEVICE_FEATURE_SELECT, DEVICE_FEATURE, 1) << 32;
    }

    private long word(int select, int register, int index) {
        common.write(select, 4, index);
        return common.read(register, 4) & 0xffff_ffffL;
    }

    /**
     * Resets the device, so that it touches no memory of ours any more (2.4).
     *
     * @return false if the device does not confirm the reset, and so may still write into its buffers
     */
    boolean reset() {
        common.write(DEVICE_STATUS, 1, 0);
        return await(() -> status() == 0 || isGone());
    }

    /** Whether the device has been pulled out: it answers nothing. */
    boolean isGone() {
        return status() == GONE;
    }

    /** What this driver would acknowledge of what the device offers. */
    long usable() {
        return usable(offered());
    }

    /** Nothing that the device has no room to tell of, or tells what cannot be. */
    private long usable(long offered) {
        long believed = offered;
        if (mtu().isEmpty()) {
            believed &= ~VirtioFeatures.MTU;
        }
        if (pairsTold(offered) == 0) {
            believed &= ~VirtioFeatures.MQ;
        }
        if (netBytes <= NET_DUPLEX) {
            believed &= ~VirtioFeatures.SPEED_DUPLEX;
        }
        return VirtioFeatures.choose(believed);
    }

    /**
     * Acknowledges what this driver can do of what the device offers (3.1.1, steps 2 to 6).
     *
     * @param declined what nobody needs of that
     */
    void negotiate(long declined) {
        common.write(DEVICE_STATUS, 1, ACKNOWLEDGE);
        common.write(DEVICE_STATUS, 1, ACKNOWLEDGE | DRIVER);
        long offered = offered();
        offer = offered;
        checkThere();
        if (!VirtioFeatures.has(offered, VirtioFeatures.VERSION_1)) {
            throw fail("it offers no VERSION_1 (features 0x" + Long.toHexString(offered) + "): an old device, for"
                    + " which only DPDK's driver can be used");
        }
        if (virtualAddresses && !VirtioFeatures.has(offered, VirtioFeatures.ACCESS_PLATFORM)) {
            throw fail(
                    "it offers no ACCESS_PLATFORM, so it takes addresses for physical ones that are virtual, and would"
                            + " write into memory of others. Have its host put it behind the IOMMU (QEMU:"
                            + " iommu_platform=on), or start EAL with --iova-mode=pa");
        }
        long chosen = usable(offered & ~declined);
        common.write(DRIVER_FEATURE_SELECT, 4, 0);
        common.write(DRIVER_FEATURE, 4, (int) chosen);
        common.write(DRIVER_FEATURE_SELECT, 4, 1);
        common.write(DRIVER_FEATURE, 4, (int) (chosen >>> 32));
        common.write(DEVICE_STATUS, 1, ACKNOWLEDGE | DRIVER | FEATURES_OK);
        int status = status();
        checkThere();
        if ((status & FEATURES_OK) == 0) {
            throw fail("it does not accept the features 0x" + Long.toHexString(chosen) + " of those that it offers, 0x"
                    + Long.toHexString(offered));
        }
        features = chosen;
    }

    private void checkThere() {
        if (isGone()) {
            throw new DpdkException(name + " does not answer: was it unplugged?");
        }
    }

    private DpdkException fail(String why) {
        features = 0;
        common.write(DEVICE_STATUS, 1, VirtioLayout.FAILED);
        return new DpdkException(name + " cannot be driven: " + why);
    }

    /** What it offered when that was last negotiated about; 0 before. To ask again would disturb who negotiates. */
    long offer() {
        return offer;
    }

    /** What was acknowledged; 0 before. */
    long features() {
        return features;
    }

    /**
     * Slots that a queue can have: what the device has for it, rounded down to a power of two (2.7).
     *
     * @throws DpdkException if the device has no such queue, or none that can be used
     */
    int queueSize(int queue) {
        int queues = common.read(NUM_QUEUES, 2);
        common.write(QUEUE_SELECT, 2, queue);
        int size = common.read(QUEUE_SIZE, 2);
        checkThere();
        if (queue >= queues || size == 0) {
            throw new DpdkException(name + " has no queue " + queue + ", of " + queues);
        }
        if (size < Virtqueue.LEAST_SLOTS || size > Virtqueue.MOST_SLOTS) {
            throw new DpdkException(name + " has " + size + " slots for queue " + queue + ": usable are "
                    + Virtqueue.LEAST_SLOTS + " to " + Virtqueue.MOST_SLOTS);
        }
        return Integer.highestOneBit(size);
    }

    /**
     * Tells the device of a queue's areas (4.1.5.1.3), which it may use from {@link #driverOk} on.
     *
     * @return where to notify it, in units of the notification structure's multiplier
     * @throws DpdkException if the device does not take it: with another size it would look for the rings where they are not
     */
    int setUp(int queue, int size, long descriptors, long driverArea, long deviceArea) {
        common.write(QUEUE_SELECT, 2, queue);
        common.write(QUEUE_SIZE, 2, size);
        // It is polled.
        common.write(QUEUE_MSIX_VECTOR, 2, VirtioLayout.NO_VECTOR);
        writeAddress(QUEUE_DESC, descriptors);
        writeAddress(QUEUE_DRIVER, driverArea);
        writeAddress(QUEUE_DEVICE, deviceArea);
        int notify = common.read(QUEUE_NOTIFY_OFF, 2);
        common.write(QUEUE_ENABLE, 2, 1);
        // Only now: there are devices that take the size as late as that.
        int taken = common.read(QUEUE_SIZE, 2);
        int enabled = common.read(QUEUE_ENABLE, 2);
        checkThere();
        if (taken != size || enabled != 1) {
            throw new DpdkException(name + " does not take queue " + queue + " with " + size + " slots: it has " + taken
                    + (enabled == 1 ? "" : ", and is not enabled"));
        }
        return notify;
    }

    /** Fields of 64 bits are written as two of 32 (4.1.3.1). */
    private void writeAddress(int register, long address) {
        common.write(register, 4, (int) address);
        common.write(register + 4, 4, (int) (address >>> 32));
    }

    /**
     * Has changes of the configuration, the link's above all, told by an interrupt; after each reset.
     *
     * @return false if the device has no room for that (4.1.5.1.2)
     */
    boolean interruptOnChange(int vector) {
        common.write(CONFIG_MSIX_VECTOR, 2, vector);
        return common.read(CONFIG_MSIX_VECTOR, 2) == vector;
    }

    /** From now on the device moves frames. */
    void driverOk() {
        common.write(DEVICE_STATUS, 1, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    }

    /** Whether frames go through: the link is up, and the device neither broken nor gone. */
    boolean isLinkUp() {
        boolean up =
                !VirtioFeatures.has(features, VirtioFeatures.STATUS) || (net.read(NET_STATUS, 2) & NET_LINK_UP) != 0;
        // Afterwards: the link of a device that has gone reads as up.
        int status = status();
        return up && status != GONE && (status & NEEDS_RESET) == 0;
    }

    /** Whether the device says that it works no more until it is reset (2.1.2). */
    boolean needsReset() {
        int status = status();
        return status != GONE && (status & NEEDS_RESET) != 0;
    }

    /** The address, which changes as a whole: it is read again while the configuration changes (2.5.1). */
    MacAddress mac() {
        byte[] mac = new byte[6];
        for (int i = 0; i < CONSISTENT_READS; i++) {
            int generation = common.read(CONFIG_GENERATION, 1);
            for (int j = 0; j < mac.length; j++) {
                mac[j] = (byte) net.read(NET_MAC + j, 1);
            }
            if (generation == common.read(CONFIG_GENERATION, 1)) {
                checkThere();
                return MacAddress.of(mac);
            }
        }
        throw new DpdkException("the configuration of " + name + " changes without an end");
    }

    /**
     * The largest MTU, where the device says one (5.1.4, {@code VIRTIO_NET_F_MTU}). What is too small for IPv4 is not believed,
     * as Linux does not: such a device says nothing of use, and may move frames all the same.
     */
    OptionalInt mtu() {
        if (netBytes < NET_MTU + Short.BYTES || !VirtioFeatures.has(offered(), VirtioFeatures.MTU)) {
            return OptionalInt.empty();
        }
        int mtu = net.read(NET_MTU, 2);
        return mtu < MtuBounds.LEAST ? OptionalInt.empty() : OptionalInt.of(mtu);
    }

    /** Queue pairs of the device: one, or as many as it says where several of them can be used. */
    int queuePairs() {
        long offered = offered();
        int pairs = pairsTold(offered);
        return VirtioFeatures.has(VirtioFeatures.choose(offered), VirtioFeatures.MQ) ? Math.max(1, pairs) : 1;
    }

    /** 0 where it tells none, or a number that there cannot be (5.1.4.1). */
    private int pairsTold(long offered) {
        if (netBytes < NET_PAIRS + Short.BYTES || !VirtioFeatures.has(offered, VirtioFeatures.MQ)) {
            return 0;
        }
        int pairs = net.read(NET_PAIRS, 2);
        return pairs <= VirtioLayout.MOST_PAIRS ? pairs : 0;
    }

    /** Whether the device wants the addresses to be announced (5.1.6.5.4). */
    boolean wantsAnnouncement() {
        return VirtioFeatures.has(features, VirtioFeatures.GUEST_ANNOUNCE)
                && (net.read(NET_STATUS, 2) & NET_ANNOUNCE) != 0
                && !isGone();
    }

    /** Speed and duplex of a link that is up, where the device tells them; as a whole, or not at all. */
    LinkSettings linkSettings() {
        if (!VirtioFeatures.has(features, VirtioFeatures.SPEED_DUPLEX) || !isLinkUp()) {
            return LinkSettings.UNKNOWN;
        }
        for (int i = 0; i < CONSISTENT_READS; i++) {
            int generation = common.read(CONFIG_GENERATION, 1);
            int megabits = net.read(NET_SPEED, 4);
            int duplex = net.read(NET_DUPLEX, 1);
            if (generation == common.read(CONFIG_GENERATION, 1)) {
                return megabits <= 0 || isGone() ? LinkSettings.UNKNOWN : new LinkSettings(megabits, duplex(duplex));
            }
        }
        return LinkSettings.UNKNOWN;
    }

    private static LinkSettings.Duplex duplex(int told) {
        return switch (told) {
            case NET_HALF_DUPLEX -> LinkSettings.Duplex.HALF;
            case NET_FULL_DUPLEX -> LinkSettings.Duplex.FULL;
            default -> LinkSettings.Duplex.UNKNOWN;
        };
    }

    private int status() {
        return common.read(DEVICE_STATUS, 1);
    }

    private static boolean await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > RESET_NANOS) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }
}
