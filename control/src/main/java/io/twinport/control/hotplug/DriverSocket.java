package io.twinport.control.hotplug;

import io.twinport.dpdk.Devargs;
import io.twinport.posix.PosixException;
import io.twinport.posix.SocketPath;
import java.util.Optional;

/** A socket at which a DPDK driver listens itself, and which it cannot have where a killed process has left one. */
public final class DriverSocket {
    private static final String MEMIF = "net_memif";
    private static final String MEMIF_DEFAULT = "/run/memif.sock";

    private DriverSocket() {}

    /**
     * Makes room for the socket of a device that is about to be probed, if it has one.
     *
     * @throws PosixException if somebody else listens there
     */
    public static void free(String devargs) {
        // Several memif devices of one process share a socket.
        pathOf(devargs)
                .filter(path -> !devargs.startsWith(MEMIF) || !SocketPath.isListenedAt(path))
                .ifPresent(SocketPath::free);
    }

    /** Where the driver will listen: {@code net_vhost}, and {@code net_memif} where its socket has a file. */
    static Optional<String> pathOf(String devargs) {
        String driver = Devargs.nameOf(devargs).replaceAll("\\d+$", "");
        return switch (driver) {
            case "net_vhost" -> is(devargs, "client", "1") ? Optional.empty() : Devargs.argument(devargs, "iface");
            case MEMIF ->
                is(devargs, "role", "server") && is(devargs, "socket-abstract", "no")
                        ? Devargs.argument(devargs, "socket").or(() -> Optional.of(MEMIF_DEFAULT))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static boolean is(String devargs, String key, String value) {
        return Devargs.argument(devargs, key).filter(value::equals).isPresent();
    }
}
