package io.twinport.control.host.teaming;

import io.twinport.control.host.xml.XmlEdit;
import io.twinport.control.host.xml.XmlElement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How a pair is put together: L1 to L7, E1, E3, E10. */
final class PairRules {
    private static final String REFUSED = "libvirt refuses the domain: ";

    private static final String PERSISTENT = "persistent";

    private final Domain domain;
    private final Findings findings;

    /** Standbys that got a new alias in the mended copy, and those that a primary without one got. */
    private final Map<Nic, String> newAliases = new HashMap<>();

    /** Of all devices. */
    private final Set<String> aliases = new HashSet<>();

    private PairRules(Domain domain, Findings findings) {
        this.domain = domain;
        this.findings = findings;
        domain.devices().forEach(device -> device.at("alias", "name").ifPresent(aliases::add));
    }

    static void check(Domain domain, Findings findings) {
        new PairRules(domain, findings).check();
    }

    private void check() {
        for (Nic nic : domain.nics()) {
            nic.element().at("teaming").ifPresent(teaming -> {
                if (nic.isInterface()) {
                    checkInterface(nic, teaming);
                } else {
                    checkHostdev(nic, teaming);
                }
            });
            if (nic.isPersistent()) {
                checkModel(nic);
            }
        }
        domain.transients().stream().filter(nic -> nic.partner().isPresent()).forEach(this::checkPartner);
        domain.persistent().forEach(this::checkStandby);
        checkPrimaries();
        checkAliases();
    }

    private void checkInterface(Nic nic, XmlElement teaming) {
        String type = teaming.attribute("type").orElse("");
        if (!type.equals(PERSISTENT) && !type.equals("transient")) {
            findings.error(teaming, "<teaming> has the type " + Nic.quote(type), Rule.L3)
                    .add(
                            REFUSED + "the types are 'persistent' and 'transient'",
                            "<teaming type='persistent'/> for the virtio interface, <teaming type='transient'"
                                    + " persistent='ALIAS'/> for the VF");
        }
        if (nic.isPersistent() && nic.partner().isPresent()) {
            findings.error(teaming, "the persistent interface has the attribute 'persistent'", Rule.L2)
                    .add(
                            REFUSED + "\"teaming persistent attribute not allowed if teaming type is 'persistent'\"",
                            "<teaming type='persistent'/>",
                            XmlEdit.unset(teaming, PERSISTENT).stream().toArray(XmlEdit[]::new));
        }
        if (nic.isTransient() && nic.partner().isEmpty()) {
            checkUnnamed(
                    nic,
                    teaming,
                    "\"teaming persistent attribute must be set if teaming type is 'transient'\"",
                    Rule.L1);
        }
        if (nic.isTransient() && !Set.of("hostdev", "network").contains(nic.type())) {
            findings.error(nic.element(), "the transient interface is of type " + Nic.quote(nic.type()), Rule.L7)
                    .add(
                            REFUSED + "\"virtio-net teaming transient interface must be type='hostdev', not '...'\"",
                            "<interface type='hostdev' managed='yes'> with the VF as <source>, or <interface"
                                    + " type='network'> of a pool of VFs");
        }
    }

    private void checkHostdev(Nic nic, XmlElement teaming) {
        if (!nic.isTransient()) {
            findings.error(
                            teaming,
                            "<teaming> of a <hostdev> has the type "
                                    + Nic.quote(teaming.attribute("type").orElse("")),
                            Rule.L3)
                    .add(
                            REFUSED + "\"teaming hostdev devices must have type='transient'\"",
                            "<teaming type='transient' persistent='ALIAS'/>");
        }
        if (nic.isTransient() && nic.partner().isEmpty()) {
            checkUnnamed(nic, teaming, "\"missing required persistent attribute in hostdev teaming element\"", Rule.L4);
        }
        boolean isPci = nic.element().attribute("mode").orElse("subsystem").equals("subsystem")
                && nic.element().attribute("type").orElse("").equals("pci");
        if (!isPci) {
            findings.error(nic.element(), "a <hostdev> with <teaming> is no PCI device", Rule.L5)
                    .add(
                            REFUSED + "\"teaming is only supported for pci hostdev devices\"",
                            "<hostdev mode='subsystem' type='pci' managed='yes'>");
        }
    }

    private void checkUnnamed(Nic primary, XmlElement teaming, String says, Rule rule) {
        Optional<Nic> free = onlyFreeStandby();
        String alias = free.map(this::aliasFor).orElse("ALIAS");
        List<XmlEdit> edits = new ArrayList<>();
        free.ifPresent(standby -> {
            edits.add(XmlEdit.set(teaming, PERSISTENT, alias));
            edits.addAll(aliasEdit(standby, alias));
        });
        findings.error(teaming, "the primary does not say which standby it belongs to", Rule.E1, rule)
                .add(
                        REFUSED + says,
                        "<teaming type='transient' persistent=" + quoted(alias) + "/>",
                        edits.toArray(XmlEdit[]::new));
    }

