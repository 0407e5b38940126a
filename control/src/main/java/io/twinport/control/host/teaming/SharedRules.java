package io.twinport.control.host.teaming;

import io.twinport.control.host.xml.XmlElement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What two devices, or two domains, cannot both have: the VF (E6), and between domains the MAC address (E2). */
final class SharedRules {
    /** A device of a domain. */
    private record Owner(Domain domain, Nic nic) {
        /** Two documents may be of one domain: of before and after a change. */
        boolean isOfSameDomain(Owner other) {
            return domain == other.domain
                    || !domain.name().isEmpty() && domain.name().equals(other.domain.name());
        }
    }

    private SharedRules() {}

    static void check(List<Domain> domains, Findings findings) {
        Map<String, Owner> vfs = new HashMap<>();
        Map<Long, Owner> macs = new HashMap<>();
        for (Domain domain : domains) {
            for (Nic nic : domain.nics()) {
                Owner owner = new Owner(domain, nic);
                nic.hostAddress().ifPresent(address -> {
                    Owner before = vfs.putIfAbsent(address.toString(), owner);
                    if (before != null && (before.domain == domain || !before.isOfSameDomain(owner))) {
                        checkVf(before, owner, address, findings);
                    }
                });
                nic.mac().ifPresent(mac -> {
                    Owner before = macs.putIfAbsent(mac.value(), owner);
                    boolean isOfPair =
                            before != null && (before.nic.role() != Nic.Role.NONE || nic.role() != Nic.Role.NONE);
                    if (isOfPair && !nic.isTransient() && !before.isOfSameDomain(owner)) {
                        checkMac(before, owner, findings);
                    }
                });
            }
        }
    }

    private static void checkVf(Owner before, Owner owner, PciAddress address, Findings findings) {
        Findings.Draft draft = before.domain == owner.domain
                ? findings.error(address.element(), "the host's device " + address + " is there twice", Rule.E6)
                : findings.warning(
                        address.element(),
                        "the host's device " + address + " also belongs to the domain "
                                + Nic.quote(before.domain.name()),
                        Rule.E6,
                        Rule.H2);
        draft.add(
                "libvirt starts no second guest with it: \"PCI device " + address + " is in use\" (the other is at "
                        + before.nic.element().place() + ")",
                "another VF, or a pool of VFs");
    }

    private static void checkMac(Owner before, Owner owner, Findings findings) {
        XmlElement element = owner.nic.element().at("mac").orElse(owner.nic.element());
        findings.warning(
                        element,
                        "the pair's MAC address is also in the domain " + Nic.quote(before.domain.name()) + ", at "
                                + before.nic.element().place(),
                        Rule.E2)
                .add("if both run in one network, each takes the other's frames", "another address for one of them");
    }
}
