package io.twinport.control.host.teaming;

import io.twinport.control.host.xml.XmlEdit;
import io.twinport.control.host.xml.XmlElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether both devices of a pair lead to one network: E7, E8, E9, E12, F3, and of H1, H4 and H11 what the documents tell. */
final class PathRules {
    private static final String NO_WAY =
            "libvirt says nothing. While the VF is away the guest is in another network: its address does not answer, and"
                    + " its connections end";

    private static final String WAYS =
            "a bridge of the host's own that has the PF or its uplink as a port (<forward mode='bridge'/> <bridge"
                    + " name='br0'/>), or macvtap on the PF (<forward mode='bridge'> <interface dev='PF'/> </forward>)";

    /** libvirt's own choice of names. */
    private static final String LIBVIRTS_BRIDGE = "virbr\\d+";

    /** They end in QEMU or in another guest. */
    private static final Set<String> NOWHERE = Set.of("null", "internal", "mcast", "server", "client", "udp");

    private final Domain domain;
    private final Networks networks;
    private final Findings findings;

    private PathRules(Domain domain, Networks networks, Findings findings) {
        this.domain = domain;
        this.networks = networks;
        this.findings = findings;
    }

    static void check(Domain domain, Networks networks, Findings findings) {
        PathRules rules = new PathRules(domain, networks, findings);
        domain.persistent().forEach(rules::checkStandby);
        domain.transients().forEach(rules::checkPrimary);
        for (Nic primary : domain.transients()) {
            domain.standbyOf(primary).ifPresent(standby -> rules.checkBoth(primary, standby));
        }
    }

    private static XmlElement source(Nic nic) {
        return nic.element().at("source").orElse(nic.element());
    }

    private void checkStandby(Nic standby) {
        checkLink(standby);
        switch (standby.type()) {
            case "network" -> standby.network().ifPresent(name -> checkNetwork(standby, name));
            case "bridge" -> checkBridge(standby);
            case "direct" ->
                checkMacvtap(
                        source(standby),
                        StandbyPath.of(standby, networks).kind(),
                        standby.element().at("source", "mode").isEmpty(),
                        XmlEdit.set(source(standby), "mode", "bridge"));
            case "user" -> checkUser(standby);
            case "hostdev", "vhostuser", "vdpa", "ethernet" -> {} // L6 sees the first; whoever made the others knows
            default -> checkOtherType(standby);
        }
    }

    private void checkLink(Nic standby) {
        standby.element()
                .at("link")
                .filter(link -> link.has("state", "down"))
                .ifPresent(link -> findings.warning(link, "the standby's link is down", Rule.F3)
                        .add(
                                "when the VF loses its link, or is unplugged by QEMU, the guest has no network: whoever"
                                        + " migrates has to set this link up before, and only twinport's own migration does",
                                "<link state='up'/>",
                                XmlEdit.set(link, "state", "up")));
    }

    private void checkUser(Nic standby) {
        boolean isPasst =
                standby.element().at("backend", "type").filter("passt"::equals).isPresent();
        findings.error(
                        standby.element(),
                        "the standby's path is " + (isPasst ? "passt" : "QEMU's user network"),
                        Rule.E7)
                .add(NO_WAY, WAYS);
    }

    private void checkOtherType(Nic standby) {
        if (NOWHERE.contains(standby.type())) {
            findings.error(standby.element(), "the standby is of type " + Nic.quote(standby.type()), Rule.E7)
                    .add(NO_WAY, WAYS);
        } else {
            findings.warning(
                            standby.element(),
                            "the standby is of type " + Nic.quote(standby.type()) + ", which twinport does not know",
                            Rule.E7)
                    .add("it cannot be told whether it leads to the VF's network", WAYS);
        }
    }

    private void checkBridge(Nic standby) {
        StandbyPath path = StandbyPath.of(standby, networks);
        if (path.network().isPresent()) {
            checkKind(source(standby), path.network().get(), "the standby's bridge belongs to the network ");
        } else if (path.bridge().filter(name -> name.matches(LIBVIRTS_BRIDGE)).isPresent()) {
            findings.error(
                            source(standby),
                            "the standby's bridge " + Nic.quote(path.bridge().get())
                                    + " is one of libvirt's own, by its name",
                            Rule.E7)
                    .add(NO_WAY, WAYS);
        }
    }

