package io.twinport.control.plan;

import io.twinport.control.UserException;
import io.twinport.control.hotplug.KernelSlot;
import io.twinport.control.hotplug.PciBus;
import io.twinport.control.kernel.KernelInterface;
import io.twinport.control.kernel.KernelInterfaces;
import io.twinport.dpdk.Devargs;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which interfaces of this machine the sides of all ports work over, by their numbers: one interface may be given by its name,
 * its PCI device and its MAC address. None is wanted twice, which would be no redundancy. {@link Claims} sees to the names.
 */
public final class InterfaceClaims {
    private record Claim(String who, String name) {}

    private final Map<Integer, Claim> claims = new HashMap<>();

    private InterfaceClaims() {}

    /**
     * @param sysfs {@code /sys}
     * @throws UserException if two are the same
     */
    public static void check(List<PortPlan> plans, Path sysfs) {
        InterfaceClaims all = new InterfaceClaims();
        for (PortPlan plan : plans) {
            for (SideSpec side : plan.sides()) {
                String who = "the " + side.role() + " of " + plan.name() + " (" + side.name() + ")";
                present(side, sysfs).forEach(each -> all.claim(each.index(), new Claim(who, each.name())));
            }
        }
    }

    private void claim(int index, Claim claim) {
        Claim other = claims.putIfAbsent(index, claim);
        if (other != null) {
            throw new UserException(other.who + " and " + claim.who + " both have the interface " + claim.name
                    + ": each needs its own.");
        }
    }

    private static List<KernelInterface> present(SideSpec side, Path sysfs) {
        KernelInterfaces interfaces = new KernelInterfaces(sysfs);
        if (side.driver() == SideDriver.KERNEL) {
            return KernelSlot.meant(side.name(), interfaces);
        }
        List<String> names = Devargs.isPci(side.name()) ? PciBus.at(sysfs).interfaces(side.name()) : side.interfaces();
        return names.stream()
                .flatMap(name -> interfaces.exactly(name).stream())
                .distinct()
                .toList();
    }
}
