package io.twinport.dataplane.virtio;

import io.twinport.dataplane.device.MtuBounds;
import io.twinport.dataplane.device.Offloads;
import io.twinport.dataplane.device.SideDevice;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.vhost.VhostDevice;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EthOffloads;
import io.twinport.dpdk.EthStats;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.LinkSettings;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.MbufPool;
import io.twinport.posix.Errno;
import io.twinport.posix.Priority;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A virtio-net device that twinport itself drives, over PCI or by vhost-user, as the device of a side. Over PCI the hypervisor
 * knows while it runs that the guest can do with a primary that comes and goes: {@code VIRTIO_NET_F_STANDBY} is acknowledged
 * wherever it is offered.
 */
public final class VirtioSide implements SideDevice {
    /** As the driver is called where DPDK's are called {@code net_virtio}. */
    public static final String DRIVER = "twinport_virtio";

    /** A device that asks without an end for announcements gets no more of them. */
    private static final long ANNOUNCE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final VirtioTransport device;
    private final VirtioQueues queues;
    private final NetControl control;
    private final Thread watcher;

    private int mtu = MtuBounds.ETHERNET;
    private Offloads promised = Offloads.NONE;
    private @Nullable MbufPool pool;
    private int pairsUsed;
    private boolean filtersVlans;
    private boolean takesPacked = true;
    private @Nullable Runnable announce;
    private volatile DeclinedFeatures declined = DeclinedFeatures.NONE;

    // Of the started device, for its thread too; guarded by this.
    private long line;
    private long events;
    private boolean reportedUp;
    private volatile long requests;

    /** Of the device's thread. */
    private long announcedNanos = System.nanoTime() - ANNOUNCE_PAUSE_NANOS;

    private VirtioSide(VirtioTransport device) {
        this.device = device;
        this.queues = new VirtioQueues(device);
        this.control = new NetControl(device.name(), device.usable());
        this.watcher =
                Thread.ofPlatform().daemon().name("virtio-" + device.name()).unstarted(this::watch);
    }

    /**
     * Opens a PCI device.
     *
     * @param address {@code 0000:02:00.0}, bound to vfio-pci and not probed by EAL
     */
    public static VirtioSide open(String address) {
        return open(PciTransport.open(address));
    }

    /**
     * Opens the device that a far end is, which belongs to the side from now on.
     *
     * @param name for messages
     * @param mac its address, all zeroes while it has none
     * @param mostPairs queue pairs that are used at most
     * @param packed whether packed rings are used where the far end has them
     */
    public static VirtioSide open(String name, VhostDevice far, MacAddress mac, int mostPairs, boolean packed) {
        VirtioSide side = open(new VhostUserTransport(name, far, mac, mostPairs));
        side.takesPacked = packed;
        return side;
    }