    private void checkNetwork(Nic standby, String name) {
        Optional<Network> network = networks.find(name);
        if (network.isPresent()) {
            checkKind(source(standby), network.get(), "the standby's network ");
        } else if (standby.element().at("source", "mode").isPresent()) {
            checkMacvtap(source(standby), StandbyPath.of(standby, networks).kind(), false);
        } else if (standby.element().at("source", "bridge").isPresent()) {
            checkBridge(standby);
        } else {
            checkUnknown(standby, name, "the standby's network ");
        }
    }

    private void checkUnknown(Nic nic, String name, String what) {
        if (networks.isAll()) {
            findings.error(source(nic), what + Nic.quote(name) + " does not exist on this host", Rule.H1)
                    .add("the guest does not start: \"Network not found\"", "virsh net-define NET.xml");
        } else if (nic.isPersistent() && name.equals("default")) {
            findings.warning(source(nic), what + "'default' is not given; as libvirt comes it is NAT", Rule.E7)
                    .add(
                            "if it still is: " + NO_WAY,
                            "--network, with what 'virsh net-dumpxml default' prints; or " + WAYS);
        } else {
            findings.note(source(nic), what + Nic.quote(name) + " is not given", Rule.H1)
                    .add(
                            "its kind is not checked",
                            "--network, with what 'virsh net-dumpxml " + name.replaceAll("[^A-Za-z0-9_.-]", "?")
                                    + "' prints");
        }
    }

    private void checkKind(XmlElement element, Network network, String what) {
        String text = what + Nic.quote(network.name()) + " (" + network.root().place() + ")";
        switch (network.kind()) {
            case NAT, ROUTE, OPEN, ISOLATED ->
                findings.error(element, text + " is " + network.kind().text(), Rule.E7)
                        .add(NO_WAY, WAYS);
            case POOL ->
                findings.error(element, text + " is " + network.kind().text(), Rule.E7)
                        .add("libvirt refuses it: a standby is no VF", WAYS);
            case PRIVATE, VEPA, PASSTHROUGH -> {
                XmlElement forward = network.forward().orElse(network.root());
                checkMacvtap(forward, network.kind(), false, XmlEdit.set(forward, "mode", "bridge"));
            }
            case UNKNOWN ->
                findings.warning(element, text + " is " + network.kind().text(), Rule.E7)
                        .add("it cannot be told whether it leads to the VF's network", WAYS);
            case BRIDGE, MACVTAP -> {}
        }
    }

    private void checkMacvtap(XmlElement element, Network.Kind kind, boolean isChosen, XmlEdit... edit) {
        String text = "the standby is " + kind.text()
                + (isChosen ? ", which is libvirt's choice where mode= is missing" : "");
        switch (kind) {
            case PRIVATE ->
                findings.error(element, text, Rule.E9)
                        .add(
                                "the standby and other guests of this host do not reach each other, which the VF and they do",
                                "mode='bridge'",
                                edit);
            case PASSTHROUGH ->
                findings.error(element, text, Rule.E9)
                        .add(
                                "it takes the whole device and its MAC address: on the PF the host is cut off, and the VF's"
                                        + " filter has the same address",
                                "mode='bridge'",
                                edit);
            case VEPA ->
                findings.warning(element, text, Rule.E9)
                        .add(
                                "the standby reaches other guests of this host only if the switch returns their frames"
                                        + " (hairpin, reflective relay)",
                                "mode='bridge', or a switch port with reflective relay",
                                edit);
            case UNKNOWN ->
                findings.warning(element, "the mode of the standby's macvtap is not known", Rule.E9)
                        .add("it cannot be told whether it leads to the VF's network", "mode='bridge'");
            default -> {}
        }
    }

    private void checkPrimary(Nic primary) {
        Optional<Network> pool = primary.network().flatMap(networks::find);
        if (pool.isPresent() && pool.get().kind() != Network.Kind.POOL) {
            findings.error(
                            source(primary),
                            "the primary's network " + Nic.quote(pool.get().name()) + " ("
                                    + pool.get().root().place() + ") is "
                                    + pool.get().kind().text(),
                            Rule.E8)
                    .add(
                            "libvirt refuses the start: \"virtio-net teaming transient interface must be type='hostdev'\"",
                            "<forward mode='hostdev' managed='yes'> <pf dev='PF'/> </forward>");
        } else if (pool.isPresent()) {
            pool.get().forward().ifPresent(forward -> checkManaged(forward, "the pool's <forward>"));
        } else if (primary.network().isPresent()) {
            checkUnknown(primary, primary.network().get(), "the primary's network ");
        }
        boolean isDevice = !primary.isInterface() || primary.type().equals("hostdev");
        if (isDevice && primary.element().at("teaming").isPresent()) {
            checkManaged(primary.element(), "the primary");
            if (primary.hostAddress().isEmpty()) {
                findings.error(source(primary), "the primary does not say which device it is", Rule.E6)
                        .add(
                                "libvirt refuses the domain",
                                "<source> <address type='pci' domain='0x0000' bus='0x42' slot='0x02' function='0x5'/>"
                                        + " </source>");
            }
        }
    }

