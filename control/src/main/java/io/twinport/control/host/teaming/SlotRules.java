package io.twinport.control.host.teaming;

import io.twinport.control.host.xml.XmlEdit;
import io.twinport.control.host.xml.XmlElement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Where the devices are in the guest, and whether one can be unplugged there: E4, E5, E11. */
final class SlotRules {
    private static final String ROOT_PORT = "pcie-root-port";

    private static final Set<String> HOT = Set.of(ROOT_PORT, "pcie-switch-downstream-port");

    private static final Set<String> EXPRESS_ROOTS = Set.of("pcie-root", "pcie-expander-bus");

    private static final String AWAY = "(leave out the <address>: libvirt then chooses a root port of its own)";

    private final Domain domain;
    private final Findings findings;
    private final Map<Long, XmlElement> controllers = new HashMap<>();
    private final List<Occupant> occupants = new ArrayList<>();

    /** A device, and where it is in the guest. */
    private record Occupant(XmlElement device, PciAddress address) {}

    private SlotRules(Domain domain, Findings findings) {
        this.domain = domain;
        this.findings = findings;
        domain.devices()
                .filter(device -> device.name().equals("controller") && device.has("type", "pci"))
                .forEach(device -> Numbers.of(device.attribute("index").orElse(""))
                        .ifPresent(index -> controllers.putIfAbsent(index, device)));
        domain.devices()
                .forEach(device -> device.children("address")
                        .filter(address -> address.has("type", "pci"))
                        .flatMap(address -> PciAddress.of(address).stream())
                        .forEach(address -> occupants.add(new Occupant(device, address))));
    }

    static void check(Domain domain, Findings findings) {
        if (!domain.hasPair()) {
            return;
        }
        SlotRules rules = new SlotRules(domain, findings);
        domain.persistent().forEach(rules::checkStandby);
        List<Nic> primaries = domain.transients();
        primaries.forEach(rules::checkPrimary);
        if (primaries.isEmpty()) {
            rules.checkFreePort();
        }
        rules.checkMachine();
        rules.checkAcpi();
    }

    private void checkStandby(Nic standby) {
        standby.element()
                .children("address")
                .filter(address -> address.attribute("type").orElse("").matches("virtio-mmio|ccw|spapr-vio|isa"))
                .findFirst()
                .ifPresent(address -> findings.error(
                                address,
                                "the standby is no PCI device, but "
                                        + Nic.quote(address.attribute("type").orElse("")),
                                Rule.E4)
                        .add(
                                "the guest's driver offers no failover there, and a primary needs PCI Express beside it",
                                "<address type='pci'/>"));
    }

    private void checkPrimary(Nic primary) {
        Optional<PciAddress> address = primary.guestAddress();
        if (address.isEmpty()) {
            return;
        }
        PciAddress at = address.get();
        XmlEdit away = XmlEdit.remove(at.element());
        if (at.function() != 0 || at.element().has("multifunction", "on")) {
            findings.error(
                            at.element(),
                            at.function() != 0
                                    ? "the primary is function " + at.function() + " of its slot"
                                    : "the primary's slot has several functions (multifunction='on')",
                            Rule.E5)
                    .add(
                            "libvirt says nothing. QEMU refuses the primary once the guest has acknowledged the standby:"
                                    + " \"failover: primary device must be in its own PCI slot\"",
                            "function='0x0' in a slot of its own " + AWAY,
                            away);
            return;
        }
        Optional<XmlElement> beside = inSlotOf(at, primary.element());
        if (beside.isPresent()) {
            findings.error(
                            at.element(),
                            "the primary shares its slot with the <"
                                    + beside.get().name() + "> at "
                                    + beside.get().place(),
                            Rule.E5)
                    .add(
                            "QEMU refuses the primary (\"must be in its own PCI slot\"), or unplugs both devices together",
                            "a slot of its own " + AWAY,
                            away);
            return;
        }
        checkBus(at, away);
    }

    private Optional<XmlElement> inSlotOf(PciAddress at, XmlElement own) {
        return occupants.stream()
                .filter(each -> each.device() != own && at.isInSlotOf(each.address()))
                .map(Occupant::device)
                .findFirst();
    }

