package io.twinport.control.host.teaming;

import io.twinport.control.host.HostLink;
import io.twinport.control.host.HostView;
import io.twinport.control.host.NicId;
import io.twinport.control.host.NicVerdict;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.host.xml.XmlElement;
import io.twinport.dpdk.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The VFs of this host: E6, E12, H2, H3, H4, H6, H7, H8, H12. */
final class HostRules {
    private static final String VFIO = "vfio-pci";

    private final Domain domain;
    private final Networks networks;
    private final HostView host;
    private final NicVerdicts nics;
    private final VfClaims claims;
    private final Findings findings;

    private HostRules(
            Domain domain, Networks networks, HostView host, NicVerdicts nics, VfClaims claims, Findings findings) {
        this.domain = domain;
        this.networks = networks;
        this.host = host;
        this.nics = nics;
        this.claims = claims;
        this.findings = findings;
    }

    static void check(
            Domain domain, Networks networks, HostView host, NicVerdicts nics, VfClaims claims, Findings findings) {
        HostRules rules = new HostRules(domain, networks, host, nics, claims, findings);
        domain.transients().forEach(rules::check);
        if (!domain.transients().isEmpty() && !host.hasIommu()) {
            findings.ofHost(Level.ERROR, "the IOMMU is off", Rule.H3)
                    .add(
                            "libvirt refuses the start: \"host doesn't support passthrough of host PCI devices\"",
                            "on the kernel's command line: intel_iommu=on (AMD's is on where the firmware has it on)");
        }
    }

    private static XmlElement source(Nic nic) {
        return nic.element().at("source").orElse(nic.element());
    }

    private void check(Nic primary) {
        primary.hostAddress().ifPresent(address -> checkDevice(primary, address.toString()));
        primary.network()
                .flatMap(networks::find)
                .filter(network -> network.kind() == Network.Kind.POOL)
                .ifPresent(pool -> checkPool(primary, pool));
    }

    private void checkDevice(Nic primary, String address) {
        XmlElement element = source(primary);
        if (!host.hasDevice(address)) {
            findings.error(element, "this host has no PCI device " + address, Rule.E6, Rule.H2)
                    .add(
                            "the guest does not start, or does not come up after a migration",
                            "echo N > /sys/class/net/PF/device/sriov_numvfs, or the address of another VF (lspci -D)");
            return;
        }
        if (!host.isEthernet(address)) {
            findings.error(element, address + " is no Ethernet device", Rule.E6)
                    .add(
                            "QEMU refuses the primary: \"failover primary device is not an Ethernet device\"",
                            "the address of a VF (lspci -D)");
            return;
        }
        Optional<String> pf = host.pfOf(address);
        if (pf.isEmpty()) {
            checkWhole(primary, element, address);
            return;
        }
        checkLent(primary, element, address);
        checkPromised(element, address);
        checkPf(primary, pf.get());
        checkSettings(primary, address, pf.get());
        checkQueues(primary, address);
    }

    private void checkWhole(Nic primary, XmlElement element, String address) {
        if (primary.isInterface()) {
            findings.error(element, address + " is no VF", Rule.E6)
                    .add(
                            "libvirt refuses it: \"Interface type hostdev is currently supported on SR-IOV Virtual Functions"
                                    + " only\"",
                            "a VF of it: echo N > /sys/bus/pci/devices/" + address + "/sriov_numvfs");
        } else {
            findings.warning(element, address + " is a whole device, and no VF", Rule.E6)
                    .add(
                            "it must have the standby's MAC address burnt in, and the host's standby path needs another port",
                            "a VF of it");
        }
    }

    private void checkLent(Nic primary, XmlElement element, String address) {
        boolean isLent = host.driver(address).equals(VFIO);
        boolean isManaged = primary.element().has("managed", "yes");
        if (!isManaged && !isLent) {
            findings.error(element, address + " is not with vfio-pci, and managed='yes' is missing", Rule.E12)
                    .add("the guest does not start", "managed='yes', or: virsh nodedev-detach pci_...");
        } else if (isManaged && isLent && !domain.isLive()) {
            findings.warning(element, address + " is with vfio-pci already", Rule.H2)
                    .add(
                            "if another guest has it, this one does not start",
                            "virsh list; a pool of VFs chooses a free one");
        }
    }

    private void checkPromised(XmlElement element, String address) {
        if (!domain.isLive() && claims.claim(List.of(address)).isEmpty() && claims.isPromised(address)) {
            findings.error(element, address + " is promised to a guest on its way", Rule.H2)
                    .add("one of both does not start, or does not come up", "a pool of VFs chooses a free one");
        }
    }

    private void checkPf(Nic primary, String pf) {
        XmlElement element = source(primary);
        for (String name : host.interfacesOf(pf)) {
            if (host.link(name).filter(link -> !link.isUp()).isPresent()) {
                findings.error(element, "the link of the PF " + name + " is down", Rule.H4)
                        .add("the VF has no link either", "ip link set " + name + " up; then the cable and the switch");
            }
        }
        checkFilter(primary, element, host.nic(pf));
    }