    /** In L6 the model is also E4's. */
    private void checkModel(Nic standby) {
        if (standby.isVirtio()) {
            return;
        }
        Optional<String> model = standby.model();
        Machine machine = domain.machine();
        if (model.isEmpty() && machine.choosesVirtio()) {
            return;
        }
        String mend = "<model type='virtio'/>";
        XmlEdit edit = standby.element()
                .at("model")
                .map(element -> XmlEdit.set(element, "type", "virtio"))
                .orElseGet(() -> XmlEdit.insert(standby.element(), mend));
        String text = model.map(name -> "the persistent interface has the model " + Nic.quote(name))
                .orElse("the persistent interface has no <model>, and libvirt's choice may be another than virtio");
        String effect =
                REFUSED + "\"virtio-net teaming persistent interface must be <model type='virtio'/>, not '...'\"";
        XmlElement element = standby.element().at("model").orElse(standby.element());
        if (model.isPresent() || machine.isX86()) {
            findings.error(element, text, Rule.E4, Rule.L6).add(effect, mend, edit);
        } else {
            findings.warning(element, text, Rule.E4, Rule.L6).add("then " + effect, mend, edit);
        }
    }

    private void checkPartner(Nic primary) {
        String name = primary.partner().orElse("");
        Optional<Nic> standby = domain.standbyOf(primary);
        if (standby.isEmpty()) {
            checkDangling(primary, name);
        } else if (!standby.get().isPersistent()) {
            findings.error(
                            primary.teaming(),
                            "the primary names " + Nic.quote(name) + ", which is no persistent interface",
                            Rule.E1)
                    .add(
                            "libvirt says nothing. QEMU makes no failover of that interface: the guest sees both devices"
                                    + " with one MAC address, and nothing unplugs the VF before a migration",
                            "<teaming type='persistent'/> in the <interface> with <alias name=" + quoted(name) + "/>",
                            standby.get().isInterface()
                                            && standby.get().role() == Nic.Role.NONE
                                            && standby.get()
                                                    .element()
                                                    .at("teaming")
                                                    .isEmpty()
                                    ? new XmlEdit[] {
                                        XmlEdit.insert(standby.get().element(), "<teaming type='persistent'/>")
                                    }
                                    : new XmlEdit[0]);
        }
    }

    private void checkDangling(Nic primary, String name) {
        Optional<Nic> free = onlyFreeStandby();
        List<XmlEdit> edits = new ArrayList<>();
        String mend = "<alias name=" + quoted(name) + "/> in the persistent <interface>";
        if (free.isPresent()) {
            boolean keepsName = free.get().alias().filter(PairRules::isUsable).isEmpty() && isUsable(name);
            String alias = keepsName ? name : aliasFor(free.get());
            mend = keepsName ? mend : "<teaming type='transient' persistent=" + quoted(alias) + "/>";
            if (keepsName) {
                newAliases.put(free.get(), name);
            }
            edits.addAll(aliasEdit(free.get(), alias));
            if (!alias.equals(name) && primary.element().at("teaming").isPresent()) {
                edits.add(XmlEdit.set(primary.teaming(), PERSISTENT, alias));
            }
        }
        findings.error(
                        primary.teaming(),
                        "the primary names " + Nic.quote(name) + ", and no interface has this alias",
                        Rule.E1)
                .add(
                        "libvirt says nothing. QEMU makes no pair: the guest sees both devices with one MAC address, and"
                                + " nothing unplugs the VF before a migration",
                        mend,
                        edits.toArray(XmlEdit[]::new));
    }

    private void checkStandby(Nic standby) {
        Optional<Nic> primary = domain.primaryOf(standby);
        String alias = standby.alias().orElse("");
        if (primary.isEmpty() && CommandLineRules.isNamed(domain, standby)) {
            return;
        }
        if (primary.isEmpty()) {
            boolean isNamed = isUsable(alias);
            boolean isWanted = domain.transients().stream()
                    .anyMatch(each -> domain.standbyOf(each).isEmpty());
            String mend =
                    "<alias name='ua-standby0'/>, and <teaming type='transient' persistent='ua-standby0'/> in the VF's"
                            + " <interface>";
            if (isNamed || !isWanted && !alias.isEmpty()) {
                findings.warning(standby.teaming(), "the standby " + Nic.quote(alias) + " has no primary", Rule.E1)
                        .add(
                                "the guest has the standby alone, until a VF is attached that names it",
                                "<teaming type='transient' persistent=" + quoted(alias) + "/> in the VF's <interface>");
            } else if (isWanted) {
                boolean isOnly = onlyFreeStandby().filter(standby::equals).isPresent();
                findings.error(standby.teaming(), "the standby has no alias that begins with 'ua-'", Rule.E1, Rule.E10)
                        .add(
                                "no primary can name it: libvirt gives it another alias at each start",
                                mend,
                                isOnly
                                        ? aliasEdit(standby, aliasFor(standby)).toArray(XmlEdit[]::new)
                                        : new XmlEdit[0]);
            } else {
                findings.error(standby.teaming(), "the standby has no alias", Rule.E1)
                        .add(
                                "no primary can name it, and a VF that is attached later is no primary of it",
                                mend,
                                aliasEdit(standby, aliasFor(standby)).toArray(XmlEdit[]::new));
            }
        } else if (!isUsable(alias)) {
            checkPrefix(standby, primary.get());
        }
    }

