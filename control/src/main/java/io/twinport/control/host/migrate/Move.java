package io.twinport.control.host.migrate;

/** What moves a guest to its standby. */
public enum Move {
    /** {@link #UNPLUG} where the guest has acknowledged VIRTIO_NET_F_STANDBY, as the kernel's net_failover does; else {@link #LINK}. */
    AUTO,
    /** Its own twinport, which its agent is asked to call. */
    AGENT,
    /** The VF has no link any more. The kernel's net_failover then sends by the standby, and receives only once the VF is gone. */
    LINK,
    /** The VF's removal, which the guest is told of before: it has moved when the VF is gone. */
    UNPLUG
}
