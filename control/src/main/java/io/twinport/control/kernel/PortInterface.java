package io.twinport.control.kernel;

import io.twinport.dpdk.MacAddress;
import java.util.Optional;

/** The interface that the kernel has of a port, as far as the port sets it. */
public interface PortInterface {
    /** The MTU that it was given last, in bytes; its user may have set another. */
    int mtu();

    /** @throws io.twinport.posix.PosixException if the kernel refuses it */
    void setMtu(int mtu);

    /** The address that it was given last; empty while the port has none. */
    Optional<MacAddress> mac();

    /** @throws io.twinport.posix.PosixException if the kernel refuses it */
    void setMac(MacAddress mac);
}
