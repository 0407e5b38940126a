package io.twinport.control.plan;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.virtio.VirtioFeatures;
import io.twinport.dataplane.virtio.VirtioProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What goes wrong in silence where DPDK's virtio driver has, as the user wants it, a standby that the hypervisor holds for one of a pair (QEMU:
 * {@code failover=on}): the driver never acknowledges {@code VIRTIO_NET_F_STANDBY}, and on that bit depend both the
 * primary's coming (Q8) and a migration's waiting for its going (Q14).
 */
public final class StandbyTrap {
    private final Path devices;

    /** @param devices {@code /sys/bus/pci/devices}, or what a test has in its place */
    StandbyTrap(Path devices) {
        this.devices = devices;
    }

    /** The trap that these sides would walk into, if there is one. Before EAL starts, which would take the device. */
    public static Optional<String> warning(List<SideSpec> sides) {
        return new StandbyTrap(Path.of("/sys/bus/pci/devices")).of(sides);
    }

    Optional<String> of(List<SideSpec> sides) {
        return sides.stream()
                .filter(side -> side.side() == Sides.STANDBY && side.isPci())
                .filter(side -> side.driver() == SideDriver.DPDK && offersStandby(side))
                .findFirst()
                .map(standby -> text(standby, sides));
    }

    private boolean offersStandby(SideSpec side) {
        return VirtioProbe.offered(devices.resolve(side.name()))
                .filter(features -> VirtioFeatures.has(features, VirtioFeatures.STANDBY))
                .isPresent();
    }

    private String text(SideSpec standby, List<SideSpec> sides) {
        Optional<SideSpec> primary = sides.stream()
                .filter(side -> side.side() == Sides.PRIMARY && side.isPci())
                .filter(side -> Files.exists(devices.resolve(side.name())))
                .findFirst();
        return "the hypervisor has the standby " + standby.name()
                + " as one of a pair (QEMU: failover=on), but DPDK's virtio driver does not acknowledge that"
                + " (VIRTIO_NET_F_STANDBY, feature bit 62). "
                + primary.map(here -> "The primary " + here.name() + " is here because another driver did before; but a"
                                + " migration will not wait until the guest has returned it, and then the guest keeps a"
                                + " device that is not there.")
                        .orElse("So the primary will never be plugged in.")
                + " Have twinport drive the standby: leave out --standby-driver dpdk";
    }
}
