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
 */
public record PciNic(String address, Occupant device, boolean isVirtio, Optional<MacAddress> mac) {
    /** All that there are, by address. */
    public static List<PciNic> of(PciBus bus) {
        return of(bus, address -> true);
    }

    /** Of those at some of the addresses. */
    static List<PciNic> of(PciBus bus, Predicate<String> which) {
        return bus.networkDevices().stream()
                .filter(which)
                .flatMap(address -> bus.find(address).stream()
                        .map(device -> new PciNic(address, device, bus.isVirtio(address), bus.mac(address))))
                .toList();
    }

    public boolean has(MacAddress wanted) {
        return mac.filter(wanted::equals).isPresent();
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
        return address + " (" + String.join(", ", known) + ")";
    }
}
