package io.twinport.control.doctor;

import io.twinport.control.doctor.Candidate.Likelihood;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Devices that can make a failover port: two with one MAC address (R13), of which one is virtio's. */
final class PairCheck implements Check {
    private static final String SUBJECT = "pair";

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    public List<Finding> findings(Host host) {
        List<Nic> nics = Nic.of(host);
        List<Finding> found = new ArrayList<>();
        Candidate.of(host, nics).stream()
                .filter(candidate -> candidate.likelihood() != Likelihood.POSSIBLE)
                .forEach(candidate -> found.add(finding(candidate, nics)));
        if (found.isEmpty() && !nics.isEmpty()) {
            found.add(Finding.note(
                    SUBJECT,
                    "no two devices that the kernel drives have the same MAC address; those of lent devices cannot be seen",
                    "the same address for both in the hypervisor (libvirt: <teaming>); or twinport run --mac MAC"));
        }
        return found;
    }

    private static Finding finding(Candidate candidate, List<Nic> nics) {
        Optional<Candidate.FailoverDevice> netvsc = candidate.failover().filter(Candidate.FailoverDevice::isNetvsc);
        if (netvsc.isPresent()) {
            return netvsc(candidate, netvsc.get().name());
        }
        return candidate.nics().size() > 1 ? together(candidate) : alone(candidate, nics);
    }

    private static Finding netvsc(Candidate candidate, String name) {
        return Finding.warning(
                SUBJECT,
                candidate.mac() + " is the address of " + name + " (hv_netvsc) and " + text(candidate)
                        + ": a pair, but twinport cannot use it, because its standby is on VMBus and no PCI device",
                "leave both to the kernel: " + name + " does the failover by itself, and has the address");
    }

    private static Finding together(Candidate candidate) {
        if (!candidate.isPair()) {
            return Finding.warning(
                    SUBJECT,
                    candidate.mac() + " is the address of " + text(candidate)
                            + ": a pair is one virtio-net device and one other",
                    "addresses that only the two sides of one port share");
        }
        Nic primary = candidate.primaries().getFirst();
        Nic standby = candidate.standbys().getFirst();
        if (!primary.mac().equals(Optional.of(candidate.mac()))) {
            return Finding.warning(
                    SUBJECT,
                    candidate.mac() + " is the address of " + standby.text() + " and of the second port of "
                            + primary.text()
                            + ": twinport takes a device by its PCI address, and of that only the first port",
                    "give the address to the first port, "
                            + primary.netdevs().getFirst().name()
                            + ", or take a device whose ports are functions of their own");
        }
        if (primary.slot().equals(standby.slot())) {
            return Finding.warning(
                    SUBJECT,
                    candidate.mac() + ": " + primary.text() + " and " + standby.text()
                            + " are in one slot, and would be pulled out together",
                    "a slot for each in the hypervisor (QEMU: -device pcie-root-port,id=rp1,chassis=2,slot=2 and bus=rp1)");
        }
        return Finding.ok(
                SUBJECT,
                candidate.mac() + ": twinport run --primary " + primary.address() + " --standby " + standby.address());
    }

    private static Finding alone(Candidate candidate, List<Nic> nics) {
        Nic nic = candidate.nics().getFirst();
        String lent = nics.stream()
                .filter(other -> other.isUnknown() && other.isVirtio() != nic.isVirtio())
                .map(Nic::address)
                .collect(Collectors.joining(", "));
        String text = candidate.likelihood() == Likelihood.CERTAIN
                ? nic.text()
                        + " is the standby of a primary that is not here: it is hidden until the standby is acknowledged"
                        + " (Q8), or unplugged" + (lent.isEmpty() ? "" : ", or it is lent (" + lent + ")")
                : nic.text() + " may be a pair with " + lent + ", which is lent, so that nobody knows its address";
        return Finding.note(
                SUBJECT,
                text,
                "twinport run --primary " + (nic.isVirtio() ? "auto" : nic.address()) + " --standby "
                        + (nic.isVirtio() ? nic.address() : "auto"));
    }

    private static String text(Candidate candidate) {
        return String.join(", ", candidate.nics().stream().map(Nic::text).toList());
    }
}
