package io.twinport.control.doctor;

import io.twinport.control.doctor.Candidate.Likelihood;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a primary that the hypervisor pulls out can be plugged in again. The kernel (pciehp, or ACPI's acpiphp) shows each slot
 * that takes part in that below {@code /sys/bus/pci/slots}, the empty ones too.
 */
final class HotplugCheck implements Check {
    private static final String SUBJECT = "hotplug";
    private static final String SLOTS = "/sys/bus/pci/slots/";
    private static final String ROOM =
            "QEMU: -device pcie-root-port,id=rp0,chassis=1,slot=1, and bus=rp0 on the primary; libvirt: <controller type='pci'"
                    + " model='pcie-root-port'/>. In the guest a kernel with pciehp or acpiphp";

    /**
     * @param address domain, bus and device
     * @param isEmpty whether nothing is plugged in
     */
    private record PciSlot(String address, boolean isEmpty) {}

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    public List<Finding> findings(Host host) {
        List<PciSlot> slots = slots(host);
        List<Finding> found = new ArrayList<>();
        for (Candidate candidate : Candidate.of(host)) {
            if (candidate.likelihood() == Likelihood.CERTAIN
                    && !candidate.standbys().isEmpty()) {
                for (Nic primary : candidate.primaries()) {
                    // One that a driver in this very machine makes is no device of a slot.
                    if (!host.exists("/sys/bus/pci/devices/" + primary.address() + "/physfn")) {
                        found.add(finding(primary, slots));
                    }
                }
                if (candidate.primaries().isEmpty() && slots.stream().noneMatch(PciSlot::isEmpty)) {
                    found.add(Finding.warning(
                            SUBJECT,
                            "there is no empty slot for the primary of "
                                    + candidate.standbys().getFirst().text() + ": it cannot be plugged in",
                            ROOM));
                }
            }
        }
        return found;
    }

    private static Finding finding(Nic primary, List<PciSlot> slots) {
        return slots.stream().anyMatch(slot -> slot.address().equals(primary.slot()))
                ? Finding.ok(SUBJECT, primary.address() + " can be pulled out and plugged in again")
                : Finding.warning(
                        SUBJECT,
                        primary.text()
                                + " is in no kernel slot that takes part in hotplug: once it is pulled out for"
                                + " a migration it cannot be plugged in again",
                        ROOM);
    }

    /** A slot that is only known by its name, from ACPI, has no {@code power}. */
    private static List<PciSlot> slots(Host host) {
        return host.names(SLOTS).stream()
                .map(name -> SLOTS + name)
                .filter(slot -> host.exists(slot + "/power"))
                .map(slot -> new PciSlot(
                        host.text(slot + "/address"),
                        host.text(slot + "/adapter").equals("0")))
                .toList();
    }
}