    private void checkPrefix(Nic standby, Nic primary) {
        String name = primary.partner().orElse("");
        boolean works = name.equals(domain.givenAlias(standby)) || domain.isLive();
        String alias = aliasFor(standby);
        List<XmlEdit> edits = new ArrayList<>(aliasEdit(standby, alias));
        domain.transients().stream()
                .filter(each -> domain.standbyOf(each).filter(standby::equals).isPresent())
                .filter(each -> each.element().at("teaming").isPresent())
                .forEach(each -> edits.add(XmlEdit.set(each.teaming(), PERSISTENT, alias)));
        XmlElement element = standby.element().at("alias").orElse(standby.teaming());
        String mend = "<alias name=" + quoted(alias) + "/>, and <teaming type='transient' persistent=" + quoted(alias)
                + "/> in its primary";
        if (works) {
            findings.warning(element, "the standby is named " + Nic.quote(name) + ", which libvirt chose", Rule.E10)
                    .add(
                            "the pair is one only as long as no interface before it comes or goes: libvirt counts them"
                                    + " anew at each start",
                            mend,
                            edits.toArray(XmlEdit[]::new));
        } else {
            findings.error(element, "the standby's alias " + Nic.quote(name) + " does not begin with 'ua-'", Rule.E10)
                    .add(
                            "libvirt silently forgets such an alias, so that QEMU makes no pair: the guest sees both devices"
                                    + " with one MAC address",
                            mend,
                            edits.toArray(XmlEdit[]::new));
        }
    }

    private void checkPrimaries() {
        Map<Nic, Nic> first = new HashMap<>();
        for (Nic primary : domain.transients()) {
            Optional<Nic> standby = domain.standbyOf(primary);
            Nic before = standby.map(each -> first.putIfAbsent(each, primary)).orElse(null);
            if (before != null) {
                findings.error(
                                primary.teaming(),
                                "a second primary for "
                                        + Nic.quote(primary.partner().orElse("")) + "; the first is at "
                                        + before.element().place(),
                                Rule.E3)
                        .add(
                                "libvirt says nothing. QEMU ends at the start: \"Cannot attach more than one primary device\"",
                                "a standby of its own for each primary, or one primary less");
            }
        }
    }

    /** libvirt looks for its own names only when it makes them. */
    private void checkAliases() {
        Set<String> seen = new HashSet<>();
        domain.devices()
                .forEach(device -> device.at("alias").ifPresent(alias -> {
                    String name = alias.attribute("name").orElse("");
                    if (isUsable(name) && !seen.add(name)) {
                        findings.error(alias, "the alias " + Nic.quote(name) + " is there twice", Rule.E1)
                                .add(REFUSED + "\"non unique alias detected\"", "another name for one of the devices");
                    }
                }));
    }

    /** A persistent interface that no primary names, if there is one such only, and one primary without a standby. */
    private Optional<Nic> onlyFreeStandby() {
        List<Nic> free = domain.persistent().stream()
                .filter(nic -> domain.primaryOf(nic).isEmpty())
                .toList();
        long wanting = domain.transients().stream()
                .filter(nic -> domain.standbyOf(nic).isEmpty())
                .count();
        return free.size() == 1 && wanting == 1 ? Optional.of(free.getFirst()) : Optional.empty();
    }

    /** Its own, if libvirt keeps that; else one that no device has. */
    private String aliasFor(Nic standby) {
        return newAliases.computeIfAbsent(
                standby, nic -> nic.alias().filter(PairRules::isUsable).orElseGet(() -> freeAlias(nic)));
    }

    private String freeAlias(Nic standby) {
        String old = standby.alias().orElse("");
        String wished = isUsable("ua-" + old) ? "ua-" + old : "ua-standby";
        Set<String> taken = new HashSet<>(newAliases.values());
        taken.addAll(aliases);
        String name = wished;
        for (int i = 1; taken.contains(name); i++) {
            name = wished + i;
        }
        return name;
    }

    private static List<XmlEdit> aliasEdit(Nic nic, String alias) {
        if (nic.alias().filter(alias::equals).isPresent()) {
            return List.of();
        }
        return List.of(nic.element()
                .at("alias")
                .map(element -> XmlEdit.set(element, "name", alias))
                .orElseGet(() -> XmlEdit.insert(nic.element(), "<alias name=" + quoted(alias) + "/>")));
    }

    private static boolean isUsable(String alias) {
        return Domain.isUserAlias(alias);
    }

    private static String quoted(String value) {
        return "'" + XmlEdit.escape(value) + "'";
    }
}
