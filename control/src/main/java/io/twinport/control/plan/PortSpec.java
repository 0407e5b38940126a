package io.twinport.control.plan;

import io.twinport.dataplane.device.FilterSettings;
import io.twinport.dataplane.device.MtuBounds;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.MbufPool;
import java.util.Optional;

/**
 * A failover port as the user wants it, whatever its sides are.
 *
 * @param mtu of the port and its devices, in bytes
 * @param mac that the port is to have in place of its devices' own
 * @param filter which frames it wants
 */
public record PortSpec(int mtu, Optional<MacAddress> mac, FilterSettings filter) {
    /** More than any NIC takes; mbufs are made as large. */
    public static final int MOST_MTU = 16_000;

    private static final int KIB = 1024;

    /** @throws IllegalArgumentException if there is no such MTU */
    public PortSpec {
        if (mtu < MtuBounds.LEAST || mtu > MOST_MTU) {
            throw new IllegalArgumentException("an MTU of " + mtu + ": " + MtuBounds.LEAST + " to " + MOST_MTU);
        }
    }

    /** Bytes of a frame that each mbuf must hold: NICs are told in KiB. */
    public int mbufRoom() {
        int needed = MtuBounds.room(mtu);
        return Math.max(MbufPool.DEFAULT_ROOM, (needed + KIB - 1) / KIB * KIB);
    }
}
