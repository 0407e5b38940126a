package io.twinport.control.doctor;

import java.util.List;

/** What is needed to lend PCI devices to DPDK. */
final class VfioCheck implements Check {
    private static final String SUBJECT = "vfio";
    private static final String NO_IOMMU = "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode";

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    public List<Finding> findings(Host host) {
        if (Nic.of(host).isEmpty()) {
            return List.of(); // nothing to lend, which is said elsewhere
        }
        if (!host.exists("/sys/bus/pci/drivers/vfio-pci")) {
            return List.of(Finding.problem(
                    SUBJECT,
                    "the kernel's driver vfio-pci is not loaded: PCI devices cannot be lent to DPDK",
                    "modprobe vfio-pci (now); vfio-pci in /etc/modules-load.d/twinport.conf (at each boot)"));
        }
        if (!host.names("/sys/class/iommu").isEmpty()) {
            return List.of(Finding.ok(SUBJECT, "vfio-pci is loaded, and there is an IOMMU"));
        }
        if (host.text(NO_IOMMU).startsWith("Y")) {
            return List.of(Finding.note(
                    SUBJECT,
                    "there is no IOMMU, and VFIO works without one: a faulty device can write anywhere",
                    "an IOMMU, in a guest a virtual one (QEMU: -device intel-iommu)"));
        }
        return List.of(Finding.problem(
                SUBJECT,
                "there is no IOMMU: VFIO lends no device",
                "intel_iommu=on on the kernel's command line, or VT-d/AMD-Vi in the BIOS; in a guest a virtual one (QEMU:"
                        + " -device intel-iommu), or, unsafe: echo Y > " + NO_IOMMU));
    }
}
