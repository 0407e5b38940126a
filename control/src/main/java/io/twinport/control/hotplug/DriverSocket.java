package io.twinport.control.hotplug;

import io.twinport.dpdk.Devargs;
import io.twinport.dpdk.DriverQuirks;
import io.twinport.dpdk.DriverQuirks.Quirk;
import io.twinport.posix.PosixException;
import io.twinport.posix.SocketPath;
import java.util.Optional;

/**
 * The unix sockets of virtual devices of DPDK. A driver that listens cannot use a path where a killed process has left a
 * socket.
 */
public final class DriverSocket {
    /** The prefix of device files of kernel back ends (vhost-net, vDPA). They are no sockets, and any number of devices may share one. */
    private static final String KERNEL_BACK_END = "/dev/vhost-";

    private DriverSocket() {}

    /** Where a device's socket is, whoever listens there. */
    public static Optional<String> of(String devargs) {
        Optional<String> own = VhostUserName.path(devargs);
        return own.isPresent() ? own : ofDriver(devargs);
    }

    private static Optional<String> ofDriver(String devargs) {
        return Optional.of(DriverQuirks.ofVirtual(devargs).socketArgument())
                .filter(argument -> !argument.isEmpty())
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

    /** Where the driver will listen, if it is one that does and no client. */
    static Optional<String> listeningAt(String devargs) {
        boolean isServer = DriverQuirks.ofVirtual(devargs).has(Quirk.LISTENS)
                && Devargs.argument(devargs, "client").filter("1"::equals).isEmpty();
        return isServer ? of(devargs) : Optional.empty();
    }
}
