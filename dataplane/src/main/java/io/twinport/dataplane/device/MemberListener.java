package io.twinport.dataplane.device;

/** Who has to know of a port's devices before the poll loop uses them and after it has let go. On the control thread that moves them. */
public interface MemberListener {
    /** The device is started, and its counters are not the port's yet (R26). If it throws the device does not join. */
    void joining(int side, SideDevice dev);

    /** The loop has let go of the device, which is still started: its counters have their last values (R33). */
    void leaving(int side, SideDevice dev);
}
