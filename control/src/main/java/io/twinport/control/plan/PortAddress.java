package io.twinport.control.plan;

import io.twinport.control.UserException;
import io.twinport.dpdk.MacAddress;
import java.util.List;
import java.util.Optional;

/** The MAC address that the user gave either side: a failover port's sides have the same one (R13). */
public final class PortAddress {
    private PortAddress() {}

    /** @throws UserException if there are two */
    public static Optional<MacAddress> given(List<SideSpec> sides) {
        List<MacAddress> given =
                sides.stream().flatMap(side -> side.mac().stream()).distinct().toList();
        if (given.size() > 1) {
            throw new UserException(
                    "the primary has mac=" + given.getFirst() + " and the standby mac=" + given.getLast()
                            + ": both sides of a failover port need the same MAC address. Give the same mac= twice, or leave it"
                            + " out on a virtual side, which then adopts the other's.");
        }
        return given.stream().findFirst();
    }
}
