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
import static io.twinport.dataplane.virtio.VirtioLayout.NET_LINK_UP;
import static io.twinport.dataplane.virtio.VirtioLayout.NET_MAC;
import static io.twinport.dataplane.virtio.VirtioLayout.NET_MTU;
import static io.twinport.dataplane.virtio.VirtioLayout.NET_STATUS;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_DESC;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_DEVICE;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_DRIVER;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_ENABLE;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_MSIX_VECTOR;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_NOTIFY_OFF;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_SELECT;
import static io.twinport.dataplane.virtio.VirtioLayout.QUEUE_SIZE;

import io.twinport.dpdk.DpdkException;
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
    private long features;

    /**
     * @param name for messages
     * @param common the common configuration structure
     * @param net the network device's own
     */
    VirtioDevice(String name, Registers common, Registers net) {
        this.name = name;
        this.common = common;
        this.net = net;
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

    /** Acknowledges what this driver can do of what the device offers (3.1.1, steps 2 to 6). */
    void negotiate() {
        common.write(DEVICE_STATUS, 1, ACKNOWLEDGE);
        common.write(DEVICE_STATUS, 1, ACKNOWLEDGE | DRIVER);
        long offered = offered();
        if (isGone()) {
            throw new DpdkException(name + " does not answer: was it unplugged?");
        }
        if (!VirtioFeatures.has(offered, VirtioFeatures.VERSION_1)) {
            throw fail("it offers no VERSION_1 (features 0x" + Long.toHexString(offered) + "): an old device, for"
                    + " which only DPDK's driver can be used");
        }
        features = VirtioFeatures.choose(offered);
        common.write(DRIVER_FEATURE_SELECT, 4, 0);
        common.write(DRIVER_FEATURE, 4, (int) features);
        common.write(DRIVER_FEATURE_SELECT, 4, 1);
        common.write(DRIVER_FEATURE, 4, (int) (features >>> 32));
        common.write(DEVICE_STATUS, 1, ACKNOWLEDGE | DRIVER | FEATURES_OK);
        if ((status() & FEATURES_OK) == 0) {
            throw fail("it does not accept the features 0x" + Long.toHexString(features)
                    + " of those that it offers, 0x" + Long.toHexString(offered));
        }
    }

    private DpdkException fail(String why) {
        common.write(DEVICE_STATUS, 1, VirtioLayout.FAILED);
        return new DpdkException(name + " cannot be driven: " + why);
    }

    /** What was acknowledged; 0 before. */
    long features() {
        return features;
    }

    /** Slots that the device has for a queue, 0 if it has no such queue. */
    int queueSize(int queue) {
        common.write(QUEUE_SELECT, 2, queue);
        return common.read(QUEUE_SIZE, 2);
    }

    /**
     * Tells the device of a queue's rings (4.1.5.1.3), which it may use from {@link #driverOk} on.
     *
     * @return where to notify it, in units of the notification structure's multiplier
     */
    int setUp(int queue, int size, long descriptors, long available, long used) {
        common.write(QUEUE_SELECT, 2, queue);
        common.write(QUEUE_SIZE, 2, size);
        // It is polled.
        common.write(QUEUE_MSIX_VECTOR, 2, VirtioLayout.NO_VECTOR);
        writeAddress(QUEUE_DESC, descriptors);
        writeAddress(QUEUE_DRIVER, available);
        writeAddress(QUEUE_DEVICE, used);
        int notify = common.read(QUEUE_NOTIFY_OFF, 2);
        common.write(QUEUE_ENABLE, 2, 1);
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
        int status = status();
        if (status == GONE || (status & NEEDS_RESET) != 0) {
            return false;
        }
        return !VirtioFeatures.has(features, VirtioFeatures.STATUS) || (net.read(NET_STATUS, 2) & NET_LINK_UP) != 0;
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
                return MacAddress.of(mac);
            }
        }
        throw new DpdkException("the configuration of " + name + " changes without an end");
    }

    /** The largest MTU, where the device says one (5.1.4, {@code VIRTIO_NET_F_MTU}). */
    OptionalInt mtu() {
        return VirtioFeatures.has(offered(), VirtioFeatures.MTU)
                ? OptionalInt.of(net.read(NET_MTU, 2))
                : OptionalInt.empty();
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
