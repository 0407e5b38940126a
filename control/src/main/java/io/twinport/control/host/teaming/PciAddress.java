package io.twinport.control.host.teaming;

import io.twinport.control.host.xml.XmlElement;
import java.util.Optional;

/** Where a PCI device is: in the guest (an {@code <address>} of a device) or on the host (one of its {@code <source>}). */
public record PciAddress(XmlElement element, long domain, long bus, long slot, long function) {
    /** Empty where it says no such place, or says it wrongly. */
    static Optional<PciAddress> of(XmlElement element) {
        long domain = number(element, "domain");
        long bus = number(element, "bus");
        long slot = number(element, "slot");
        long function = number(element, "function");
        boolean isGiven = element.attribute("bus").isPresent()
                || element.attribute("slot").isPresent();
        boolean isPossible = domain >= 0
                && domain <= 0xffff_ffffL
                && bus >= 0
                && bus <= 0xff
                && slot >= 0
                && slot <= 0x1f
                && function >= 0
                && function <= 7;
        return isGiven && isPossible
                ? Optional.of(new PciAddress(element, domain, bus, slot, function))
                : Optional.empty();
    }

    private static long number(XmlElement element, String attribute) {
        return Numbers.of(element.attribute(attribute).orElse("0")).orElse(-1);
    }

    boolean isInSlotOf(PciAddress other) {
        return domain == other.domain && bus == other.bus && slot == other.slot;
    }

    /** As the kernel writes it, {@code 0000:42:02.5}. */
    @Override
    public String toString() {
        return "%04x:%02x:%02x.%x".formatted(domain, bus, slot, function);
    }
}
