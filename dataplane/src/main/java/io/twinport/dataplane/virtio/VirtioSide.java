package io.twinport.dataplane.virtio;

import io.twinport.dataplane.device.MtuBounds;
import io.twinport.dataplane.device.Offloads;
import io.twinport.dataplane.device.SideDevice;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.virtio.VirtioCapabilities.Capability;
import io.twinport.dataplane.virtqueue.SplitQueue;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EthOffloads;
import io.twinport.dpdk.EthStats;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.MappedRegisters;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.Registers;
import io.twinport.dpdk.VfioDevice;
import io.twinport.posix.EventSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A virtio-net device under vfio-pci, driven by twinport itself, as the device of a side. While it runs the hypervisor
 * knows that the guest can do with a primary that comes and goes: {@code VIRTIO_NET_F_STANDBY} is acknowledged wherever it
 * is offered.
 */
public final class VirtioSide implements SideDevice {
    /** As the driver is called where DPDK's are called {@code net_virtio}. */
    public static final String DRIVER = "twinport_virtio";

    private static final int LARGEST_QUEUE = 512;
    private static final int CONFIG_VECTOR = 0;

    /** How long a queue that broke, or an interrupt that was lost, goes unnoticed. */
    private static final int LOOK_MILLIS = 100;

    // What the device's thread waits for.
    private static final int STOP = 0;
    private static final int CHANGED = 1;
    private static final int REQUESTED = 2;

    private final VfioDevice vfio;
    private final VirtioDevice device;
    private final long notifyAddress;
    private final long notifyMultiplier;
    private final long notifyLength;
    private final MacAddress mac;
    private final boolean interrupts;
    private final EventSet signals;
    private final Thread watcher;

    private int mtu = MtuBounds.ETHERNET;
    private Offloads promised = Offloads.NONE;
    private @Nullable MbufPool pool;
    private @Nullable SplitQueue receive;
    private @Nullable SplitQueue transmit;

    // Of the started device, for its thread too; guarded by this.
    private long line;
    private long events;
    private boolean reportedUp;
    private volatile long requests;

    private VirtioSide(VfioDevice vfio, EventSet signals) {
        this.vfio = vfio;
        this.signals = signals;
        VirtioCapabilities capabilities = identify(vfio);
        vfio.enable();
        Capability notify = capabilities.need(VirtioLayout.TYPE_NOTIFY, "notification", Short.BYTES);
        this.notifyAddress = vfio.map(notify.bar(), notify.offset(), notify.length());
        this.notifyLength = notify.length();
        this.notifyMultiplier = vfio.config().read(notify.at() + VirtioLayout.CAP_NOTIFY_MULTIPLIER, 4) & 0xffff_ffffL;
        this.device = new VirtioDevice(
                vfio.address(),
                map(capabilities.need(VirtioLayout.TYPE_COMMON, "common configuration", VirtioLayout.COMMON_BYTES)),
                map(capabilities.need(VirtioLayout.TYPE_DEVICE, "device configuration", VirtioLayout.NET_BYTES)));
        this.interrupts = vfio.interrupts(VfioDevice.IRQ_MSIX) > CONFIG_VECTOR;
        reset();
        if (!VirtioFeatures.has(device.offered(), VirtioFeatures.MAC)) {
            throw new DpdkException(vfio.address() + " has no MAC address of its own: give it one (QEMU: mac=)");
        }
        this.mac = device.mac();
        this.watcher =
                Thread.ofPlatform().daemon().name("virtio-" + vfio.address()).unstarted(this::watch);
    }

