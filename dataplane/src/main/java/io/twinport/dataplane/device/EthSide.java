package io.twinport.dataplane.device;

import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dpdk.Devargs;
import io.twinport.dpdk.DeviceEvents;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.DriverQuirks;
import io.twinport.dpdk.DriverQuirks.Quirk;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthEvents;
import io.twinport.dpdk.EthOffloads;
import io.twinport.dpdk.EthOwner;
import io.twinport.dpdk.EthSettings;
import io.twinport.dpdk.EthStats;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.FaultEvents;
import io.twinport.dpdk.FaultLine;
import io.twinport.dpdk.LinkSettings;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.MbufPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A DPDK port as the device of a side. */
public sealed class EthSide implements SideDevice permits KernelSide {
    private static final Offloads MANY_MBUFS = new Offloads(EthOffloads.SCATTER, EthOffloads.MULTI_SEGS);

    /** Where interrupts go that nobody waits for. */
    private static final long UNHEARD = EventLine.allocate();

    private final EthDev dev;
    private final Optional<KernelLinks.Below> below;
    private final long faults = FaultLine.allocate();
    private final EthSettings settings;
    private final List<MacAddress> unicast = new ArrayList<>();
    private final Set<Integer> vlans = new HashSet<>();
    private int mtu;
    private int deviceMtu;
    private int room;
    private Offloads promised = Offloads.NONE;
    private Offloads used = Offloads.NONE;
    private @Nullable EthOwner owner;
    private final int mostQueues;
    private long[] lines = {};
    private Runnable burstWait = () -> {};
    private long events;
    private long requests;
    private long resetsServed;
    private @Nullable MbufPool pool;
    private int queues;

    public EthSide(EthDev dev) {
        this(dev, Optional.empty());
    }

    /** @param below the kernel interface below the device, where there is one */
    public EthSide(EthDev dev, Optional<KernelLinks.Below> below) {
        this(dev, below, SideLine.MOST_QUEUES);
    }

    /** @param mostQueues of which no more are used, however many the device and the port have */
    EthSide(EthDev dev, Optional<KernelLinks.Below> below, int mostQueues) {
        this.dev = dev;
        this.below = below;
        this.settings = new EthSettings(dev);
        this.mtu = dev.mtu();
        this.deviceMtu = mtu;
        this.mostQueues = mostQueues;
    }

    final EthDev dev() {
        return dev;
    }

    @Override
    public String name() {
        return dev.name();
    }

    @Override
    public String driver() {
        return dev.driver();
    }

    @Override
    public MacAddress mac() {
        return dev.mac();
    }

    @Override
    public void setMac(MacAddress mac) {
        dev.setMac(mac);
    }

    @Override
    public boolean hasLinkInterrupts() {
        return below.isEmpty() && dev.hasLinkInterrupts();
    }

    @Override
    public boolean isLinkUp() {
        return dev.isLinkUp() && isUsable();
    }

    /** Whether the kernel's interface below it can pass packets; true where there is none. */
    final boolean isUsable() {
        return below.map(KernelLinks.Below::isUsable).orElse(true);
    }

