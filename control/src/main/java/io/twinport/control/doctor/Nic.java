package io.twinport.control.doctor;

import io.twinport.control.hotplug.Occupant;
import io.twinport.control.hotplug.PciBus;
import io.twinport.dataplane.virtio.VirtioFeatures;
import io.twinport.dataplane.virtio.VirtioProbe;
import io.twinport.dpdk.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A PCI network device.
 *
 * @param device as the bus has it: its driver, and whether that lends it to DPDK
 * @param virtio its number as a virtio device ({@code virtio3}), where the kernel's driver has it
 * @param interfaces what the kernel calls it
 * @param mac address of the first interface; of a device that the kernel lends it is known only if it is virtio's
 */
record Nic(String address, Occupant device, Optional<String> virtio, List<String> interfaces, Optional<String> mac) {
    private static final String DEVICES = "/sys/bus/pci/devices";
    private static final String ETHERNET = "0x0200";

    /** Digits of {@code features} in sysfs are bits, the lowest first. */
    private static final int STANDBY_BIT = Long.numberOfTrailingZeros(VirtioFeatures.STANDBY);

    /** All of a machine's. */
    static List<Nic> of(Host host) {
        PciBus bus = PciBus.at(host.path("/sys"));
        return host.names(DEVICES).stream()
                .filter(address -> host.text(DEVICES + "/" + address + "/class").startsWith(ETHERNET))
                .flatMap(address -> bus.find(address).map(device -> read(host, address, device)).stream())
                .toList();
    }

    private static Nic read(Host host, String address, Occupant occupant) {
        String device = DEVICES + "/" + address;
        Optional<String> virtio = host.names(device).stream()
                .filter(name -> name.matches("virtio\\d+"))
                .findFirst();
        List<String> interfaces = new ArrayList<>(host.names(device + "/net"));
        virtio.ifPresent(name -> interfaces.addAll(host.names(device + "/" + name + "/net")));
        Optional<String> mac = interfaces.stream()
                .map(name -> host.text("/sys/class/net/" + name + "/address"))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .or(() -> VirtioProbe.mac(host.path(device)).map(MacAddress::toString));
        return new Nic(address, occupant, virtio, List.copyOf(interfaces), mac);
    }

    boolean isVirtio(Host host) {
        return virtio.isPresent() || VirtioProbe.isNet(host.path(DEVICES + "/" + address));
    }

    /** Whether the hypervisor has it as the standby of a pair; empty where the device does not tell, or not to this user. */
    Optional<Boolean> offersStandby(Host host) {
        return VirtioProbe.offered(host.path(DEVICES + "/" + address))
                .map(features -> VirtioFeatures.has(features, VirtioFeatures.STANDBY));
    }

    /** Whether the kernel's driver has acknowledged that. */
    boolean isStandbyOfTheKernel(Host host) {
        String bits = virtio.map(name -> host.text(DEVICES + "/" + address + "/" + name + "/features"))
                .orElse("");
        return bits.length() > STANDBY_BIT && bits.charAt(STANDBY_BIT) == '1';
    }

    /** For instance {@code 0000:05:00.0 (iavf, ens5, 52:54:00:12:34:56)}. */
    String text() {
        List<String> known = new ArrayList<>();
        known.add(device.driver().isEmpty() ? "no driver" : device.driver());
        known.addAll(interfaces);
        mac.ifPresent(known::add);
        return address + " (" + String.join(", ", known) + ")";
    }
}
