package io.twinport.control.hotplug;

import io.twinport.dpdk.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A PCI network device, as far as it can be known without a probe.
 *
 * @param device as the bus has it now
 * @param mac empty where only its driver knows
 * @param use who would miss it, in words; empty where nobody would
 */
public record PciNic(String address, Occupant device, boolean isVirtio, Optional<MacAddress> mac, String use) {
    /** All that there are, by address. */
    public static List<PciNic> of(PciBus bus) {
        return of(bus, address -> true).stream()
                .map(nic -> new PciNic(
                        nic.address,
                        nic.device,
                        nic.isVirtio,
                        nic.mac,
                        bus.needsNoVfio(nic.device) ? "" : bus.use(nic.address)))
                .toList();
    }

    /** Of those at some of the addresses, without their use: for who looks often. */
    static List<PciNic> of(PciBus bus, Predicate<String> which) {
        return bus.networkDevices().stream()
                .filter(which)
                .flatMap(address -> bus.find(address).stream()
                        .map(device -> new PciNic(address, device, bus.isVirtio(address), bus.mac(address), "")))
                .toList();
    }

    public boolean has(MacAddress wanted) {
        return mac.filter(wanted::equals).isPresent();
    }

    /** Whether nobody would miss it, or it may be taken all the same. */
    public boolean isFree(Binding binding) {
        return use.isEmpty() || binding == Binding.IN_USE;
    }

    /** For messages, all in one line. */
    public static String list(List<PciNic> nics) {
        return nics.isEmpty()
                ? "there is no PCI network device"
                : "there are " + nics.stream().map(PciNic::toString).collect(Collectors.joining(", "));
    }

    /** For instance {@code 0000:05:00.0 (iavf, 52:54:00:12:34:56)}. */
    @Override
    public String toString() {
        List<String> known = new ArrayList<>();
        known.add(device.driver().isEmpty() ? "no driver" : device.driver());
        known.add(mac.map(MacAddress::toString).orElse("MAC address not known"));
        if (isVirtio) {
            known.add("virtio-net");
        }
        if (!use.isEmpty()) {
            known.add("in use: " + use);
        }
        return address + " (" + String.join(", ", known) + ")";
    }
}
