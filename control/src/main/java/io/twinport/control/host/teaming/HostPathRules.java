package io.twinport.control.host.teaming;

import io.twinport.control.host.FdbEntry;
import io.twinport.control.host.HostLink;
import io.twinport.control.host.HostView;
import io.twinport.control.host.xml.XmlElement;
import io.twinport.dpdk.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The standby's path on this host, and who else has the pair's address: H5, H7, H9, H11, H13, E9. */
final class HostPathRules {
    private static final String VFIO = "vfio-pci";

    private final Domain domain;
    private final Networks networks;
    private final HostView host;
    private final Findings findings;

    private HostPathRules(Domain domain, Networks networks, HostView host, Findings findings) {
        this.domain = domain;
        this.networks = networks;
        this.host = host;
        this.findings = findings;
    }

    static void check(Domain domain, Networks networks, HostView host, Findings findings) {
        HostPathRules rules = new HostPathRules(domain, networks, host, findings);
        domain.persistent().forEach(rules::check);
    }

    private void check(Nic standby) {
        StandbyPath path = StandbyPath.of(standby, networks);
        XmlElement element = standby.element().at("source").orElse(standby.element());
        if (path.kind() == Network.Kind.BRIDGE && path.bridge().isPresent()) {
            checkBridge(standby, element, path.bridge().get());
        } else if (path.kind().isMacvtap()) {
            path.devices().forEach(device -> checkBelowMacvtap(element, device));
        }
        standby.mac().ifPresent(mac -> {
            checkHolders(standby, element, path, mac);
            checkFdb(standby, element, path, mac);
        });
    }

    private void checkBridge(Nic standby, XmlElement element, String name) {
        Optional<HostLink> bridge = host.link(name);
        if (bridge.isEmpty()) {
            if (!host.links().isEmpty()) {
                findings.error(element, "this host has no bridge " + Nic.quote(name), Rule.H5)
                        .add(
                                "the guest does not start",
                                "a bridge of this name with the PF as a port, outside libvirt");
            }
            return;
        }
        if (!bridge.get().kind().equals("bridge")) {
            return; // Open vSwitch's, whose ports ip does not tell
        }
        checkDelay(element, bridge.get());
        checkUplinks(standby, element, name);
        checkMtu(standby, element, bridge.get());
    }

    /** Without the spanning tree protocol the kernel has a port forward at once, whatever the delay. */
    private void checkDelay(XmlElement element, HostLink bridge) {
        if (bridge.forwardDelay() == 0) {
            return;
        }
        String delay = "a forward delay of " + bridge.forwardDelay() / 100 + " s";
        String mend = "ip link set " + bridge.name() + " type bridge forward_delay 0";
        if (bridge.hasStp()) {
            findings.warning(
                            element,
                            Nic.quote(bridge.name()) + " has the spanning tree protocol on, and " + delay,
                            Rule.H5)
                    .add("after the standby's tap has come up the guest hears nothing for twice that time", mend);
        } else {
            findings.note(element, Nic.quote(bridge.name()) + " has " + delay, Rule.H5)
                    .add("it has no effect as long as the spanning tree protocol is off", mend);
        }
    }

    private void checkUplinks(Nic standby, XmlElement element, String bridge) {
        Set<String> uplinks = new TreeSet<>();
        host.portsOf(bridge).forEach(port -> uplinks.addAll(host.devicesBelow(port)));
        if (uplinks.isEmpty()) {
            findings.error(element, Nic.quote(bridge) + " has no device as a port, neither the PF nor another", Rule.H5)
                    .add("the standby reaches this host's other guests only", "ip link set PF master " + bridge);
            return;
        }
        uplinks.forEach(uplink -> checkVfAsUplink(element, uplink));
        Set<String> pfs = pfsOf(standby);
        boolean isJoined = uplinks.stream()
                .flatMap(uplink -> host.deviceOf(uplink).stream())
                .anyMatch(device -> pfs.contains(host.pfOf(device).orElse(device)));
        if (!pfs.isEmpty() && !isJoined) {
            findings.warning(
                            element,
                            "the uplink of " + Nic.quote(bridge) + " is " + String.join(", ", uplinks)
                                    + ", and not the VF's PF",
                            Rule.H5,
                            Rule.E8)
                    .add(
                            "if the two are not cabled to one network, the guest is in another one while the VF is away",
                            "the PF as a port, or see that both ports are in one VLAN of one network");
        }
    }

    /** The addresses of the PFs of the standby's primary, where they are known. */
    private Set<String> pfsOf(Nic standby) {
        Set<String> pfs = new TreeSet<>();
        domain.primaryOf(standby).ifPresent(primary -> {
            primary.hostAddress()
                    .flatMap(address -> host.pfOf(address.toString()))
                    .ifPresent(pfs::add);
            primary.network().flatMap(networks::find).ifPresent(pool -> {
                pool.devices().forEach(name -> host.deviceOf(name).ifPresent(pfs::add));
                pool.addresses().forEach(vf -> host.pfOf(vf.toString()).ifPresent(pfs::add));
            });
        });
        return pfs;
    }

    private void checkVfAsUplink(XmlElement element, String uplink) {
        Optional<String> vf = host.deviceOf(uplink);
        Optional<String> pf = vf.flatMap(host::pfOf);
        if (pf.isEmpty()) {
            return;
        }
        int number = host.vfsOf(pf.get()).indexOf(vf.orElse(""));
        for (String name : host.interfacesOf(pf.get())) {
            host.link(name).stream()
                    .flatMap(link -> link.vfs().stream())
                    .filter(each -> each.number() == number)
                    .filter(each -> !each.isTrusted() || each.isSpoofChecked())
                    .forEach(each -> findings.error(
                                    element,
                                    "the bridge's uplink " + uplink + " is a VF with trust "
                                            + (each.isTrusted() ? "on" : "off") + " and spoof check "
                                            + (each.isSpoofChecked() ? "on" : "off"),
                                    Rule.H13)
                            .add(
                                    "it drops frames from and to the guest's MAC address, which is not its own",
                                    "ip link set " + name + " vf " + number + " trust on spoofchk off; ip link set "
                                            + uplink + " promisc on"));
        }
    }

