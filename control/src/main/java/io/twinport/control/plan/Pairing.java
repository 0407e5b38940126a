package io.twinport.control.plan;

import io.twinport.control.UserException;
import io.twinport.control.hotplug.PciBus;
import io.twinport.control.hotplug.PciNic;
import io.twinport.dataplane.Sides;
import io.twinport.dpdk.MacAddress;
import java.util.List;
import java.util.Optional;

/**
 * Which devices of this machine belong together (R13, R16): a virtio-net device is the standby, and another one with its
 * MAC address the primary. The standby is there from the start, so it is found once; the primary comes and goes, and is
 * looked for as long as the port runs.
 */
final class Pairing {
    private final List<PciNic> nics;

    /** @param nics all NICs of the machine */
    Pairing(List<PciNic> nics) {
        this.nics = nics;
    }

    static Pairing ofThisMachine() {
        return new Pairing(PciNic.of(PciBus.ofThisMachine()));
    }

    /**
     * The sides, with the standby's device in place of {@code auto} or {@code mac:}.
     *
     * @throws UserException if it cannot be told which that is
     */
    List<SideSpec> resolve(List<SideSpec> sides) {
        return sides.stream()
                .map(side -> isFoundOnce(side) ? standby(side, sides) : side)
                .toList();
    }

    /** An interface with a MAC address may come later, and is the kernel's to find. */
    private static boolean isFoundOnce(SideSpec side) {
        return side.side() == Sides.STANDBY
                && side.isSearch()
                && (side.driver() != SideDriver.KERNEL || side.mac().isEmpty());
    }

    private SideSpec standby(SideSpec standby, List<SideSpec> sides) {
        List<PciNic> candidates = nics.stream()
                .filter(PciNic::isVirtio)
                .filter(nic -> sides.stream().noneMatch(side -> side.name().equals(nic.address())))
                .filter(nic -> nic.isFree(standby.binding()))
                .toList();
        Optional<MacAddress> known = addressOf(sides);
        if (known.isPresent()) {
            candidates = candidates.stream().filter(nic -> nic.has(known.get())).toList();
        } else if (candidates.size() > 1) {
            candidates = candidates.stream().filter(this::hasPrimary).toList();
        }
        if (candidates.size() != 1) {
            throw new UserException("--standby " + standby.name() + ": "
                    + (candidates.isEmpty() ? "no virtio-net device" : "more than one virtio-net device")
                    + known.map(mac -> " has the MAC address " + mac).orElse(" can be one of a pair")
                    + "; " + PciNic.list(nics) + ". "
                    + (nics.stream().anyMatch(nic -> nic.isVirtio() && !nic.isFree(standby.binding()))
                            ? "One that is in use is not chosen: free it, or say with --bind-in-use that it may be taken."
                            : "Give its PCI address."));
        }
        return standby.found(candidates.getFirst().address());
    }

    private boolean hasPrimary(PciNic standby) {
        return nics.stream()
                .anyMatch(
                        nic -> !nic.isVirtio() && standby.mac().filter(nic::has).isPresent());
    }

    /** The address that both sides have, as far as it can be known without a probe. */
    Optional<MacAddress> addressOf(List<SideSpec> sides) {
        return PortAddress.given(sides)
                .or(() -> sides.stream()
                        .flatMap(side ->
                                nics.stream().filter(nic -> nic.address().equals(side.name())))
                        .flatMap(nic -> nic.mac().stream())
                        .findFirst());
    }
}