    private void checkFilter(Nic primary, XmlElement element, NicId nic) {
        boolean isMacvtap = domain.standbyOf(primary)
                .filter(standby -> StandbyPath.of(standby, networks).kind().isMacvtap())
                .isPresent();
        NicVerdict verdict = isMacvtap ? nics.behindMacvlan(nic) : nics.behindBridge(nic);
        if (verdict != NicVerdict.EARLY && verdict != NicVerdict.LOST) {
            return;
        }
        NicVerdict other = isMacvtap ? nics.behindBridge(nic) : nics.behindMacvlan(nic);
        String mend = verdict == NicVerdict.EARLY
                ? "bridge fdb add MAC dev PF self, while the VF's driver is not up"
                : other == NicVerdict.LATE
                        ? "on this NIC " + (isMacvtap ? "a bridge" : "macvtap in bridge mode")
                                + " over the PF loses none"
                        : other == NicVerdict.EARLY
                                ? "on this NIC a bridge loses none with bridge fdb add MAC dev PF self, while the VF's driver"
                                        + " is not up"
                                : "another NIC: on this one each way loses frames";
        findings.warning(element, "the PF is " + Nic.quote(nic.toString()), Rule.H8)
                .add(
                        "measured: from the moment that the VF has its MAC address until its driver in the guest is up,"
                                + " and after that is gone, nobody gets the guest's frames",
                        mend);
    }

    private Optional<HostLink.Vf> settings(String address, String pf) {
        int number = host.vfsOf(pf).indexOf(address);
        return host.interfacesOf(pf).stream()
                .flatMap(name -> host.link(name).stream())
                .flatMap(link -> link.vfs().stream())
                .filter(vf -> vf.number() == number)
                .findFirst();
    }

    private void checkSettings(Nic primary, String address, String pf) {
        Optional<HostLink.Vf> settings = settings(address, pf);
        if (settings.isEmpty()) {
            return;
        }
        HostLink.Vf vf = settings.get();
        String name = String.join(", ", host.interfacesOf(pf)) + " vf " + vf.number();
        if (!primary.isInterface()) {
            Optional<MacAddress> wanted = domain.standbyOf(primary).flatMap(Nic::mac);
            if (wanted.isPresent() && !vf.mac().equals(wanted)) {
                findings.error(
                                source(primary),
                                name + " has the MAC address "
                                        + vf.mac().map(MacAddress::toString).orElse("of nobody") + ", and the standby "
                                        + wanted.get(),
                                Rule.E2,
                                Rule.H6)
                        .add(
                                "libvirt does not set that of a <hostdev>: the guest finds no pair",
                                "ip link set " + name + " mac " + wanted.get());
            }
            boolean isInVlan = vf.vlan() != 0;
            if (isInVlan) {
                findings.warning(source(primary), name + " is in VLAN " + vf.vlan(), Rule.H6)
                        .add(
                                "the standby's path has to be in it too",
                                "ip link set " + name + " vlan 0, or the same VLAN");
            }
        }
        if (!vf.isTrusted()) {
            findings.note(source(primary), name + " is not trusted", Rule.H6)
                    .add(
                            "the guest cannot be promiscuous on it or change its MAC address, which it can on the standby",
                            "ip link set " + name + " trust on, if the guest needs that");
        }
    }

    private void checkQueues(Nic primary, String address) {
        Optional<Nic> standby = domain.standbyOf(primary);
        long wanted = standby.flatMap(nic -> nic.element().at("driver", "queues"))
                .map(text -> Numbers.of(text).orElse(0))
                .orElse(0L);
        for (String name : host.interfacesOf(address)) {
            long queues = host.queuesOf(name);
            if (wanted > 0 && queues > 0 && wanted != queues) {
                findings.note(
                                source(primary),
                                "the VF has " + queues + " receive queues, and the standby " + wanted,
                                Rule.H12)
                        .add("the guest uses them modulo their number", "<driver queues='" + queues + "'/>");
            }
        }
    }

    private void checkPool(Nic primary, Network pool) {
        XmlElement element = source(primary);
        for (String name : pool.devices()) {
            if (host.link(name).isEmpty() && host.deviceOf(name).isEmpty()) {
                findings.error(
                                pool.forward().orElse(pool.root()),
                                "this host has no interface " + Nic.quote(name) + ", of which the pool takes VFs",
                                Rule.H2)
                        .add("the network does not start", "<pf dev='PF'/> with the name that the PF has here");
            }
        }
        List<String> vfs = Stream.concat(
                        pool.devices().stream()
                                .flatMap(name -> host.deviceOf(name).stream())
                                .flatMap(pf -> host.vfsOf(pf).stream()),
                        pool.addresses().stream().map(PciAddress::toString).filter(host::hasDevice))
                .distinct()
                .toList();
        if (!domain.isLive()
                && claims.claim(vfs.stream().filter(this::isFree).toList()).isEmpty()) {
            String promised = vfs.stream().anyMatch(claims::isPromised) ? ", or promised to guests on their way" : "";
            findings.error(
                            element,
                            "no VF is free in the pool " + Nic.quote(pool.name()) + ": "
                                    + (vfs.isEmpty() ? "it has none" : "all " + vfs.size() + " are in use" + promised),
                            Rule.H2)
                    .add(
                            "the guest does not start, or does not come up after a migration",
                            "echo N > /sys/class/net/PF/device/sriov_numvfs, or a guest less");
        }
        vfs.stream().flatMap(vf -> host.pfOf(vf).stream()).distinct().forEach(pf -> checkPf(primary, pf));
    }

    /** Neither lent to a guest nor the host's own, a port of its bridge for instance. */
    private boolean isFree(String vf) {
        return !host.driver(vf).equals(VFIO)
                && host.interfacesOf(vf).stream()
                        .flatMap(name -> host.link(name).stream())
                        .allMatch(link -> link.master().isEmpty());
    }
}
