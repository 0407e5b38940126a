package io.twinport.control.doctor;

import io.twinport.dataplane.virtio.VirtioFeatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What each virtio device offers that the standby of a port needs, and who has acknowledged it. */
final class StandbyCheck implements Check {
    private static final String SUBJECT = "standby";

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    public List<Finding> findings(Host host) {
        List<Nic> nics = Nic.of(host);
        List<Candidate> candidates = Candidate.of(host, nics);
        List<Finding> found = new ArrayList<>();
        nics.stream().filter(Nic::isVirtio).forEach(nic -> {
            Optional<Candidate.FailoverDevice> failover = candidates.stream()
                    .filter(candidate -> candidate.nics().contains(nic))
                    .flatMap(candidate -> candidate.failover().stream())
                    .findFirst();
            found.add(standby(nic, failover));
            iommu(host, nic).ifPresent(found::add);
        });
        return found;
    }

    private static Finding standby(Nic nic, Optional<Candidate.FailoverDevice> failover) {
        if (nic.isAcknowledged(VirtioFeatures.STANDBY)) {
            return acknowledged(nic, failover);
        }
        return nic.offers(VirtioFeatures.STANDBY)
                .map(offers -> offers ? offered(nic) : notOffered(nic))
                .orElseGet(() -> Finding.note(
                        SUBJECT,
                        nic.text() + " does not say whether it offers VIRTIO_NET_F_STANDBY",
                        "run twinport doctor as root, if you have not"));
    }

    private static Finding acknowledged(Nic nic, Optional<Candidate.FailoverDevice> failover) {
        String text = nic.text() + ": the kernel's virtio_net has acknowledged VIRTIO_NET_F_STANDBY, and ";
        String fix = "twinport run --bind: our driver acknowledges it in the kernel's place; or"
                + " --standby-driver kernel, which leaves the device to the kernel";
        return failover.map(device -> Finding.note(
                        SUBJECT,
                        text + device.name() + " over it does the failover: that is right if this is"
                                + " what you want",
                        "to have twinport do it: " + fix))
                .orElseGet(() -> Finding.warning(SUBJECT, text + "makes its own failover device from the pair", fix));
    }

    private static Finding offered(Nic nic) {
        return Finding.note(
                SUBJECT,
                nic.text()
                        + " offers VIRTIO_NET_F_STANDBY, and nobody has acknowledged it: until then the hypervisor does"
                        + " not plug the primary in (Q8)",
                "twinport run: our driver acknowledges it");
    }

    private static Finding notOffered(Nic nic) {
        return Finding.note(
                SUBJECT,
                nic.text() + " does not offer VIRTIO_NET_F_STANDBY: the hypervisor does not unplug a primary for a"
                        + " migration by itself",
                "QEMU: failover=on on the virtio device, failover_pair_id=ID on the primary; libvirt: <teaming>");
    }

    /**
     * VFIO gives a device addresses that the IOMMU translates. One that does not offer {@code VIRTIO_F_ACCESS_PLATFORM} goes past
     * the IOMMU and takes them for the guest's physical ones: it reads and writes other memory.
     */
    private static Optional<Finding> iommu(Host host, Nic nic) {
        boolean isBehindIommu = host.exists("/sys/bus/pci/devices/" + nic.address() + "/iommu_group");
        // The kernel's driver acknowledges it wherever it is offered, and tells that to everybody.
        Optional<Boolean> offers = nic.netdevs().isEmpty()
                ? nic.offers(VirtioFeatures.ACCESS_PLATFORM)
                : Optional.of(nic.isAcknowledged(VirtioFeatures.ACCESS_PLATFORM));
        if (!isBehindIommu || offers.orElse(true)) {
            return Optional.empty();
        }
        String text = nic.text()
                + " goes past the IOMMU (no VIRTIO_F_ACCESS_PLATFORM): driven by DPDK or twinport it would take the IOMMU's"
                + " addresses for the guest's physical ones, and write to other memory";
        String fix =
                "QEMU: iommu_platform=on on the virtio device; libvirt: <driver iommu='on'/> in its <interface>; or"
                        + " --standby-driver kernel";
        return Optional.of(
                nic.device().isLent() ? Finding.problem(SUBJECT, text, fix) : Finding.warning(SUBJECT, text, fix));
    }
}
