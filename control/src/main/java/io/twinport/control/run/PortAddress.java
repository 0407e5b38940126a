package io.twinport.control.run;

import io.twinport.control.UserException;
import io.twinport.dataplane.SideDevice;
import io.twinport.dpdk.MacAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The failover port's MAC address: both sides must have the same one (R13). A device of hardware, or with {@code mac=},
 * has its own; a virtual one without adopts it, also later.
 */
final class PortAddress {
    private @Nullable MacAddress address;
    private @Nullable SideDevice adopter;

    /** Takes the address that the user gave either side. */
    PortAddress(List<SideSpec> sides) {
        List<MacAddress> given =
                sides.stream().flatMap(side -> side.mac().stream()).distinct().toList();
        if (given.size() > 1) {
            throw new UserException(
                    "the primary has mac=" + given.getFirst() + " and the standby mac=" + given.getLast()
                            + ": both sides of a failover port need the same MAC address. Give the same mac= twice, or leave it"
                            + " out on a virtual side, which then adopts the other's.");
        }
        this.address = given.isEmpty() ? null : given.getFirst();
    }

    synchronized Optional<MacAddress> get() {
        return Optional.ofNullable(address);
    }

    /**
     * A device was probed and is about to join.
     *
     * @throws UserException if its address is not the port's and it cannot adopt that
     */
    synchronized void admit(SideSpec side, SideDevice dev) {
        MacAddress own = dev.mac();
        if (address == null) {
            address = own;
            adopter = side.adoptsMac() ? dev : null;
        } else if (!own.equals(address)) {
            if (side.adoptsMac()) {
                dev.setMac(address);
            } else if (adopter != null) {
                adopter.setMac(own);
                adopter = null;
                address = own;
            } else {
                throw new UserException("the " + side.role() + " " + dev.name() + " has MAC address " + own
                        + ", but the port has " + address
                        + " from the other side: both need the same. Set it on the host"
                        + " (ip link set PF vf N mac " + address + "), or give a virtual side the right mac=.");
            }
        }
    }
}