    private void checkBus(PciAddress at, XmlEdit away) {
        if (domain.machine().hasNoPciExpress()) {
            return; // that is the machine's fault
        }
        Optional<XmlElement> controller = Optional.ofNullable(controllers.get(at.bus()));
        String model = controller
                .flatMap(each -> each.attribute("model"))
                .orElse(at.bus() == 0 && domain.machine().hasPciExpress() ? "pcie-root" : "");
        if (model.isEmpty()) {
            return; // libvirt adds the root ports that are missing
        }
        boolean isOff = controller
                .flatMap(each -> each.at("target", "hotplug"))
                .filter("off"::equals)
                .isPresent();
        if (HOT.contains(model) && !isOff) {
            return;
        }
        String text = isOff
                ? "the primary is on bus " + at.bus() + ", whose port has hotplug='off'"
                : "the primary is on bus " + at.bus() + ", a " + model;
        String effect = isOff || EXPRESS_ROOTS.contains(model)
                ? "libvirt says nothing. QEMU ends at the start: \"Bus '...' does not support hotplugging\""
                : "libvirt says nothing. QEMU refuses the primary: \"failover primary device must be on PCIExpress bus\"";
        findings.error(at.element(), text, Rule.E5)
                .add(effect, "the bus of a <controller type='pci' model='pcie-root-port'/> " + AWAY, away);
    }

    /** A VF that is attached later wants a port, and a machine that runs gets no more of them. */
    private void checkFreePort() {
        Set<Long> used = occupants.stream().map(each -> each.address().bus()).collect(Collectors.toSet());
        List<Map.Entry<Long, XmlElement>> ports = controllers.entrySet().stream()
                .filter(each -> each.getValue().has("model", ROOT_PORT))
                .toList();
        if (!ports.isEmpty() && ports.stream().allMatch(port -> used.contains(port.getKey()))) {
            findings.warning(
                            domain.persistent().getFirst().teaming(),
                            "no root port is free for a primary that is attached while the guest runs",
                            Rule.E5)
                    .add(
                            "attach-device fails: \"No more available PCI slots\"",
                            "<controller type='pci' model='pcie-root-port'/>, before the guest starts");
        }
    }

    private void checkMachine() {
        Machine machine = domain.machine();
        XmlElement element = domain.root().at("os/type").orElse(domain.root());
        String what =
                machine.type().isEmpty() ? "no machine type is given" : "the machine is " + Nic.quote(machine.type());
        if (machine.hasNoPciExpress()) {
            findings.error(
                            element,
                            what + (machine.type().isEmpty() ? ": libvirt takes pc" : ", without PCI Express"),
                            Rule.E5)
                    .add(
                            "QEMU refuses the primary: \"failover primary device must be on PCIExpress bus\"",
                            "<type arch='x86_64' machine='q35'>hvm</type> (a guest that is installed may have to be set up"
                                    + " anew for other PCI addresses)");
        } else if (!machine.hasPciExpress()) {
            findings.warning(element, what + ": it cannot be told whether it has PCI Express", Rule.E5)
                    .add(
                            "without it QEMU refuses the primary: \"failover primary device must be on PCIExpress bus\"",
                            "<type arch='x86_64' machine='q35'>hvm</type>");
        }
    }

    private void checkAcpi() {
        if (domain.root().at("features/acpi").isPresent()) {
            return;
        }
        String mend = "<features><acpi/></features>";
        XmlElement element = domain.root().at("features").orElse(domain.root());
        XmlEdit edit = domain.root()
                .at("features")
                .map(features -> XmlEdit.insert(features, "<acpi/>"))
                .orElseGet(() -> XmlEdit.insert(domain.root(), mend));
        String effect =
                "a guest without ACPI does not hear that the VF is to be unplugged: a migration waits for it without"
                        + " end (wait-unplug)";
        if (domain.machine().isVirt()
                || !domain.machine().arch().isEmpty() && !domain.machine().isX86()) {
            findings.warning(element, "the guest has no ACPI", Rule.E11, Rule.G2)
                    .add("unless it drives PCI Express hotplug by itself, " + effect, mend, edit);
        } else {
            findings.error(element, "the guest has no ACPI", Rule.E11, Rule.G2).add(effect, mend, edit);
        }
    }
}
