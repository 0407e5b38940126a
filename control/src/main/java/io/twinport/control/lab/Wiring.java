package io.twinport.control.lab;

import io.twinport.dataplane.device.EthSide;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.device.SideDevice;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.MbufPool;
import java.nio.file.Path;

/**
 * What the wires of one port have in common.
 *
 * @param driver of their near ends
 * @param folder of their sockets
 * @param mac address of the port
 * @param loop its members are the failover port (0) and the far ends (1 primary, 2 standby)
 * @param events address of the failover port's event line
 */
public record Wiring(WireDriver driver, Path folder, String mac, MbufPool pool, PollLoop loop, long events) {
    /** Lays a wire, whose near end joins the port. */
    public Wire lay(int side) {
        return switch (driver) {
            case DPDK -> VirtioUserWire.lay(this, side);
            case TWINPORT -> VhostUserWire.lay(this, side);
        };
    }

    /** A device is a side of the port from now on; where that fails it is as it was. */
    Side joinPort(SideDevice near, int side) {
        return Wire.join(near, pool, events, loop.proxy(0), side);
    }

    /** A device is the far end of a side from now on. */
    Side joinFarEnd(EthDev far, int side) {
        return Wire.join(new EthSide(far), pool, 0, loop.proxy(side), side);
    }
}
