package io.twinport.control.doctor;

import io.twinport.control.UserException;
import java.util.List;

/** Who has each network device, and whether VFIO could. */
final class DeviceCheck implements Check {
    private static final String SUBJECT = "device";

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    public List<Finding> findings(Host host) {
        List<Nic> nics = Nic.of(host);
        if (nics.isEmpty()) {
            return List.of(Finding.note(
                    SUBJECT, "there is no PCI network device: virtual ones only (net_virtio_user0, net_tap0)", ""));
        }
        return nics.stream().map(DeviceCheck::finding).toList();
    }

    private static Finding finding(Nic nic) {
        try {
            nic.checkVfio();
        } catch (UserException e) {
            return Finding.warning(
                    SUBJECT, nic.text() + ": VFIO cannot lend it to DPDK", String.valueOf(e.getMessage()));
        }
        return nic.device().isLent()
                ? Finding.ok(SUBJECT, nic.text() + " is lent to DPDK")
                : Finding.note(
                        SUBJECT,
                        nic.text() + " belongs to the kernel",
                        "twinport run --bind takes it for as long as it runs; dpdk-devbind.py --bind=vfio-pci "
                                + nic.address() + " for good");
    }
}
