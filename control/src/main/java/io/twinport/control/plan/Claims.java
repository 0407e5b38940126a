package io.twinport.control.plan;

import io.twinport.control.UserException;
import io.twinport.control.hotplug.DriverSocket;
import io.twinport.dpdk.Devargs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the ports of a process, and the process itself, have for themselves: a device, a kernel interface, a
 * socket. Nothing can be had twice, however it is spelled.
 */
public final class Claims {
    /** Two devices each, and room for one that comes in another's place. */
    private static final int MOST_PORTS = 15;

    /** @param port its name; empty for the process */
    private record Claim(String port, String option) {}

    private final Map<String, Claim> taken = new HashMap<>();
    private final Set<String> ports = new LinkedHashSet<>();

    /** Of ports that are to run together. @throws UserException if they want the same */
    public static void check(List<PortPlan> plans) {
        Claims claims = new Claims();
        plans.forEach(claims::add);
    }

    /** @throws UserException if it is somebody's */
    public void addControlSocket(Path socket) {
        claim(socket(socket), new Claim("", "--control-socket"));
    }

    /** @throws UserException if what the port wants is somebody's */
    public void add(PortPlan plan) {
        add(plan.name(), plan.sides(), plan.handler());
    }

    /** As {@link #add(PortPlan)}, of a port whose sides are others than those of its plan. */
    public void add(String port, List<SideSpec> sides, HandlerSpec handler) {
        ports.add(port);
        if (ports.size() > MOST_PORTS) {
            throw new UserException(ports.size() + " ports are more than the " + MOST_PORTS
                    + " for whose devices DPDK has room (RTE_MAX_ETHPORTS).");
        }
        for (SideSpec side : sides) {
            for (String what : of(side)) {
                claim(what, new Claim(port, "--" + side.role()));
            }
        }
        // Both sides of a pair have one address: it is the port's, whichever of them it is said of.
        sides.stream()
                .filter(SideSpec::isSearch)
                .flatMap(side -> side.mac().stream())
                .distinct()
                .forEach(mac -> claim("the devices with the MAC address " + mac, new Claim(port, "--primary")));
        if (!sides.isEmpty() && sides.stream().allMatch(side -> side.name().equals(SideSpec.AUTO))) {
            claim("the only pair that 'auto' can mean", new Claim(port, "--standby"));
        }
        if (handler instanceof HandlerSpec.Tap tap) {
            claim(networkInterface(tap.name()), new Claim(port, "--handler"));
        }
    }

    private static List<String> of(SideSpec side) {
        List<String> all = new ArrayList<>();
        if (side.isSearch()) {
            return all;
        }
        if (side.driver() != SideDriver.KERNEL || Devargs.isPci(side.name())) {
            all.add(side.name());
        }
        side.interfaces().stream().map(Claims::networkInterface).forEach(all::add);
        DriverSocket.of(side.devargs()).map(path -> socket(Path.of(path))).ifPresent(all::add);
        return all;
    }

    private static String networkInterface(String name) {
        return "the interface " + name;
    }

    private static String socket(Path path) {
        return "the socket " + path.toAbsolutePath().normalize();
    }

    private void claim(String what, Claim claim) {
        Claim other = taken.putIfAbsent(what, claim);
        if (other == null) {
            return;
        }
        if (other.port().equals(claim.port()) || other.port().isEmpty()) {
            throw new UserException(other.option() + " and " + claim.option() + " both have " + what + ": "
                    + (claim.option().equals("--standby") ? "they must be two devices." : "each needs its own."));
        }
        throw new UserException("the ports " + other.port() + " and " + claim.port() + " both have " + what + " ("
                + claim.option() + "): each needs its own devices and interface.");
    }
}