    @Override
    public LinkSettings linkSettings() {
        return dev.linkSettings();
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public MtuBounds mtuBounds() {
        return new MtuBounds(
                Math.max(MtuBounds.LEAST, settings.leastMtu()), Math.min(MtuBounds.ANY.most(), settings.mostMtu()));
    }

    @Override
    public void setMtu(int wanted) {
        if (wanted != deviceMtu && !mtuBounds().allow(wanted)) {
            throw new DpdkException(dev + " cannot have an MTU of " + wanted + ": " + mtuBounds() + " is possible");
        }
        if (room != 0) {
            if (MtuBounds.room(wanted) > room && !used.and(MANY_MBUFS).equals(MANY_MBUFS)) {
                throw new DpdkException(
                        dev + " cannot have an MTU of " + wanted + " while it is started: its mbufs hold " + room
                                + " bytes, and it was not set up for frames in several");
            }
            tellMtu(wanted);
        }
        mtu = wanted;
    }

    /** Drivers without the function have no limit of their own; what they have was in the configuration. */
    void tellMtu(int wanted) {
        if (wanted != deviceMtu) {
            settings.setMtu(wanted);
            deviceMtu = wanted;
        }
    }

    @Override
    public boolean isPromiscuous() {
        return settings.isPromiscuous();
    }

    @Override
    public boolean setPromiscuous(boolean on) {
        return settings.setPromiscuous(on);
    }

    @Override
    public boolean isAllMulticast() {
        return settings.isAllMulticast();
    }

    @Override
    public boolean setAllMulticast(boolean on) {
        return settings.setAllMulticast(on);
    }

    @Override
    public boolean setUnicast(List<MacAddress> addresses) {
        List<MacAddress> before = List.copyOf(unicast);
        try {
            for (MacAddress old : before) {
                if (!addresses.contains(old)) {
                    settings.removeMac(old);
                    unicast.remove(old);
                }
            }
            for (MacAddress added : addresses) {
                if (!unicast.contains(added)) {
                    if (!settings.addMac(added)) {
                        forgetUnicast();
                        return false;
                    }
                    unicast.add(added);
                }
            }
            return true;
        } catch (RuntimeException e) {
            restoreUnicast(before, e);
            throw e;
        }
    }

    private void forgetUnicast() {
        unicast.forEach(settings::removeMac);
        unicast.clear();
    }

    private void restoreUnicast(List<MacAddress> before, RuntimeException cause) {
        try {
            unicast.stream().filter(mac -> !before.contains(mac)).forEach(settings::removeMac);
            before.stream().filter(mac -> !unicast.contains(mac)).forEach(settings::addMac);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
        unicast.clear();
        unicast.addAll(before);
    }

    @Override
    public boolean setMulticast(List<MacAddress> addresses) {
        return settings.setMulticast(addresses);
    }

    @Override
    public void setVlan(int id, boolean on) {
        if (on) {
            if (settings.setVlan(id, true)) {
                vlans.add(id);
            }
        } else if (vlans.remove(id)) {
            settings.setVlan(id, false);
            if (vlans.isEmpty()) {
                settings.endVlanFilter();
            }
        }
    }

    /**
     * Virtual devices without the function have no filter, and a virtio device without {@code CTRL_RX} delivers all that its
     * host gives it. A NIC has one, and where its driver cannot change that (a VF whose PF does not allow it) it stays.
     */
    @Override
    public boolean isUnfiltered() {
        return !Devargs.isPci(dev.name()) || quirks().has(Quirk.UNFILTERED);
    }

    @Override
    public Offloads offloads() {
        return new Offloads(settings.rxOffloads(), settings.txOffloads());
    }

    @Override
    public void promiseOffloads(Offloads offloads) {
        promised = offloads;
    }

    @Override
    public void own(String name) {
        EthOwner taker = EthOwner.named(name);
        taker.take(dev);
        owner = taker;
    }

    @Override
    public void disown() {
        if (owner != null) {
            owner.release(dev);
            owner = null;
        }
    }

    /** Frames that do not fit into an mbuf come and go in several, if the device can do that. */
    @Override
    public void configure(MbufPool mbufs, int portQueues) {
        pool = mbufs;
        queues = Math.min(portQueues, mostQueues);
        Offloads needed = MtuBounds.room(mtu) > mbufs.room() ? MANY_MBUFS : Offloads.NONE;
        if (!needed.without(offloads()).isEmpty()) {
            throw new DpdkException(dev + " cannot have an MTU of " + mtu + ": its mbufs hold " + mbufs.room()
                    + " bytes, and it cannot receive or send frames in several of them. Make the pool's mbufs larger");
        }
        used = promised.and(offloads()).or(needed);
        dev.want(mtu, used.rx(), used.tx());
        dev.configure(mbufs, queues, queues);
        room = mbufs.room();
        tellMtu(mtu);
    }

    @Override
    public int txQueues() {
        return dev.txQueues();
    }

    @Override
    public void start(long[] portLines, long portEvents) {
        lines = portLines.clone();
        reset();
        // Before the start: the first interrupt may come with it, and its faults stay when the lines are written.
        listen(portEvents);
        try {
            FaultLine.aim(faults, portEvents, SideLine.faultWord(lines[0]));
            FaultEvents.register(dev.port(), faults, !needsRestartAfterLinkLoss());
            dev.start();
        } catch (RuntimeException e) {
            unlisten();
            throw e;
        }
        for (int q = 0; q < lines.length; q++) {
            SideLineSetup.write(lines[q], dev, q);
            if (promised.tx() != 0) {
                SideLineSetup.offload(
                        lines[q], dev.prepareFunction(), promised.without(used).tx());
            }
        }
        if (below.isPresent()) {
            SideLine.reportLink(lines[0], false); // not the driver's word, if it has one
        }
    }

    @Override
    public void setBurstWait(Runnable wait) {
        burstWait = wait;
    }

    @Override
    public void watchRemoval(long line) {
        if (Devargs.isPci(dev.name())) {
            DeviceEvents.register(dev.name(), line);
            requests = line;
        }
    }

    @Override
    public long transmitted() {
        return statistics().map(EthStats::txFrames).orElse(-1L);
    }

    @Override
    public Optional<EthStats> statistics() {
        try {
            EthStats stats = dev.stats();
            return Optional.of(lines.length > 0 && SideLine.isChecked(lines[0]) ? checked(stats) : stats);
        } catch (DpdkException e) {
            return Optional.empty(); // not every driver counts, and none does when its device has gone
        }
    }

    /** What the far end has claimed is not counted: its frames that cannot be are errors, and the bytes those of the others. */
    private EthStats checked(EthStats stats) {
        long malformed = Arrays.stream(lines).map(SideLine::malformed).sum();
        return stats.withReceived(
                stats.rxFrames() - malformed,
                Arrays.stream(lines).map(SideLine::receivedBytes).sum(),
                stats.rxErrors() + malformed);
    }

    @Override
    public Map<String, Long> extendedStatistics() {
        try {
            return dev.extendedStats();
        } catch (DpdkException e) {
            return Map.of();
        }
    }

    @Override
    public boolean needsRestartAfterLinkLoss() {
        return quirks().has(Quirk.DEAF_AFTER_LINK_LOSS);
    }

    private DriverQuirks quirks() {
        return DriverQuirks.of(dev.driver());
    }

    @Override
    public boolean isRemoved() {
        return FaultLine.isRemoved(faults)
                || FaultEvents.isRemoved(dev.port())
                || below.map(KernelLinks.Below::isGone).orElse(false);
    }

    @Override
    public boolean wasReset() {
        return FaultLine.resets(faults) != resetsServed;
    }

    @Override
    public void stop() {
        unlisten();
        if (!isRemoved()) {
            dev.stop();
        }
    }

    /** One that belongs to somebody else is left alone: it is not ours to close. */
    @Override
    public void remove() {
        if (owner == null && !EthOwner.of(dev).isEmpty()) {
            return;
        }
        if (requests != 0) {
            DeviceEvents.unregister(dev.name(), requests);
            requests = 0;
        }
        if (isRemoved()) {
            dev.removeGone();
        } else {
            dev.remove();
        }
    }

    /** A device that was reset from outside has forgotten what it was told, and its driver what it knew. */
    private void reset() {
        long resets = FaultLine.resets(faults);
        if (resets != resetsServed && dev.reset()) {
            configure(Objects.requireNonNull(pool), queues);
        }
        resetsServed = resets;
    }

    private void listen(long portEvents) {
        if (quirks().has(Quirk.UNMAPS_AFTER_INTERRUPT)) {
            events = portEvents == 0 ? UNHEARD : portEvents;
            EthEvents.register(dev.port(), events, burstWait);
        } else if (portEvents != 0 && dev.hasLinkInterrupts()) {
            events = portEvents;
            EthEvents.register(dev.port(), events);
        }
    }

    private void unlisten() {
        FaultEvents.unregister(dev.port(), faults);
        FaultLine.aim(faults, 0, 0);
        if (events != 0) {
            EthEvents.unregister(dev.port(), events);
            events = 0;
        }
    }

    @Override
    public String toString() {
        return dev.toString();
    }
}
