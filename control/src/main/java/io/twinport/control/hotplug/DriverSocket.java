package io.twinport.control.hotplug;

import io.twinport.dpdk.Devargs;
import io.twinport.posix.PosixException;
import io.twinport.posix.SocketPath;
import java.util.Optional;

/** A socket at which a DPDK driver listens itself, and which it cannot have where a killed process has left one. */
public final class DriverSocket {
    private DriverSocket() {}

    /**
     * Makes room for the socket of a device that is about to be probed, if it has one.
     *
     * @throws PosixException if somebody else listens there
     */
    public static void free(String devargs) {
        pathOf(devargs).ifPresent(SocketPath::free);
    }

    /** Where the driver will listen, if it is {@code net_vhost} and no client. */
    static Optional<String> pathOf(String devargs) {
        boolean isServer = Devargs.driverOf(Devargs.nameOf(devargs)).equals("net_vhost")
                && Devargs.argument(devargs, "client").filter("1"::equals).isEmpty();
        return isServer ? Devargs.argument(devargs, "iface") : Optional.empty();
    }
}
