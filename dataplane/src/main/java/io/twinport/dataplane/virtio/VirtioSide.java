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
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.MbufPool;
import io.twinport.posix.Errno;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A virtio-net device that twinport itself drives, over PCI or by vhost-user, as the device of a side. Over PCI the hypervisor
 * knows while it runs that the guest can do with a primary that comes and goes: {@code VIRTIO_NET_F_STANDBY} is acknowledged
 * wherever it is offered.
 */
public final class VirtioSide implements SideDevice {
    /** As the driver is called where DPDK's are called {@code net_virtio}. */
    public static final String DRIVER = "twinport_virtio";

    private final VirtioTransport device;
    private final Thread watcher;

    private int mtu = MtuBounds.ETHERNET;
    private Offloads promised = Offloads.NONE;
    private @Nullable MbufPool pool;
    private List<QueuePair> pairs = List.of();

    // Of the started device, for its thread too; guarded by this.
    private long line;
    private long events;
    private boolean reportedUp;
    private volatile long requests;

    private VirtioSide(VirtioTransport device) {
        this.device = device;
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
     */
    public static VirtioSide open(String name, VhostDevice far, MacAddress mac, int mostPairs) {
        return open(new VhostUserTransport(name, far, mac, mostPairs));
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
        return device.mac();
    }

    @Override
    public void setMac(MacAddress wanted) {
        device.setMac(wanted);
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

    /** Frames may lie in several mbufs when they are sent, and where the device can that when they are received. */
    @Override
    public Offloads offloads() {
        boolean spreads = VirtioFeatures.has(device.offered(), VirtioFeatures.MRG_RXBUF);
        return new Offloads(spreads ? EthOffloads.SCATTER : 0, EthOffloads.MULTI_SEGS);
    }

    /** As for DPDK's drivers only what is needed or promised: handlers that have not asked for it get no frame in several. */
    private long wantedFeatures() {
        boolean spreads = isTooLong(mtu, pool) || (promised.rx() & EthOffloads.SCATTER) != 0;
        return spreads ? VirtioFeatures.MRG_RXBUF : 0;
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

    /** A queue that the device has broken moves no frames any more, whatever its link says. */
    @Override
    public boolean isLinkUp() {
        return device.isLinkUp() && pairs.stream().noneMatch(QueuePair::isBroken);
    }

    @Override
    public boolean isRemoved() {
        return device.isGone();
    }

    /** Then a reset mends it (2.1.2), and with it queues that it has broken. */
    @Override
    public boolean wasReset() {
        return device.needsReset() || pairs.stream().anyMatch(QueuePair::isBroken);
    }

    /** Whether the hypervisor knows that this is a standby and that its primary may come and go. */
    public boolean isStandbyAcknowledged() {
        return VirtioFeatures.has(device.features(), VirtioFeatures.STANDBY);
    }

    @Override
    public void configure(MbufPool mbufs, int queues) {
        checkRoom(mtu, mbufs);
        pool = mbufs;
        closeQueues();
        List<QueuePair> made = new ArrayList<>();
        pairs = made;
        for (int i = 0; i < Math.min(queues, device.queuePairs()); i++) {
            made.add(QueuePair.of(device, i));
        }
    }

    @Override
    public int txQueues() {
        return pairs.size();
    }

    @Override
    public synchronized void start(long[] lines, long portEvents) {
        MbufPool mbufs = pool;
        if (mbufs == null) {
            throw new IllegalStateException("the device has not been configured");
        }
        pairs.forEach(QueuePair::clear);
        try {
            device.reset();
            device.negotiate(wantedFeatures());
            pairs.forEach(pair -> pair.setUp(device, mbufs));
            device.run();
            pairs.forEach(QueuePair::start);
        } catch (RuntimeException e) {
            undoStart(e);
            throw e;
        }
        reportedUp = device.tellsLink() && device.isLinkUp();
        for (int q = 0; q < lines.length; q++) {
            QueuePair pair = pairs.get(q % pairs.size());
            SideLineSetup.writeVirtio(
                    lines[q],
                    q < pairs.size() ? pair.receive().address() : 0,
                    pair.transmit().address(),
                    pair.transmit().size(),
                    reportedUp);
            if (promised.tx() != 0) {
                SideLineSetup.offload(lines[q], 0, promised.without(offloads()).tx());
            }
        }
        line = lines[0];
        events = portEvents;
    }

    /** What a reset that fails leaves behind may not be freed; the first failure is what is told. */
    private void undoStart(RuntimeException cause) {
        try {
            device.reset();
            pairs.forEach(QueuePair::freeMbufs);
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
        return pairs.stream().mapToLong(pair -> pair.transmit().completed()).sum();
    }

    @Override
    public Optional<EthStats> statistics() {
        return pairs.isEmpty()
                ? Optional.empty()
                : Optional.of(pairs.stream().map(QueuePair::statistics).reduce(EthStats.NONE, EthStats::plus));
    }

    /** Frames that came with a checksum to be filled in, though nobody has negotiated that. */
    @Override
    public Map<String, Long> extendedStatistics() {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (int i = 0; i < pairs.size(); i++) {
            counts.put("rx_q" + i + "_unfinished", pairs.get(i).receive().unfinished());
        }
        return counts;
    }

    @Override
    public synchronized void stop() {
        line = 0;
        device.reset();
        pairs.forEach(QueuePair::freeMbufs);
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
            closeQueues();
        }
    }

    private void closeQueues() {
        pairs.forEach(QueuePair::close);
        pairs = List.of();
    }

    /** The device's thread: interrupts become edges. */
    private void watch() {
        while (true) {
            int ready = device.await();
            long nanos = System.nanoTime();
            reportLink(nanos, (ready & VirtioTransport.CHANGED) != 0);
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

    @Override
    public String toString() {
        return device.name() + " (" + DRIVER + (isStandbyAcknowledged() ? ", STANDBY acknowledged)" : ")");
    }
}
