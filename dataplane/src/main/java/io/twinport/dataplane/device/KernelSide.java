package io.twinport.dataplane.device;

import io.twinport.dpdk.DriverQuirks;
import io.twinport.dpdk.DriverQuirks.Quirk;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthStats;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.MbufPool;
import io.twinport.posix.Interfaces;
import io.twinport.posix.KernelLink;
import io.twinport.posix.PacketInspection;
import io.twinport.posix.PacketSockets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A DPDK port that shares an interface with the kernel. Its link is the kernel's word. MTU, address and promiscuity are set
 * by the interface's number and read from it: the drivers know its name alone, which may be another interface's by now, and not
 * what others have set.
 *
 * <p>What does not fit into a slot of the driver's ring is refused and counted: the driver would hand it on cut, with the length
 * that is left. That also meets datagrams that came in fragments, which net_af_packet has the kernel put together
 * ({@code PACKET_FANOUT_FLAG_DEFRAG}).
 */
public final class KernelSide extends EthSide {
    private final KernelLinks links;
    private final int index;
    private final Optional<KernelLink> found;
    private final int longest;
    private volatile boolean promiscuous;
    private volatile Optional<KernelLink> last;
    private volatile @Nullable PacketInspection inspection;

    /** @param index the interface's */
    KernelSide(EthDev dev, KernelLinks links, int index, String devargs) {
        super(dev, Optional.of(links.below(index)));
        this.links = links;
        this.index = index;
        this.found = Interfaces.link(index);
        this.last = found;
        this.promiscuous =
                found.filter(each -> each.hasFlag(Interfaces.PROMISCUOUS)).isPresent();
        this.longest = PacketSlots.longestFrame(dev.driver(), devargs);
    }

    /** Not net_tap, whose interface is its own, and not net_pcap, which cannot set anything. */
    static boolean isFor(EthDev dev) {
        return DriverQuirks.of(dev.driver()).has(Quirk.SHARES_INTERFACE);
    }

    @Override
    public Optional<KernelSide> kernelSide() {
        return Optional.of(this);
    }

    /** The interface as it is now; empty when it has gone. Asks the kernel. */
    public Optional<KernelLink> link() {
        Optional<KernelLink> now = Interfaces.link(index);
        if (now.isPresent()) {
            last = now;
        }
        return now;
    }

    /** The kernel's number of the interface. */
    public int index() {
        return index;
    }

    @Override
    public boolean isLinkUp() {
        return isUsable();
    }

    @Override
    public MacAddress mac() {
        return link().map(now -> new MacAddress(now.mac())).orElseGet(super::mac);
    }

    @Override
    public void setMac(MacAddress mac) {
        Interfaces.setMac(index, mac.bytes());
        boolean isNamedAsBefore = link().map(KernelLink::name).equals(found.map(KernelLink::name));
        if (DriverQuirks.of(dev().driver()).has(Quirk.ANY_MAC) && isNamedAsBefore) {
            super.setMac(mac); // or ethdev would set the old one with each start
        }
    }

    @Override
    public int mtu() {
        return link().map(KernelLink::mtu).orElseGet(super::mtu);
    }

    @Override
    public void setMtu(int wanted) {
        if (found.filter(before -> before.mtu() == wanted).isPresent()
                && !mtuBounds().allow(wanted)) {
            tellMtu(wanted); // put back as it was found, which may be more than the driver takes
        } else {
            super.setMtu(wanted);
        }
    }

    @Override
    void tellMtu(int wanted) {
        if (mtu() != wanted) {
            Interfaces.setMtu(index, wanted);
        }
    }

    /** Whether it was told to be; somebody else may have set it otherwise since. */
    @Override
    public boolean isPromiscuous() {
        return promiscuous;
    }

    @Override
    public boolean setPromiscuous(boolean on) {
        Interfaces.setFlags(index, Interfaces.PROMISCUOUS, on);
        promiscuous = on;
        return true;
    }

    @Override
    public void configure(MbufPool mbufs, int portQueues) {
        super.configure(mbufs, portQueues);
        if (longest > 0 && inspection == null) {
            PacketSockets.refuseLongerThan(index, longest);
            inspection = new PacketInspection(index, longest);
        }
    }

    @Override
    public void start(long[] lines, long portEvents) {
        super.start(lines, portEvents);
        if (promiscuous) {
            Interfaces.setFlags(
                    index, Interfaces.PROMISCUOUS, true); // ethdev knows nothing of it and has taken it away
        }
    }

    /** Bytes of a frame that the driver takes, with Ethernet's header; 0 where the kernel drops and counts longer ones. */
    public int longest() {
        return longest;
    }

    /** Frames, and datagrams that came in fragments, that were refused because they are longer than {@link #longest}. */
    public long tooLong() {
        PacketInspection own = inspection;
        return own == null ? 0 : own.tooLong();
    }

    /** Frames that the driver was given with a checksum which their sender, on the same host, has left to a NIC. */
    public long unfinished() {
        PacketInspection own = inspection;
        return own == null ? 0 : own.unfinished();
    }

    @Override
    public Optional<EthStats> statistics() {
        return super.statistics().map(driver -> driver.withRxErrors(driver.rxErrors() + tooLong()));
    }

    @Override
    public Map<String, Long> extendedStatistics() {
        Map<String, Long> all = new LinkedHashMap<>(super.extendedStatistics());
        if (inspection != null) {
            all.put("kernel_too_long", tooLong());
            all.put("kernel_unfinished_checksums", unfinished());
        }
        return all;
    }

    @Override
    public void remove() {
        PacketInspection own = inspection;
        if (own != null) {
            own.close();
        }
        if (isRemoved() && found.isPresent() && last.isPresent()) {
            links.leave(found.get(), last.get());
        }
        super.remove();
    }
}