    private void checkMtu(Nic standby, XmlElement element, HostLink bridge) {
        long wanted = standby.element()
                .at("mtu", "size")
                .map(text -> Numbers.of(text).orElse(0))
                .orElse(0L);
        if (wanted > bridge.mtu()) {
            findings.warning(
                            element,
                            "the standby's MTU is " + wanted + ", and that of " + Nic.quote(bridge.name()) + " is "
                                    + bridge.mtu(),
                            Rule.H11)
                    .add("the bridge drops longer frames", "ip link set " + bridge.name() + " mtu " + wanted);
        }
    }

    private void checkBelowMacvtap(XmlElement element, String device) {
        Optional<HostLink> link = host.link(device);
        if (link.isEmpty()) {
            if (!host.links().isEmpty()) {
                findings.error(element, "this host has no interface " + Nic.quote(device), Rule.H5)
                        .add("the guest does not start", "the name that the PF has here");
            }
        } else if (!link.get().master().isEmpty()) {
            findings.error(
                            element,
                            Nic.quote(device) + " is a port of "
                                    + Nic.quote(link.get().master()) + ", and can have no macvtap",
                            Rule.E9,
                            Rule.H5)
                    .add(
                            "libvirt says nothing before the start, which fails: \"error creating macvtap interface ...:"
                                    + " Device or resource busy\"",
                            "the bridge as the standby's path: <source bridge='"
                                    + link.get().master() + "'/>");
        } else if (!link.get().isUp()) {
            findings.error(element, "the link of " + Nic.quote(device) + " is down", Rule.H4)
                    .add("the standby has no link either", "ip link set " + device + " up");
        }
    }

    private void checkHolders(Nic standby, XmlElement element, StandbyPath path, MacAddress mac) {
        Optional<String> own =
                domain.primaryOf(standby).flatMap(Nic::hostAddress).map(PciAddress::toString);
        for (HostLink link : host.links()) {
            boolean isOwnMacvtap = link.kind().equals("macvtap") && path.kind().isMacvtap() && domain.isLive();
            boolean isOwnVf = host.deviceOf(link.name())
                    .filter(device -> own.filter(device::equals).isPresent())
                    .isPresent();
            if (link.mac().filter(mac::equals).isPresent() && !isOwnMacvtap && !isOwnVf) {
                findings.error(
                                element,
                                "the interface " + link.name() + " of this host has the pair's MAC address, " + mac,
                                Rule.H7)
                        .add(
                                "the host takes the guest's frames, or answers in its place",
                                "another address: ip link set " + link.name() + " address ...");
            }
            for (HostLink.Vf vf : link.vfs()) {
                if (vf.mac().filter(mac::equals).isPresent()) {
                    checkHolder(element, link.name(), vf.number(), own, mac);
                }
            }
        }
    }

    private void checkHolder(XmlElement element, String pf, int number, Optional<String> own, MacAddress mac) {
        List<String> vfs = host.deviceOf(pf).map(host::vfsOf).orElse(List.of());
        String vf = number >= 0 && number < vfs.size() ? vfs.get(number) : "";
        boolean isFromPool = own.isEmpty();
        if (own.filter(vf::equals).isPresent() || isFromPool && host.driver(vf).equals(VFIO)) {
            return; // it is this guest's, or of a pool, from which a guest that runs has one
        }
        findings.error(element, pf + " vf " + number + " has the pair's MAC address, " + mac, Rule.H7)
                .add(
                        "the NIC sends the guest's frames to that VF, and nobody gets them",
                        "ip link set " + pf + " vf " + number + " mac 00:00:00:00:00:00");
    }

    private void checkFdb(Nic standby, XmlElement element, StandbyPath path, MacAddress mac) {
        String tap = standby.element().at("target", "dev").orElse("");
        for (FdbEntry entry : host.fdb()) {
            if (entry.mac().filter(mac::equals).isEmpty()) {
                continue;
            }
            String dev = mac + " dev " + entry.device();
            if (entry.master().isEmpty()) {
                if (!path.kind().isMacvtap()) {
                    findings.warning(element, "the filter of " + entry.device() + " takes frames for " + mac, Rule.H9)
                            .add(
                                    "outside of a migration the guest gets them twice, or not at all",
                                    "bridge fdb del " + dev + " self");
                }
            } else if (entry.isLocal()) {
                findings.error(
                                element,
                                "an FDB entry of " + entry.master() + " for " + mac + " at " + entry.device()
                                        + " is permanent, which means local",
                                Rule.H9)
                        .add(
                                "a black hole: the host takes the guest's frames, and none goes to " + entry.device(),
                                "bridge fdb replace " + dev
                                        + " master static, while a migration runs; else: bridge fdb del " + dev
                                        + " master");
            } else if (!entry.device().equals(tap)) {
                findings.warning(
                                element,
                                "a static FDB entry of " + entry.master() + " sends frames for " + mac + " to "
                                        + entry.device(),
                                Rule.H9)
                        .add(
                                "if it is left over from a migration, the guest's frames go there",
                                "bridge fdb del " + dev + " master");
            }
        }
    }
}
