package io.twinport.control.host.teaming;

import io.twinport.control.host.xml.XmlEdit;
import io.twinport.control.host.xml.XmlElement;
import io.twinport.dpdk.MacAddress;
import java.util.List;
import java.util.Optional;

/** E2: the guest pairs by MAC address (R13), and neither libvirt nor QEMU compares them (Q10). */
final class MacRules {
    private static final String NO_PAIR =
            "libvirt and QEMU say nothing. The guest finds no pair, since it pairs by MAC address: its traffic ends when the"
                    + " VF is unplugged";

    private final Domain domain;
    private final Findings findings;

    private MacRules(Domain domain, Findings findings) {
        this.domain = domain;
        this.findings = findings;
    }

    static void check(Domain domain, Findings findings) {
        MacRules rules = new MacRules(domain, findings);
        for (Nic nic : domain.nics()) {
            if (nic.role() != Nic.Role.NONE) {
                rules.checkAddress(nic);
            }
        }
        for (Nic primary : domain.transients()) {
            domain.standbyOf(primary).ifPresent(standby -> rules.checkPair(primary, standby));
        }
        rules.checkOthers();
    }

    private void checkAddress(Nic nic) {
        Optional<String> written = nic.writtenMac();
        if (written.isEmpty()) {
            return;
        }
        XmlElement element = nic.element().at("mac").orElse(nic.element());
        String mend = "<mac address='52:54:00:...'/>, the same in both devices of the pair";
        if (nic.mac().isEmpty()) {
            findings.error(element, Nic.quote(written.get()) + " is no MAC address", Rule.E2)
                    .add("libvirt refuses the domain", mend, edit(nic, element));
        } else if (!nic.mac().get().isUnicast()) {
            findings.error(
                            element,
                            written.get() + " is "
                                    + (nic.mac().get().value() == 0 ? "all zero" : "a multicast address"),
                            Rule.E2)
                    .add("no device can have it: libvirt, the VF's driver or the guest refuses it", mend);
        }
    }

    /** The other device's, if that is one. */
    private XmlEdit[] edit(Nic nic, XmlElement element) {
        Optional<Nic> other = nic.isTransient() ? domain.standbyOf(nic) : domain.primaryOf(nic);
        return other.flatMap(Nic::mac)
                .filter(MacAddress::isUnicast)
                .map(mac -> new XmlEdit[] {XmlEdit.set(element, "address", mac.toString())})
                .orElseGet(() -> new XmlEdit[0]);
    }

    private void checkPair(Nic primary, Nic standby) {
        Optional<MacAddress> first = primary.mac();
        Optional<MacAddress> second = standby.mac();
        if (first.isPresent() && second.isPresent()) {
            if (!first.equals(second)) {
                XmlElement element = primary.element().at("mac").orElse(primary.element());
                findings.error(
                                element,
                                "the MAC addresses of the pair differ: " + first.get() + ", and " + second.get()
                                        + " at " + standby.element().place(),
                                Rule.E2)
                        .add(
                                NO_PAIR,
                                mac(second.get()),
                                XmlEdit.set(element, "address", second.get().toString()));
            }
            return;
        }
        boolean isPlain = !primary.isInterface();
        if (isPlain && second.isPresent()) {
            findings.note(primary.element(), "a <hostdev> does not say its MAC address", Rule.E2)
                    .add(
                            "whoever sets up the VF has to give it the standby's, " + second.get()
                                    + "; --host looks whether it has that now",
                            "ip link set PF vf N mac " + second.get());
            return;
        }
        if (primary.writtenMac().isEmpty() && !isPlain) {
            missing(primary, second);
        }
        if (standby.writtenMac().isEmpty()) {
            missing(standby, first);
        }
    }

    private void missing(Nic nic, Optional<MacAddress> other) {
        findings.error(nic.element(), "the " + (nic.isTransient() ? "primary" : "standby") + " has no <mac>", Rule.E2)
                .add(
                        "libvirt makes one up. " + NO_PAIR,
                        other.map(MacRules::mac).orElse("<mac address='52:54:00:...'/>, the same in both devices"),
                        other.filter(MacAddress::isUnicast)
                                .map(mac -> new XmlEdit[] {
                                    nic.element()
                                            .at("mac")
                                            .map(element -> XmlEdit.set(element, "address", mac.toString()))
                                            .orElseGet(() -> XmlEdit.insert(nic.element(), mac(mac)))
                                })
                                .orElseGet(() -> new XmlEdit[0]));
    }

    private static String mac(MacAddress mac) {
        return "<mac address='" + mac + "'/>";
    }

    /** Two with one address that are no pair. */
    private void checkOthers() {
        List<Nic> nics = domain.nics().stream().filter(Nic::isInterface).toList();
        for (int i = 0; i < nics.size(); i++) {
            Nic nic = nics.get(i);
            Optional<Nic> before = nics.subList(0, i).stream()
                    .filter(each -> nic.mac().isPresent() && each.mac().equals(nic.mac()))
                    .filter(each -> !isPair(each, nic))
                    .findFirst();
            before.ifPresent(each -> shared(each, nic));
        }
    }

    /** Also with a third one that belongs to the same standby: that is E3's. */
    private boolean isPair(Nic one, Nic other) {
        return isPrimaryOf(one, other)
                || isPrimaryOf(other, one)
                || one.isTransient()
                        && other.isTransient()
                        && domain.standbyOf(one).isPresent()
                        && domain.standbyOf(one).equals(domain.standbyOf(other));
    }

    private boolean isPrimaryOf(Nic primary, Nic standby) {
        return primary.isTransient()
                && domain.standbyOf(primary).filter(standby::equals).isPresent();
    }

    private void shared(Nic one, Nic other) {
        XmlElement element = other.element().at("mac").orElse(other.element());
        String text = other.mac().map(MacAddress::toString).orElse("") + " is also the MAC address of " + one.text()
                + " at " + one.element().place();
        boolean isDangling = isUnpaired(one) || isUnpaired(other);
        if (isDangling && (one.role() != Nic.Role.NONE && other.role() != Nic.Role.NONE)) {
            return; // they may be meant as a pair: that they are none is E1's
        }
        if (one.role() != Nic.Role.NONE || other.role() != Nic.Role.NONE) {
            findings.error(element, text + ", and the two are no pair", Rule.E2)
                    .add(
                            "libvirt says nothing. The guest may pair the wrong devices (R13, R15), and the bridge sends the"
                                    + " pair's frames to either",
                            "another address for the device that does not belong to the pair");
        } else {
            findings.warning(element, text + ", and neither has <teaming>", Rule.E2)
                    .add(
                            "QEMU shows both to the guest, and unplugs neither before a migration",
                            "<teaming type='persistent'/> and <teaming type='transient' persistent='ALIAS'/>, if they are"
                                    + " meant as a pair; else another address for one of them");
        }
    }

    private boolean isUnpaired(Nic nic) {
        return nic.isTransient() && domain.standbyOf(nic).isEmpty()
                || nic.isPersistent() && domain.primaryOf(nic).isEmpty();
    }
}
