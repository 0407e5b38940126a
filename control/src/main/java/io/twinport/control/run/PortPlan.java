package io.twinport.control.run;

import io.twinport.control.UserException;
import java.util.List;

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
    }

    /**
     * Checks that this machine has what the port needs, as far as that can be seen before anything is started.
     *
     * @throws UserException if it is not so
     */
    public void checkMachine() {
        sides.forEach(SideSpec::checkSlot);
    }

    /** A side that is to be another device, had as the one that it replaces. */
    SideSpec side(int side, String devargs) {
        SideSpec wanted = SideSpec.parse(side, devargs);
        for (SideSpec before : sides) {
            if (before.side() == side) {
                wanted = wanted.drivenBy(before.driver());
            }
        }
        boolean binds = sides.stream().anyMatch(SideSpec::binds);
        return binds && wanted.isPci() ? wanted.bound() : wanted;
    }

    static void check(List<SideSpec> sides) {
        if (sides.isEmpty()) {
            throw new UserException(
                    "give --primary, --standby or both: a DPDK device, for instance --primary 0000:05:00.0"
                            + " --standby net_virtio_user0,path=/run/standby.sock,server=1");
        }
        if (sides.size() == 2 && sides.getFirst().name().equals(sides.getLast().name())) {
            throw new UserException(
                    "--primary and --standby are both " + sides.getFirst().name()
                            + ": they must be two devices. Number virtual ones differently (net_tap0, net_tap1).");
        }
        PortAddress.given(sides);
    }
}
