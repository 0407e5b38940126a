package io.twinport.control.plan;

import io.twinport.dataplane.virtio.VirtioFeatures;
import io.twinport.dataplane.virtio.VirtioProbe;
import io.twinport.dpdk.DpdkException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who drives a PCI device where the user has left that to twinport. Only the device itself tells, so this is known when it is
 * there and lent, and for each device anew.
 *
 * @param why in words: {@code the device ...}
 */
record DriverChoice(SideDriver driver, String why) {
    /** @param address {@code 0000:02:00.0}, bound to vfio-pci, and nobody has it open */
    static DriverChoice of(String address) {
        Path device = Path.of("/sys/bus/pci/devices", address);
        if (!VirtioProbe.isNet(device)) {
            return new DriverChoice(SideDriver.DPDK, "it is no virtio-net device");
        }
        try {
            // Root reads it in sysfs. Others have no more than the device itself.
            return of(VirtioProbe.offered(device).or(() -> VirtioProbe.offered(address)));
        } catch (DpdkException e) {
            return new DriverChoice(SideDriver.DPDK, "what it offers is not known: " + e.getMessage());
        }
    }

    /** @param offered features, empty where the device does not tell them */
    static DriverChoice of(Optional<Long> offered) {
        if (offered.isEmpty()) {
            return new DriverChoice(
                    SideDriver.DPDK, "it does not tell what it offers, as virtio devices before version 1.0 do not");
        }
        return VirtioFeatures.has(offered.get(), VirtioFeatures.STANDBY)
                ? new DriverChoice(SideDriver.TWINPORT, "it offers VIRTIO_NET_F_STANDBY")
                : new DriverChoice(SideDriver.DPDK, "it does not offer VIRTIO_NET_F_STANDBY");
    }

    /** For instance {@code driven by twinport, because it offers VIRTIO_NET_F_STANDBY}. */
    @Override
    public String toString() {
        return "driven by " + (driver == SideDriver.TWINPORT ? "twinport" : "DPDK") + ", because " + why;
    }
}
