package io.twinport.control.doctor;

import io.twinport.control.hotplug.Occupant;
import io.twinport.control.hotplug.PciBus;
import io.twinport.control.hotplug.PciNic;
import io.twinport.dataplane.virtio.VirtioFeatures;
import io.twinport.dpdk.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A PCI network device as {@code run} sees it, and what else its bus tells. */
record Nic(PciBus bus, PciNic pci) {
    /** All of a machine's. */
    static List<Nic> of(Host host) {
        PciBus bus = PciBus.at(host.path("/sys"));
        return PciNic.of(bus).stream().map(nic -> new Nic(bus, nic)).toList();
    }

    String address() {
        return pci.address();
    }

    Occupant device() {
        return pci.device();
    }

    /** Of the first interface; of a device that the kernel lends it is known only if it is virtio's. */
    Optional<String> mac() {
        return pci.mac().map(MacAddress::toString);
    }

    boolean isVirtio() {
        return pci.isVirtio();
    }

    /** What the kernel calls it. */
    List<String> interfaces() {
        return bus.interfaces(address());
    }

    /**
     * Checks that VFIO can lend it to DPDK.
     *
     * @throws io.twinport.control.UserException if it cannot
     */
    void checkVfio() {
        bus.checkVfio(address(), device());
    }

    /** Whether the hypervisor has it as the standby of a pair; empty where the device does not tell, or not to this user. */
    Optional<Boolean> offersStandby() {
        return bus.offered(address()).map(features -> VirtioFeatures.has(features, VirtioFeatures.STANDBY));
    }

    /** Whether the kernel's driver has acknowledged that. */
    boolean isStandbyOfTheKernel() {
        return bus.isAcknowledged(address(), VirtioFeatures.STANDBY);
    }

    /** For instance {@code 0000:05:00.0 (iavf, ens5, 52:54:00:12:34:56)}. */
    String text() {
        List<String> known = new ArrayList<>();
        known.add(device().driver().isEmpty() ? "no driver" : device().driver());
        known.addAll(interfaces());
        mac().ifPresent(known::add);
        return address() + " (" + String.join(", ", known) + ")";
    }
}