    /** @param device which the side closes */
    static VirtioSide open(VirtioTransport device) {
        VirtioSide side = new VirtioSide(device);
        side.watcher.start();
        return side;
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public String driver() {
        return DRIVER;
    }

    @Override
    public MacAddress mac() {
        return control.mac().orElseGet(device::mac);
    }

    @Override
    public void setMac(MacAddress wanted) {
        if (control.canSetMac()) {
            control.setMac(wanted);
        } else {
            device.setMac(wanted);
        }
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public MtuBounds mtuBounds() {
        return new MtuBounds(MtuBounds.LEAST, device.mtu().orElse(MtuBounds.ANY.most()));
    }

    /** @throws DpdkException with {@code EBUSY} if the device has to be stopped for it, and started again after it */
    @Override
    public void setMtu(int wanted) {
        if (!mtuBounds().allow(wanted)) {
            throw new DpdkException(this + " cannot have an MTU of " + wanted + ": " + mtuBounds() + " is possible");
        }
        checkRoom(wanted, pool);
        if (isStarted()
                && isTooLong(wanted, pool)
                && !VirtioFeatures.has(device.features(), VirtioFeatures.MRG_RXBUF)) {
            throw DpdkException.ofErrno(
                    "to set an MTU of " + wanted + " for " + this,
                    Errno.EBUSY,
                    "it is to receive frames in several mbufs, and that is negotiated when it is started");
        }
        mtu = wanted;
    }

    private synchronized boolean isStarted() {
        return line != 0;
    }

    private static boolean isTooLong(int mtu, @Nullable MbufPool mbufs) {
        return mbufs != null && MtuBounds.room(mtu) > mbufs.room();
    }

    private void checkRoom(int wanted, @Nullable MbufPool mbufs) {
        if (mbufs != null && isTooLong(wanted, mbufs) && (offloads().rx() & EthOffloads.SCATTER) == 0) {
            throw new DpdkException(this + " cannot have an MTU of " + wanted + ": its mbufs hold " + mbufs.room()
                    + " bytes, and without MRG_RXBUF it receives each frame in one. Make the pool's mbufs larger");
        }
    }

    /** Without {@code VIRTIO_NET_F_CTRL_RX} the device delivers all that its host gives it (5.1.6.5). */
    @Override
    public boolean isPromiscuous() {
        return !control.filters() || control.isPromiscuous();
    }

    @Override
    public boolean setPromiscuous(boolean on) {
        return tell(() -> control.setPromiscuous(on));
    }

    @Override
    public boolean isAllMulticast() {
        return !control.filters() || control.isAllMulticast();
    }

    @Override
    public boolean setAllMulticast(boolean on) {
        return tell(() -> control.setAllMulticast(on));
    }

    private boolean tell(Runnable command) {
        boolean filters = control.filters();
        if (filters) {
            command.run();
        }
        return filters;
    }

    @Override
    public boolean setUnicast(List<MacAddress> addresses) {
        return control.filters() && control.setUnicast(addresses);
    }

    @Override
    public boolean setMulticast(List<MacAddress> addresses) {
        return control.filters() && control.setMulticast(addresses);
    }

    @Override
    public void setVlan(int id, boolean on) {
        control.setVlan(id, on);
    }

    /** A device that filters VLANs lets none through that it is not told of, so it is asked to only where there are some. */
    @Override
    public void expectVlans(boolean any) {
        filtersVlans = any;
    }

    @Override
    public boolean isUnfiltered() {
        return !control.filters();
    }

    @Override
    public Offloads offloads() {
        return offloadsWith(device.usable());
    }

    /** Frames may lie in several mbufs when they are sent, and where the device can that when they are received. */
    private static Offloads offloadsWith(long features) {
        long rx = VirtioFeatures.has(features, VirtioFeatures.MRG_RXBUF) ? EthOffloads.SCATTER : 0;
        long checked = VirtioFeatures.has(features, VirtioFeatures.GUEST_CSUM) ? EthOffloads.RX_L4_CHECKSUMS : 0;
        long merged = VirtioFeatures.has(features, VirtioFeatures.GUEST_TSO) ? EthOffloads.TCP_MERGING : 0;
        return new Offloads(rx | checked | merged, EthOffloads.MULTI_SEGS | checksums(features));
    }

    /** What the device completes once the pseudo header's sum is there. */
    private static long checksums(long features) {
        long cut = VirtioFeatures.has(features, VirtioFeatures.HOST_TSO) ? EthOffloads.TCP_SEGMENTATION : 0;
        return VirtioFeatures.has(features, VirtioFeatures.CSUM) ? EthOffloads.L4_CHECKSUMS | cut : 0;
    }

    /** As for DPDK's drivers only what is needed or promised: handlers that have not asked for it get no frame in several. */
    private boolean spreadsFrames() {
        return isTooLong(mtu, pool) || (promised.rx() & (EthOffloads.SCATTER | EthOffloads.TCP_MERGING)) != 0;
    }

    @Override
    public void promiseOffloads(Offloads offloads) {
        promised = offloads;
    }

    /** Nobody else in this process can open the device. */
    @Override
    public void own(String owner) {}

    @Override
    public void disown() {}

    @Override
    public boolean hasLinkInterrupts() {
        return device.tellsLink();
    }

    @Override
    public LinkSettings linkSettings() {
        return device.linkSettings();
    }

    /** A queue that the device has broken moves no frames any more, whatever its link says. */
    @Override
    public boolean isLinkUp() {
        return device.isLinkUp() && !queues.isBroken();
    }

    @Override
    public boolean isRemoved() {
        return device.isGone();
    }

    /** Then a reset mends it (2.1.2), and with it queues that it has broken. */
    @Override
    public boolean wasReset() {
        return device.needsReset() || control.isBroken() || queues.isBroken();
    }

    /** Whether the hypervisor knows that this is a standby and that its primary may come and go. */
    public boolean isStandbyAcknowledged() {
        return VirtioFeatures.has(device.features(), VirtioFeatures.STANDBY);
    }

    @Override
    public void configure(MbufPool mbufs, int portQueues) {
        checkRoom(mtu, mbufs);
        pool = mbufs;
        queues.close();
        pairsUsed = Math.min(portQueues, device.queuePairs());
    }

    @Override
    public int txQueues() {
        return pairsUsed;
    }

    @Override
    public void setAnnouncer(Runnable announcer) {
        announce = announcer;
    }

    @Override
    public synchronized void start(long[] lines, long portEvents) {
        MbufPool mbufs = pool;
        if (mbufs == null) {
            throw new IllegalStateException("the device has not been configured");
        }
        try {
            device.reset();
            declined = DeclinedFeatures.of(
                    pairsUsed, promised, spreadsFrames(), filtersVlans, announce != null, takesPacked);
            device.negotiate(declined.features());
            queues.setUp(pairsUsed, mbufs);
            device.run();
            queues.start();
            control.start(device.features(), queues.control(), pairsUsed);
        } catch (RuntimeException e) {
            undoStart(e);
            throw e;
        }
        reportedUp = device.tellsLink() && device.isLinkUp();
        List<QueuePair> pairs = queues.pairs();
        for (int q = 0; q < lines.length; q++) {
            QueuePair pair = pairs.get(q % pairs.size());
            SideLineSetup.writeVirtio(
                    lines[q],
                    q < pairs.size() ? pair.receive().address() : 0,
                    pair.transmit().address(),
                    pair.transmit().size(),
                    reportedUp);
            if (promised.tx() != 0) {
                long features = device.features();
                SideLineSetup.offloadVirtio(
                        lines[q], promised.without(offloadsWith(features)).tx(), checksums(features));
            }
        }
        line = lines[0];
        events = portEvents;
    }

    /** What a reset that fails leaves behind may not be freed; the first failure is what is told. */
    private void undoStart(RuntimeException cause) {
        control.stop();
        try {
            device.reset();
            queues.freeMbufs();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public void watchRemoval(long line) {
        requests = line;
    }

    @Override
    public long transmitted() {
        return queues.pairs().stream()
                .mapToLong(pair -> pair.transmit().completed())
                .sum();
    }

    @Override
    public Optional<EthStats> statistics() {
        return queues.pairs().isEmpty() ? Optional.empty() : Optional.of(queues.statistics());
    }

    /** Frames that came with a checksum to be filled in, whether that has been negotiated or not. */
    @Override
    public Map<String, Long> extendedStatistics() {
        Map<String, Long> counts = new LinkedHashMap<>();
        List<QueuePair> pairs = queues.pairs();
        for (int i = 0; i < pairs.size(); i++) {
            counts.put("rx_q" + i + "_unfinished", pairs.get(i).receive().unfinished());
        }
        return counts;
    }

    @Override
    public synchronized void stop() {
        line = 0;
        control.stop();
        device.reset();
        queues.freeMbufs();
    }

    @Override
    public void remove() {
        requests = 0;
        device.wake();
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
        try {
            device.close();
        } finally {
            queues.close();
        }
    }

    /** The device's thread: interrupts become edges. It goes before ordinary ones, as DPDK's event threads do. */
    private void watch() {
        boolean ignored = Priority.raiseThisThread();
        while (true) {
            int ready = device.await();
            long nanos = System.nanoTime();
            reportLink(nanos, (ready & VirtioTransport.CHANGED) != 0);
            announceIfAsked(nanos);
            long removal = requests;
            if ((ready & VirtioTransport.REQUESTED) != 0 && removal != 0) {
                EventLine.edge(removal, nanos);
            }
            if ((ready & VirtioTransport.STOP) != 0) {
                return;
            }
        }
    }

    /** The link may have been down and up again before it is read, so an interrupt is an edge whatever is read. */
    private synchronized void reportLink(long nanos, boolean interrupted) {
        if (line == 0 || !device.tellsLink()) {
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

    /** The frames first, then the acknowledgement: it says that they are on their way. */
    private void announceIfAsked(long nanos) {
        Runnable announcer = announcer();
        if (announcer == null || nanos - announcedNanos < ANNOUNCE_PAUSE_NANOS || !device.wantsAnnouncement()) {
            return;
        }
        announcedNanos = nanos;
        try {
            announcer.run();
            control.acknowledgeAnnouncement();
        } catch (RuntimeException e) {
            // The device asks again; one that does not answer is reset.
            System.getLogger("twinport").log(System.Logger.Level.WARNING, device.name() + " was not announced", e);
        }
    }

    /** Null while the device does not run. */
    private synchronized @Nullable Runnable announcer() {
        return line == 0 ? null : announce;
    }

    @Override
    public Optional<String> features() {
        long used = device.features();
        return used == 0 ? Optional.empty() : Optional.of(declined.describe(device.offered(), used));
    }

    @Override
    public String toString() {
        return device.name() + " (" + DRIVER + (isStandbyAcknowledged() ? ", STANDBY acknowledged)" : ")");
    }
}
