package io.twinport.control.plan;

import io.twinport.control.UserException;
import io.twinport.dataplane.Sides;
import io.twinport.dpdk.Devargs;
import io.twinport.dpdk.EalOptions;
import io.twinport.dpdk.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which of the virtual devices that EAL is to make ({@code --vdev}) belong together: those that are given the same address
 * there (R13). The standby is the one that is virtio's (R16), else the one that comes later.
 */
final class VdevPairing {
    private static final String OPTION = "--vdev";

    private record Vdev(String name, String devargs, MacAddress mac) {
        boolean isVirtio() {
            return name.startsWith("net_virtio_user");
        }
    }

    private final List<Vdev> vdevs = new ArrayList<>();
    private final List<Vdev> free;

    /**
     * @param eal arguments
     * @param named what the sides of all ports are called
     * @throws UserException if a device's address is none
     */
    VdevPairing(List<String> eal, List<String> named) {
        try {
            EalOptions.parse(eal).values(OPTION).forEach(this::add);
        } catch (IllegalArgumentException e) {
            throw new UserException(e.getMessage() + ".", e);
        }
        free = new ArrayList<>(vdevs);
        free.removeIf(vdev -> named.contains(vdev.name()));
    }

    /**
     * EAL's arguments without the devices that sides have found there: each is made when its side joins, as one that is named
     * is, and a far end that does not come keeps EAL from nothing.
     */
    static List<String> without(List<String> eal, List<SideSpec> sides) {
        return EalOptions.parse(eal)
                .without(
                        OPTION,
                        devargs ->
                                sides.stream().anyMatch(side -> side.devargs().equals(devargs)));
    }

    private void add(String devargs) {
        try {
            Devargs.check(devargs);
            Devargs.argument(devargs, "mac")
                    .map(MacAddress::parse)
                    .ifPresent(mac -> vdevs.add(new Vdev(Devargs.nameOf(devargs), devargs, mac)));
        } catch (IllegalArgumentException e) {
            throw new UserException(OPTION + " " + devargs + ": " + e.getMessage() + ".", e);
        }
    }

    /**
     * The sides of a port, with such devices in place of {@code auto} and {@code mac:} as far as there are some.
     *
     * @throws UserException if it cannot be told which
     */
    List<SideSpec> resolve(List<SideSpec> sides) {
        List<SideSpec> searching = sides.stream()
                .filter(side ->
                        side.isSearch() && (side.driver() == SideDriver.DPDK || side.driver() == SideDriver.AUTO))
                .toList();
        if (searching.isEmpty()) {
            return sides;
        }
        List<Vdev> found = known(sides).map(this::with).orElseGet(() -> searching.size() == 2 ? pair() : List.of());
        if (found.isEmpty() && searching.size() == 2 && free.size() > 1) {
            throw new UserException(OPTION + ": no two of the devices have the same MAC address ("
                    + free.stream().map(vdev -> vdev.name() + " " + vdev.mac()).collect(Collectors.joining(", "))
                    + "), by which auto finds a pair. Give two of them the same mac=.");
        }
        if (found.size() > searching.size()) {
            throw new UserException(OPTION + ": " + found.size() + " devices have the MAC address "
                    + found.getFirst().mac() + ": give the devices of the sides (" + names(found) + ").");
        }
        free.removeAll(found);
        return sides.stream()
                .map(side -> searching.contains(side) ? resolve(side, found, searching.size()) : side)
                .toList();
    }

    private Optional<MacAddress> known(List<SideSpec> sides) {
        return PortAddress.given(sides)
                .or(() -> vdevs.stream()
                        .filter(vdev ->
                                sides.stream().anyMatch(side -> side.name().equals(vdev.name())))
                        .map(Vdev::mac)
                        .findFirst());
    }

    private List<Vdev> with(MacAddress mac) {
        return free.stream().filter(vdev -> vdev.mac().equals(mac)).toList();
    }

    private List<Vdev> pair() {
        List<List<Vdev>> pairs = free.stream()
                .map(Vdev::mac)
                .distinct()
                .map(this::with)
                .filter(same -> same.size() > 1)
                .toList();
        if (pairs.size() > 1) {
            throw new UserException(OPTION + ": " + pairs.size() + " pairs of devices are possible ("
                    + pairs.stream().map(VdevPairing::names).collect(Collectors.joining("; "))
                    + "). Choose one by its address: primary mac:"
                    + pairs.getFirst().getFirst().mac() + ".");
        }
        return pairs.isEmpty() ? List.of() : pairs.getFirst();
    }

    private static SideSpec resolve(SideSpec side, List<Vdev> found, int searching) {
        boolean isStandby = side.side() == Sides.STANDBY;
        Optional<Vdev> device = switch (found.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(found.getFirst()).filter(only -> searching == 1 || only.isVirtio() == isStandby);
            default -> {
                boolean isFirstStandby =
                        found.getFirst().isVirtio() && !found.getLast().isVirtio();
                yield Optional.of(isFirstStandby == isStandby ? found.getFirst() : found.getLast());
            }
        };
        return device.map(vdev -> side.found(vdev.devargs(), vdev.mac())).orElse(side);
    }

    private static String names(List<Vdev> some) {
        return some.stream().map(Vdev::name).collect(Collectors.joining(", "));
    }
}
