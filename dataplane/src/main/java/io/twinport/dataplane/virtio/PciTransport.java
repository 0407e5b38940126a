package io.twinport.dataplane.virtio;

import io.twinport.dataplane.virtio.VirtioCapabilities.Capability;
import io.twinport.dataplane.virtqueue.Virtqueue;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.LinkSettings;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.MappedRegisters;
import io.twinport.dpdk.Registers;
import io.twinport.dpdk.VfioDevice;
import io.twinport.posix.EventSet;
import java.util.OptionalInt;

/** A virtio-net device under vfio-pci (virtio 1.2, 4.1). */
final class PciTransport implements VirtioTransport {
    private static final int CONFIG_VECTOR = 0;

    /** How long a queue that broke, or an interrupt that was lost, goes unnoticed. */
    private static final int LOOK_MILLIS = 100;

    // What is waited for.
    private static final int STOP_EVENT = 0;
    private static final int CHANGED_EVENT = 1;
    private static final int REQUESTED_EVENT = 2;

    private final VfioDevice vfio;
    private final VirtioDevice device;
    private final long notifyAddress;
    private final long notifyMultiplier;
    private final long notifyLength;
    private final MacAddress mac;
    private final int pairs;
    private final boolean interrupts;
    private final EventSet signals;

    private PciTransport(VfioDevice vfio, EventSet signals) {
        this.vfio = vfio;
        this.signals = signals;
        VirtioCapabilities capabilities = identify(vfio);
        vfio.enable();
        Capability notify = capabilities.need(VirtioLayout.TYPE_NOTIFY, "notification", Short.BYTES);
        this.notifyAddress = vfio.map(notify.bar(), notify.offset(), notify.length());
        this.notifyLength = notify.length();
        if (notify.bytes() < VirtioLayout.NOTIFY_CAP_BYTES) {
            throw new DpdkException(vfio.address() + " cannot be driven: its notification capability has "
                    + notify.bytes() + " bytes, and no multiplier");
        }
        this.notifyMultiplier = vfio.config().read(notify.at() + VirtioLayout.CAP_NOTIFY_MULTIPLIER, 4) & 0xffff_ffffL;
        Capability net = capabilities.need(VirtioLayout.TYPE_DEVICE, "device configuration", VirtioLayout.NET_BYTES);
        this.device = new VirtioDevice(
                vfio.address(),
                map(capabilities.need(VirtioLayout.TYPE_COMMON, "common configuration", VirtioLayout.COMMON_BYTES)),
                map(net),
                net.length(),
                Eal.iovaIsVirtual());
        this.interrupts = vfio.interrupts(VfioDevice.IRQ_MSIX) > CONFIG_VECTOR;
        reset();
        if (!VirtioFeatures.has(device.offered(), VirtioFeatures.MAC)) {
            throw new DpdkException(vfio.address() + " has no MAC address of its own: give it one (QEMU: mac=)");
        }
        this.mac = device.mac();
        this.pairs = device.queuePairs();
        // The kernel asks for the device by this interrupt, where it has it at all.
        if (vfio.interrupts(VfioDevice.IRQ_REQUEST) > 0) {
            vfio.signalTo(VfioDevice.IRQ_REQUEST, signals.descriptor(REQUESTED_EVENT));
        }
    }

    /** @param address {@code 0000:02:00.0}, bound to vfio-pci and not probed by EAL */
    static PciTransport open(String address) {
        VfioDevice vfio = VfioDevice.open(address);
        EventSet signals = new EventSet(REQUESTED_EVENT + 1);
        try {
            return new PciTransport(vfio, signals);
        } catch (RuntimeException e) {
            vfio.close();
            signals.close();
            throw e;
        }
    }

    private static VirtioCapabilities identify(VfioDevice vfio) {
        VirtioIdentity identity = VirtioIdentity.read(vfio.config());
        if (!identity.isNet()) {
            throw new DpdkException(vfio.address() + " is no virtio-net device but " + identity);
        }
        return VirtioCapabilities.read(vfio.config());
    }

    private Registers map(Capability structure) {
        return new MappedRegisters(vfio.map(structure.bar(), structure.offset(), structure.length()));
    }

    @Override
    public String name() {
        return vfio.address();
    }

    @Override
    public MacAddress mac() {
        return mac;
    }

    @Override
    public void setMac(MacAddress wanted) {
        if (!wanted.equals(mac)) {
            throw new DpdkException(vfio.address() + " has the MAC address " + mac + " and cannot be given " + wanted
                    + ": set it on the host (QEMU: mac=" + wanted + ")");
        }
    }

    @Override
    public OptionalInt mtu() {
        return device.mtu();
    }

    @Override
    public int queuePairs() {
        return pairs;
    }

    @Override
    public int queueSize(int queue) {
        return device.queueSize(queue);
    }

    @Override
    public boolean tellsLink() {
        return interrupts;
    }

    @Override
    public boolean isLinkUp() {
        return device.isLinkUp();
    }

    @Override
    public LinkSettings linkSettings() {
        return device.linkSettings();
    }

    @Override
    public boolean wantsAnnouncement() {
        return device.wantsAnnouncement();
    }

    @Override
    public boolean isGone() {
        return device.isGone();
    }

    @Override
    public boolean needsReset() {
        return device.needsReset();
    }

    @Override
    public long offered() {
        return device.offer();
    }

    @Override
    public long usable() {
        return device.usable();
    }

    @Override
    public long features() {
        return device.features();
    }

    @Override
    public boolean usesOwnAddresses() {
        return false;
    }

    @Override
    public void reset() {
        if (!device.reset() && !(vfio.reset() && device.reset())) {
            vfio.disableBusMaster();
            throw new DpdkException(vfio.address() + " could not be reset: its mbufs are lost");
        }
    }

    @Override
    public void negotiate(long declined) {
        device.negotiate(declined);
        if (interrupts) {
            vfio.signalTo(VfioDevice.IRQ_MSIX, signals.descriptor(CHANGED_EVENT));
            if (!device.interruptOnChange(CONFIG_VECTOR)) {
                throw new DpdkException(vfio.address() + " has no interrupt vector to spare for its link");
            }
        }
    }

    @Override
    public long setUp(Virtqueue queue) {
        int notify = device.setUp(
                queue.index(), queue.size(), queue.descriptorsIova(), queue.driverAreaIova(), queue.deviceAreaIova());
        long offset = notify * notifyMultiplier;
        if (offset + Short.BYTES > notifyLength) {
            throw new DpdkException(vfio.address() + " wants to be notified outside of its notification structure");
        }
        return notifyAddress + offset;
    }

    @Override
    public void run() {
        device.driverOk();
    }

    @Override
    public int await() {
        long ready = signals.await(LOOK_MILLIS);
        return ((ready & 1 << STOP_EVENT) != 0 ? STOP : 0)
                | ((ready & 1 << CHANGED_EVENT) != 0 ? CHANGED : 0)
                | ((ready & 1 << REQUESTED_EVENT) != 0 ? REQUESTED : 0);
    }

    @Override
    public void wake() {
        signals.signal(STOP_EVENT);
    }

    @Override
    public void close() {
        vfio.disableBusMaster();
        try {
            vfio.close();
        } finally {
            signals.close();
        }
    }
}
