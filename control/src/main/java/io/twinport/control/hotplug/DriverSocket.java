package io.twinport.control.hotplug;

import io.twinport.dpdk.Devargs;
import io.twinport.posix.PosixException;
import io.twinport.posix.SocketPath;
import java.util.Map;
import java.util.Optional;

/**
 * The unix sockets of DPDK's virtual devices. Where a driver listens itself it cannot have a path at which a killed process has
 * left a socket.
 */
public final class DriverSocket {
    /** Drivers whose device is a unix socket, and the argument that says where. */
    private static final Map<String, String> ARGUMENTS = Map.of(FarEndSlot.DRIVER, "path", "net_vhost", "iface");

    /** How the device files of the kernel's own back ends begin (vhost-net, vDPA): no sockets, and there for any number. */
    private static final String KERNEL_BACK_END = "/dev/vhost-";

    private DriverSocket() {}

    /** Where a device's socket is, whoever listens there. */
    public static Optional<String> of(String devargs) {
        return Optional.ofNullable(ARGUMENTS.get(driver(devargs)))
                .flatMap(argument -> Devargs.argument(devargs, argument))
                .filter(path -> !path.startsWith(KERNEL_BACK_END));
    }

    /**
     * Makes room for the socket of a device that is about to be probed, if its driver listens there.
     *
     * @throws PosixException if somebody else listens there
     */
    public static void free(String devargs) {
        listeningAt(devargs).ifPresent(SocketPath::free);
    }

    /** Where the driver will listen, if it is {@code net_vhost} and no client. */
    static Optional<String> listeningAt(String devargs) {
        boolean isServer = driver(devargs).equals("net_vhost")
                && Devargs.argument(devargs, "client").filter("1"::equals).isEmpty();
        return isServer ? of(devargs) : Optional.empty();
    }

    private static String driver(String devargs) {
        return Devargs.driverOf(Devargs.nameOf(devargs));
    }
}
