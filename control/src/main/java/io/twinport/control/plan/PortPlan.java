package io.twinport.control.plan;

import io.twinport.control.UserException;
import io.twinport.control.hotplug.Binding;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.failover.ReceiveSettings.Mode;
import io.twinport.dpdk.MacAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A failover port as the user wants it.
 *
 * @param name in messages
 * @param sides one or two
 */
public record PortPlan(String name, List<SideSpec> sides, HandlerSpec handler, RunSettings settings) {
    /**
     * @throws UserException if the sides do not make a pair
     */
    public PortPlan {
        check(sides);
        boolean filtersVlans = !settings.configuration().filter().vlans().isEmpty()
                && !settings.configuration().filter().promiscuous();
        if (filtersVlans && sides.stream().anyMatch(side -> side.driver() == SideDriver.KERNEL)) {
            throw new UserException("--vlan with --standby-driver kernel: the kernel decides which VLANs the"
                    + " interface lets through, and a packet socket cannot tell it. Add --promiscuous: then it lets all"
                    + " through.");
        }
        boolean hasUnfinished = handler instanceof HandlerSpec.Tap tap && tap.offloads();
        if (hasUnfinished && settings.port().receive().mode() == Mode.BOTH) {
            throw new UserException("--rx-mode both with --handler " + handler.text() + ": copies of a frame whose"
                    + " checksum is not written yet cannot be compared. Choose --rx-mode active or presence, or leave"
                    + " offloads out.");
        }
    }

    /**
     * Checks that this machine has what the port needs, as far as that can be seen before anything is started.
     *
     * @throws UserException if it is not so
     */
    public void checkMachine() {
        Optional<MacAddress> address = sides.stream().anyMatch(SideSpec::isSearch)
                ? Pairing.ofThisMachine().addressOf(sides)
                : Optional.empty();
        sides.forEach(side -> side.checkSlot(address, this::isGiven));
    }

    /** Whether a side was given by that name. */
    public boolean isGiven(String device) {
        return sides.stream().anyMatch(side -> side.name().equals(device));
    }

    /**
     * The ports, with devices of this machine, and of EAL's arguments, for sides that were not named.
     *
     * @throws UserException if it cannot be told which
     */
    public static List<PortPlan> paired(List<PortPlan> ports, List<String> eal) {
        List<PortPlan> paired =
                withVdevs(ports, eal).stream().map(PortPlan::paired).toList();
        Claims.check(paired); // two may have found the same
        return paired;
    }

    /**
     * The ports, with the virtual devices of EAL's arguments for sides that were not named. Does not look at this machine.
     *
     * @throws UserException if it cannot be told which
     */
    public static List<PortPlan> withVdevs(List<PortPlan> ports, List<String> eal) {
        List<String> named = ports.stream()
                .flatMap(port -> port.sides.stream())
                .map(SideSpec::name)
                .toList();
        VdevPairing vdevs = new VdevPairing(eal, named);
        return ports.stream()
                .map(port -> new PortPlan(port.name, vdevs.resolve(port.sides), port.handler, port.settings))
                .toList();
    }

    /** EAL's arguments without the virtual devices that are sides of these ports: those are made when they join. */
    public static List<String> withoutSides(List<String> eal, List<PortPlan> ports) {
        return VdevPairing.without(
                eal, ports.stream().flatMap(port -> port.sides.stream()).toList());
    }

    /**
     * Checks that no device is told to receive longer frames than mbufs hold.
     *
     * @param room bytes of a frame that each mbuf holds
     * @throws UserException if one is
     */
    public void checkFrames(int room) {
        sides.forEach(side -> side.checkFrames(room));
    }

    /**
     * The same port, with what this machine has for a standby that was not named.
     *
     * @throws UserException if that cannot be told
     */
    public PortPlan paired() {
        return sides.stream().noneMatch(SideSpec::isSearch)
                ? this
                : new PortPlan(name, Pairing.ofThisMachine().resolve(sides), handler, settings);
    }

    /** The side that is given, if it is. */
    public Optional<SideSpec> side(int side) {
        return sides.stream().filter(spec -> spec.side() == side).findFirst();
    }

    /** A side that is to be another device, had as the one that it replaces. */
    public SideSpec side(int side, String device) {
        SideDriver driver = side == Sides.STANDBY ? SideDriver.AUTO : SideDriver.DPDK;
        List<SideSpec> all = new ArrayList<>();
        for (SideSpec before : sides) {
            if (before.side() != side) {
                all.add(before);
            } else if (!before.isVhostUser()) {
                driver = before.driver();
            }
        }
        SideSpec wanted = SideSpec.parse(side, device, driver);
        if (wanted.isSearch()) {
            all.add(wanted);
            wanted = Pairing.ofThisMachine().resolve(all).getLast();
        }
        Binding binding = sides.stream()
                .map(SideSpec::binding)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return wanted.isPci() ? wanted.bound(binding) : wanted;
    }

    static void check(List<SideSpec> sides) {
        if (sides.isEmpty()) {
            throw new UserException(
                    "give --primary, --standby or both: a DPDK device, for instance --primary 0000:05:00.0"
                            + " --standby net_virtio_user0,path=/run/standby.sock,server=1");
        }
        if (sides.stream().anyMatch(SideSpec::isSearch) && sides.stream().noneMatch(PortPlan::tellsAddress)) {
            throw new UserException(
                    "--primary auto: the MAC address of the device is unknown. Give --standby, a virtual"
                            + " one with mac=, or --primary mac:52:54:00:12:34:56.");
        }
        PortAddress.given(sides);
    }

    /** Whether the port's address is known when this side's device is. A standby that is sought is virtio-net's. */
    private static boolean tellsAddress(SideSpec side) {
        boolean isSoughtByAddress = side.isSearch() && side.side() == Sides.PRIMARY;
        return side.mac().isPresent() || !isSoughtByAddress && !side.adoptsMac();
    }
}
