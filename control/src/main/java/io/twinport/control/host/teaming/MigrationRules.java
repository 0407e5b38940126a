package io.twinport.control.host.teaming;

import io.twinport.control.host.xml.XmlElement;
import java.util.Optional;

/** H1: the networks of the source and of the target of a migration, compared by name and kind. libvirt takes a network by its name. */
final class MigrationRules {
    private final Networks source;
    private final Networks target;
    private final Findings findings;

    private MigrationRules(Networks source, Networks target, Findings findings) {
        this.source = source;
        this.target = target;
        this.findings = findings;
    }

    static void check(Domain domain, Networks source, Networks target, Findings findings) {
        MigrationRules rules = new MigrationRules(source, target, findings);
        domain.persistent().forEach(rules::check);
        domain.transients().forEach(rules::check);
    }

    private void check(Nic nic) {
        XmlElement element = nic.element().at("source").orElse(nic.element());
        if (nic.network().isEmpty()) {
            checkWithoutNetwork(nic, element);
            return;
        }
        String name = nic.network().get();
        Optional<Network> here = source.find(name);
        Optional<Network> there = target.find(name);
        if (there.isEmpty()) {
            findings.error(element, "the target has no network " + Nic.quote(name), Rule.H1)
                    .add(
                            "the migration fails: \"Network not found\"",
                            "a network of this name and kind on the target: virsh net-define, net-start, net-autostart");
            return;
        }
        checkThere(nic, there.get());
        here.ifPresent(network -> compare(network, there.get()));
    }

    /** Here it may be right: whether it is was said already. */
    private void checkThere(Nic nic, Network there) {
        Network.Kind kind = there.kind();
        boolean isGood = nic.isTransient() ? kind == Network.Kind.POOL : kind.isPhysical();
        Rule rule = nic.isTransient() ? Rule.E8 : Rule.E7;
        if (!isGood && kind != Network.Kind.UNKNOWN) {
            findings.error(
                            there.root(),
                            "on the target the " + role(nic) + "'s network " + Nic.quote(there.name()) + " is "
                                    + kind.text(),
                            Rule.H1,
                            rule)
                    .add(
                            nic.isTransient()
                                    ? "the migration fails, or the guest comes up without its VF"
                                    : "after the migration the standby is in another network: the guest's connections end",
                            nic.isTransient()
                                    ? "<forward mode='hostdev' managed='yes'> <pf dev='PF'/> </forward>"
                                    : "<forward mode='bridge'/> with a bridge of the host's own, or with <interface"
                                            + " dev='PF'/>");
        } else if (kind == Network.Kind.PRIVATE || kind == Network.Kind.PASSTHROUGH) {
            findings.error(
                            there.root(),
                            "on the target the standby's network " + Nic.quote(there.name()) + " is " + kind.text(),
                            Rule.E9)
                    .add("the standby does not reach what the VF reaches", "<forward mode='bridge'>");
        }
    }

    private static String role(Nic nic) {
        return nic.isTransient() ? "primary" : "standby";
    }

    private void compare(Network here, Network there) {
        boolean areGood = here.kind().isPhysical() && there.kind().isPhysical();
        if (areGood && here.kind() != there.kind()) {
            findings.warning(
                            there.root(),
                            "the network " + Nic.quote(there.name()) + " is "
                                    + there.kind().text() + " on the target, and "
                                    + here.kind().text() + " on the source",
                            Rule.H1)
                    .add(
                            "both lead to the physical network; which MAC filters and FDB entries a migration needs differs",
                            "the same kind on both hosts");
        }
        if (here.isOpenvswitch() != there.isOpenvswitch()) {
            findings.warning(
                            there.root(),
                            "the network " + Nic.quote(there.name()) + " is Open vSwitch on one host only",
                            Rule.H1)
                    .add("its VLANs and forwarding entries are set up in another way", "the same kind on both hosts");
        }
        compare(here, there, "MTU", here.mtu().orElse("1500"), there.mtu().orElse("1500"), Rule.H11);
        compare(
                here,
                there,
                "VLANs",
                here.vlans().sorted().toList(),
                there.vlans().sorted().toList(),
                Rule.H4);
        if (here.kind() == Network.Kind.POOL && there.kind() == Network.Kind.POOL) {
            compare(
                    here,
                    there,
                    "managed",
                    here.forward().flatMap(each -> each.attribute("managed")).orElse("no"),
                    there.forward().flatMap(each -> each.attribute("managed")).orElse("no"),
                    Rule.E12);
        }
    }

    private void compare(Network here, Network there, String what, Object first, Object second, Rule rule) {
        if (!first.equals(second)) {
            findings.warning(
                            there.root(),
                            "the network " + Nic.quote(there.name()) + " has " + what + " "
                                    + Nic.quote(second.toString()) + " on the target, and "
                                    + Nic.quote(first.toString()) + " at "
                                    + here.root().place(),
                            rule)
                    .add("the guest finds another network after the migration", "the same on both hosts");
        }
    }

    private void checkWithoutNetwork(Nic nic, XmlElement element) {
        if (nic.isTransient()) {
            nic.hostAddress()
                    .ifPresent(address -> findings.warning(
                                    element, "the primary is named by its PCI address, " + address, Rule.H1, Rule.H2)
                            .add(
                                    "the target needs a free VF at the same address, of the same network",
                                    "<interface type='network'> of a pool of VFs with the same name on both hosts"));
        } else if (nic.type().equals("bridge") || nic.type().equals("direct")) {
            findings.note(element, "the standby names a device of the host", Rule.H1)
                    .add(
                            "the target needs one of the same name that leads to the same network; --host looks there",
                            "a network of one name on both hosts, <interface type='network'>");
        }
    }
}
