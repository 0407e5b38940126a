package io.twinport.control.run;

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
 * Which interfaces of the kernel's the sides of all ports work over, and which ones their handlers make: none is wanted twice.
 * Two sides over one interface would be no redundancy, and a side over a port's own one would send to itself.
 */
final class InterfaceClaims {
    private record Claim(String who, String name) {}

    /** By what one interface is known: its name, or on this machine its number. */
    private final Map<Object, Claim> claims = new HashMap<>();

    private InterfaceClaims() {}

    /**
     * Checks the names that were given.
     *
     * @throws UserException if two are the same
     */
    static void check(List<PortPlan> plans) {
        InterfaceClaims all = new InterfaceClaims();
        for (PortPlan plan : plans) {
            for (SideSpec side : plan.sides()) {
                String who = "the " + side.role() + " of " + plan.name();
                side.interfaces().forEach(name -> all.claim(name, new Claim(who, name)));
            }
            if (plan.handler() instanceof HandlerSpec.Tap(String name)) {
                all.claim(name, new Claim("the handler of " + plan.name() + " (tap:" + name + ")", name));
            }
        }
    }

    /**
     * Checks what they are on this machine: one interface may be given by its name, its PCI device and its MAC address.
     *
     * @throws UserException if two are the same
     */
    static void checkMachine(List<PortPlan> plans) {
        checkMachine(plans, Path.of("/sys"));
    }

    /** @param sysfs a test's */
    static void checkMachine(List<PortPlan> plans, Path sysfs) {
        InterfaceClaims all = new InterfaceClaims();
        for (PortPlan plan : plans) {
            for (SideSpec side : plan.sides()) {
                String who = "the " + side.role() + " of " + plan.name() + " (" + side.name() + ")";
                present(side, sysfs).forEach(each -> all.claim(each.index(), new Claim(who, each.name())));
            }
        }
    }

    private void claim(Object what, Claim claim) {
        Claim other = claims.putIfAbsent(what, claim);
        if (other != null) {
            throw new UserException(other.who + " and " + claim.who + " both have the kernel's interface " + claim.name
                    + ": each needs one of its own.");
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
