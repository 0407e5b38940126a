package io.twinport.control.host.teaming;

import io.twinport.control.host.xml.XmlElement;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a domain's document tells of its migration and of its guest: L9, G1 to G4. */
final class GuestRules {
    private static final String OSINFO = "{http://libosinfo.org/xmlns/libvirt/domain/1.0}";

    /** libosinfo's names of systems whose kernel is older than 4.17, which had the first net_failover, and of old Windows. */
    private static final List<Pattern> OLD = List.of(
            Pattern.compile("http://(redhat\\.com/rhel|centos\\.org/centos|oracle\\.com/ol)/[4-7]([.-].*)?"),
            Pattern.compile("http://debian\\.org/debian/[1-9]([.].*)?"),
            Pattern.compile("http://ubuntu\\.com/ubuntu/(0?[4-9]|1[0-7])\\.\\d+"),
            Pattern.compile("http://(suse\\.com/sles?|opensuse\\.org/opensuse)/(1[0-2]|42)([.].*)?"),
            Pattern.compile("http://microsoft\\.com/win/(xp|vista|7|8|2k3|2k8).*"));

    private GuestRules() {}

    static void check(Domain domain, Findings findings) {
        XmlElement root = domain.root();
        if (!domain.hasPair()) {
            findings.note(root, "no interface of this domain has <teaming>", Rule.E1)
                    .add("there is no pair to check", "<teaming type='persistent'/> and <teaming type='transient'/>");
            return;
        }
        for (Nic nic : domain.nics()) {
            boolean isOther = nic.role() == Nic.Role.NONE
                    && (nic.type().equals("hostdev")
                            || !nic.isInterface() && nic.element().has("type", "pci"));
            if (isOther) {
                findings.warning(nic.element(), nic.text() + " is a device of the host without <teaming>", Rule.L9)
                        .add(
                                "the domain cannot be migrated with it, unless its VFIO driver can save its state: \"cannot"
                                        + " migrate a domain with <hostdev mode='subsystem' type='pci'>\"",
                                "<teaming> for a VF, or detach it before each migration");
            }
        }
        findings.note(root, "the documents do not tell whether the guest takes part", Rule.G1, Rule.G2, Rule.G3)
                .add(
                        "QEMU plugs the VF in only for a guest whose driver acknowledges VIRTIO_NET_F_STANDBY: the kernel's"
                                + " does, DPDK's does not",
                        "in the guest: twinport doctor; with DPDK: twinport run --standby-driver twinport");
        system(root)
                .ifPresent(element -> findings.warning(
                                element,
                                "the guest's system is older than net_failover: "
                                        + Nic.quote(element.attribute("id").orElse("")),
                                Rule.G4)
                        .add(
                                "it does not acknowledge the standby, and never gets its VF; or its vendor has brought the driver back",
                                "a kernel of 4.18 or newer"));
    }

    private static Optional<XmlElement> system(XmlElement root) {
        return root.at("metadata").stream()
                .flatMap(XmlElement::all)
                .filter(element -> element.name().equals(OSINFO + "os"))
                .filter(element -> {
                    String id = element.attribute("id").orElse("");
                    return OLD.stream().anyMatch(pattern -> pattern.matcher(id).matches());
                })
                .findFirst();
    }
}