    private void checkManaged(XmlElement element, String what) {
        if (!element.has("managed", "yes")) {
            findings.warning(element, what + " has no managed='yes'", Rule.E12)
                    .add(
                            "libvirt does not lend the VF to vfio-pci, and the guest starts only if somebody else has (oVirt"
                                    + " does so on purpose)",
                            "managed='yes'",
                            XmlEdit.set(element, "managed", "yes"));
        }
    }

    private void checkBoth(Nic primary, Nic standby) {
        StandbyPath path = StandbyPath.of(standby, networks);
        Optional<Network> pool = primary.network().flatMap(networks::find);
        List<String> uplinks = path.kind().isMacvtap()
                ? path.devices().stream().map(PathRules::withoutVlan).toList()
                : List.of();
        List<String> pfs = pool.map(Network::devices).orElse(List.of());
        if (!uplinks.isEmpty() && !pfs.isEmpty() && pfs.stream().noneMatch(uplinks::contains)) {
            findings.warning(
                            source(standby),
                            "the standby's macvtap is on " + String.join(", ", quoted(uplinks))
                                    + ", and the VFs are of " + String.join(", ", quoted(pfs)),
                            Rule.E8)
                    .add(
                            "if the two are not cabled to one network, the guest is in another one while the VF is away",
                            "macvtap on the PF, or see that both ports are in one VLAN of one network");
        }
        checkVlans(primary, standby, path, pool);
        checkMtu(primary, standby, path);
    }

    private static List<String> quoted(List<String> names) {
        return names.stream().map(Nic::quote).toList();
    }

    private static String withoutVlan(String device) {
        return device.replaceFirst("\\.\\d{1,4}$", "");
    }

    private void checkVlans(Nic primary, Nic standby, StandbyPath path, Optional<Network> pool) {
        Set<String> ofVf = vlans(primary, pool);
        Set<String> ofStandby = vlans(standby, path.network());
        List<String> lower = new ArrayList<>(path.devices());
        path.bridge().ifPresent(lower::add);
        boolean isNamedSo = ofVf.size() == 1
                && lower.stream()
                        .anyMatch(name -> name.matches(".*\\D" + ofVf.iterator().next()));
        if (!ofVf.equals(ofStandby) && !isNamedSo) {
            findings.warning(
                            source(standby),
                            "libvirt puts the VF in " + text(ofVf) + ", and the standby in " + text(ofStandby),
                            Rule.H4,
                            Rule.H6)
                    .add(
                            "unless the bridge or the device below the standby is itself in that VLAN, the guest is in"
                                    + " another network while the VF is away",
                            "<vlan><tag id='N'/></vlan> on both, or a bridge on the VLAN's device (PF.N)");
        }
    }

    private static Set<String> vlans(Nic nic, Optional<Network> network) {
        Set<String> own = nic.vlans().collect(Collectors.toSet());
        return own.isEmpty()
                ? network.map(each -> each.vlans().collect(Collectors.toSet())).orElse(Set.of())
                : own;
    }

    private static String text(Set<String> vlans) {
        return vlans.isEmpty()
                ? "no VLAN"
                : "VLAN " + vlans.stream().sorted().map(Nic::quote).collect(Collectors.joining(", "));
    }

    private void checkMtu(Nic primary, Nic standby, StandbyPath path) {
        Optional<String> ofVf = primary.element().at("mtu", "size");
        Optional<String> ofStandby =
                standby.element().at("mtu", "size").or(() -> path.network().flatMap(Network::mtu));
        if (ofVf.isPresent() && !ofVf.equals(ofStandby)) {
            findings.warning(
                            primary.element().at("mtu").orElse(primary.element()),
                            "the primary has an MTU of " + Nic.quote(ofVf.get()) + ", and the standby of "
                                    + ofStandby.map(Nic::quote).orElse("1500, which is the usual one"),
                            Rule.H11)
                    .add(
                            "frames that the VF carries are too long for the standby",
                            "<mtu size='9000'/> in the standby's <interface> or network, the same for both");
        }
    }
}