    /**
     * Opens a device.
     *
     * @param address {@code 0000:02:00.0}, bound to vfio-pci and not probed by EAL
     */
    public static VirtioSide open(String address) {
        VfioDevice vfio = VfioDevice.open(address);
        EventSet signals = new EventSet(REQUESTED + 1);
        try {
            VirtioSide side = new VirtioSide(vfio, signals);
            side.signalRequests();
            side.watcher.start();
            return side;
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

    /** The kernel asks for the device by this interrupt, where it has it at all. */
    private void signalRequests() {
        if (vfio.interrupts(VfioDevice.IRQ_REQUEST) > 0) {
            vfio.signalTo(VfioDevice.IRQ_REQUEST, signals.descriptor(REQUESTED));
        }
    }

    @Override
    public String name() {
        return vfio.address();
    }

    @Override
    public String driver() {
        return DRIVER;
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
    public int mtu() {
        return mtu;
    }

    /** A buffer is one mbuf, which has a bound of its own, where the device tells none. */
    @Override
    public MtuBounds mtuBounds() {
        return new MtuBounds(MtuBounds.LEAST, device.mtu().orElse(MtuBounds.ANY.most()));
    }

    @Override
    public void setMtu(int wanted) {
        if (!mtuBounds().allow(wanted)) {
            throw new DpdkException(this + " cannot have an MTU of " + wanted + ": " + mtuBounds() + " is possible");
        }
        checkRoom(wanted, pool);
        mtu = wanted;
    }

    /** Without {@code MRG_RXBUF} the device drops what does not fit into one buffer. */
    private void checkRoom(int wanted, @Nullable MbufPool mbufs) {
        if (mbufs != null && MtuBounds.room(wanted) > mbufs.room()) {
            throw new DpdkException(this + " cannot have an MTU of " + wanted + ": its mbufs hold " + mbufs.room()
                    + " bytes, and it receives each frame in one. Make the pool's mbufs larger");
        }
    }

    /**
     * This driver negotiates no control queue, so without {@code VIRTIO_NET_F_CTRL_RX} the device delivers all that its
     * host gives it (5.1.6.5): as if it were promiscuous.
     */
    @Override
    public boolean isPromiscuous() {
        return true;
    }

    @Override
    public boolean setPromiscuous(boolean on) {
        return false;
    }

    @Override
    public boolean isAllMulticast() {
        return true;
    }

    @Override
    public boolean setAllMulticast(boolean on) {
        return false;
    }

    @Override
    public boolean setUnicast(List<MacAddress> addresses) {
        return false;
    }

    @Override
    public boolean setMulticast(List<MacAddress> addresses) {
        return false;
    }

    @Override
    public void setVlan(int id, boolean on) {}

    @Override
    public boolean isUnfiltered() {
        return true;
    }

    /** Frames may lie in several mbufs when they are sent; that is all. */
    @Override
    public Offloads offloads() {
        return new Offloads(0, EthOffloads.MULTI_SEGS);
    }

    @Override
    public void promiseOffloads(Offloads offloads) {
        promised = offloads;
    }

    /** VFIO lets nobody else open the device. */
    @Override
    public void own(String owner) {}

    @Override
    public void disown() {}

    @Override
    public boolean hasLinkInterrupts() {
        return interrupts;
    }

    @Override
    public boolean isLinkUp() {
        return device.isLinkUp() && isWhole(receive) && isWhole(transmit);
    }

    /** A queue that the device has broken moves no frames any more, whatever its link says. */
    private static boolean isWhole(@Nullable SplitQueue queue) {
        return queue == null || !queue.isBroken();
    }

    /** Whether the hypervisor knows that this is a standby and that its primary may come and go. */
    public boolean isStandbyAcknowledged() {
        return VirtioFeatures.has(device.features(), VirtioFeatures.STANDBY);
    }

    /** One queue pair, whatever the port has. */
    @Override
    public void configure(MbufPool mbufs, int queues) {
        checkRoom(mtu, mbufs);
        pool = mbufs;
        closeQueues();
        receive = queue(VirtioLayout.QUEUE_RECEIVE);
        transmit = queue(VirtioLayout.QUEUE_TRANSMIT);
    }

    @Override
    public int txQueues() {
        return 1;
    }

    private SplitQueue queue(int index) {
        int size = device.queueSize(index);
        if (size == 0 || device.isGone()) {
            throw new DpdkException(vfio.address() + " has no queue " + index + ": was it unplugged?");
        }
        return new SplitQueue(index, Math.min(size, LARGEST_QUEUE));
    }

    @Override
    public synchronized void start(long[] lines, long portEvents) {
        SplitQueue rx = configured(receive);
        SplitQueue tx = configured(transmit);
        rx.clear();
        tx.clear();
        try {
            reset();
            device.negotiate();
            if (interrupts) {
                vfio.signalTo(VfioDevice.IRQ_MSIX, signals.descriptor(CHANGED));
                if (!device.interruptOnChange(CONFIG_VECTOR)) {
                    throw new DpdkException(vfio.address() + " has no interrupt vector to spare for its link");
                }
            }
            rx.fill(configured(pool));
            tx.prepareHeaders();
            long rxNotify = setUp(rx);
            long txNotify = setUp(tx);
            device.driverOk();
            rx.start(rxNotify);
            tx.start(txNotify);
        } catch (RuntimeException e) {
            // What a reset that fails leaves behind may not be freed; the first failure is what is told.
            if (device.reset()) {
                rx.freeMbufs();
            }
            throw e;
        }
        reportedUp = interrupts && device.isLinkUp();
        for (int q = 0; q < lines.length; q++) {
            SideLineSetup.writeVirtio(lines[q], q == 0 ? rx.address() : 0, tx.address(), tx.frames(), reportedUp);
            if (promised.tx() != 0) {
                SideLineSetup.offload(lines[q], 0, promised.without(offloads()).tx());
            }
        }
        line = lines[0];
        events = portEvents;
    }

    private static <T> T configured(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the device has not been configured");
        }
        return part;
    }

    private long setUp(SplitQueue queue) {
        int notify = device.setUp(
                queue.index(), queue.size(), queue.descriptorsIova(), queue.availableIova(), queue.usedIova());
        long offset = notify * notifyMultiplier;
        if (offset + Short.BYTES > notifyLength) {
            throw new DpdkException(vfio.address() + " wants to be notified outside of its notification structure");
        }
        return notifyAddress + offset;
    }

    @Override
    public void watchRemoval(long line) {
        requests = line;
    }

    @Override
    public long transmitted() {
        return configured(transmit).completed();
    }

    @Override
    public Optional<EthStats> statistics() {
        SplitQueue rx = configured(receive);
        return Optional.of(new EthStats(rx.received(), transmitted(), 0, 0, 0, rx.dropped(), 0, rx.withoutMbuf()));
    }

    @Override
    public synchronized void stop() {
        line = 0;
        reset();
        configured(receive).freeMbufs();
        configured(transmit).freeMbufs();
    }

    /** Afterwards the device does not touch our memory. */
    private void reset() {
        if (!device.reset() && !(vfio.reset() && device.reset())) {
            vfio.disableBusMaster();
            throw new DpdkException(vfio.address() + " could not be reset: its mbufs are lost");
        }
    }

    @Override
    public void remove() {
        requests = 0;
        signals.signal(STOP);
        boolean interrupted = false;
        while (watcher.isAlive()) {
            try {
                watcher.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        vfio.disableBusMaster();
        try {
            vfio.close();
        } finally {
            signals.close();
            closeQueues();
        }
    }

    private void closeQueues() {
        if (receive != null) {
            receive.close();
            receive = null;
        }
        if (transmit != null) {
            transmit.close();
            transmit = null;
        }
    }

    /** The device's thread: interrupts become edges. */
    private void watch() {
        while (true) {
            long ready = signals.await(LOOK_MILLIS);
            long nanos = System.nanoTime();
            reportLink(nanos, (ready & 1 << CHANGED) != 0);
            long removal = requests;
            if ((ready & 1 << REQUESTED) != 0 && removal != 0) {
                EventLine.edge(removal, nanos);
            }
            if ((ready & 1 << STOP) != 0) {
                return;
            }
        }
    }

    /** The link may have been down and up again before it is read, so an interrupt is an edge whatever is read. */
    private synchronized void reportLink(long nanos, boolean interrupted) {
        if (line == 0 || !interrupts) {
            return;
        }
        boolean up = isLinkUp();
        if (interrupted || up != reportedUp) {
            reportedUp = up;
            SideLine.reportLink(line, up);
            if (events != 0) {
                EventLine.edge(events, nanos);
            }
        }
    }

    @Override
    public String toString() {
        return vfio.address() + " (" + DRIVER + (isStandbyAcknowledged() ? ", STANDBY acknowledged)" : ")");
    }
}
