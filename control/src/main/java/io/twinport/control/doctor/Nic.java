package io.twinport.control.doctor;

import io.twinport.control.hotplug.Occupant;
import io.twinport.control.hotplug.PciBus;
import io.twinport.control.hotplug.PciNic;
import io.twinport.dataplane.virtio.VirtioFeatures;
import io.twinport.dpdk.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A PCI network device as {@code run} sees it, and what else its bus tells.
 *
 * @param isVirtio whether it is a virtio device, whoever drives it
 * @param netdevs its interfaces; a virtio device whose driver does the failover has two, and so has an mlx4 device with two ports
 */
record Nic(PciBus bus, PciNic pci, boolean isVirtio, List<Netdev> netdevs) {
    /** Its PCI vendor. {@code run} knows it by its configuration space, which only root may read. */
    private static final String VIRTIO = "0x1af4";

    /** All of a machine's. */
    static List<Nic> of(Host host) {
        PciBus bus = PciBus.at(host.path("/sys"));
        return PciNic.of(bus).stream()
                .map(nic -> new Nic(
                        bus,
                        nic,
                        nic.isVirtio()
                                || host.text("/sys/bus/pci/devices/" + nic.address() + "/vendor")
                                        .equals(VIRTIO),
                        bus.interfaces(nic.address()).stream()
                                .map(name -> Netdev.of(host, name))
                                .toList()))
                .toList();
    }

    String address() {
        return pci.address();
    }

    /** Domain, bus and slot: what is plugged in and pulled out as a whole. */
    String slot() {
        return address().substring(0, address().lastIndexOf('.'));
    }

    Occupant device() {
        return pci.device();
    }

    /** The one that {@code run} takes it by. Of a device that the kernel lends it is known only if it is virtio's. */
    Optional<String> mac() {
        return pci.mac().map(MacAddress::toString);
    }

    /** Of all its ports. */
    Set<String> macs() {
        Set<String> macs = new TreeSet<>();
        mac().ifPresent(macs::add);
        netdevs.stream().map(Netdev::mac).filter(Nic::isUnicast).forEach(macs::add);
        return macs;
    }

    private static boolean isUnicast(String mac) {
        try {
            return MacAddress.parse(mac).isUnicast();
        } catch (IllegalArgumentException e) {
            return false; // of a VF that has none yet
        }
    }

    /** Whether nobody here knows its address: it is lent to DPDK, or nobody drives it. */
    boolean isUnknown() {
        return macs().isEmpty() && (device().isLent() || device().driver().isEmpty());
    }

    /**
     * Checks that VFIO can lend it to DPDK.
     *
     * @throws io.twinport.control.UserException if it cannot
     */
    void checkVfio() {
        bus.checkVfio(address(), device());
    }

    /**
     * Whether a virtio device offers a feature. The kernel's driver acknowledges all of those that are asked for here where it is
     * the driver; else the device has to tell.
     *
     * @return empty where the device does not tell, or not to this user
     */
    Optional<Boolean> offers(long feature) {
        return bus.isAcknowledged(address(), feature)
                ? Optional.of(true)
                : bus.offered(address()).map(features -> VirtioFeatures.has(features, feature));
    }

    /** Whether the kernel's driver has acknowledged a feature. */
    boolean isAcknowledged(long feature) {
        return bus.isAcknowledged(address(), feature);
    }

    /** For instance {@code 0000:05:00.0 (iavf, ens5, 52:54:00:12:34:56)}. */
    String text() {
        List<String> known = new ArrayList<>();
        known.add(device().driver().isEmpty() ? "no driver" : device().driver());
        netdevs.forEach(netdev -> known.add(netdev.name()));
        known.addAll(macs());
        return address() + " (" + String.join(", ", known) + ")";
    }
}
