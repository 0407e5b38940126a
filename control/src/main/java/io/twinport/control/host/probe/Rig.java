package io.twinport.control.host.probe;

import java.util.List;

/** A NIC with a VF, and what is around it. */
interface Rig extends AutoCloseable {
    /** The states that its VF can be in, in order. */
    List<VfState> states();

    Traffic traffic();

    /** Sets up the standby's way, and what is seen there. */
    void arrange(Holder holder);

    /** Takes it away again. */
    void dismantle();

    /**
     * Puts the VF into its next state. Where it is to receive it does so on return.
     *
     * @throws NotMeasuredException if this VF cannot be in that state here, and is in the one before
     */
    void enter(VfState state) throws NotMeasuredException;

    /** What the NIC does by itself later, while frames go on. */
    default void settle(VfState state) {}

    /** Leaves everything as it was found. */
    @Override
    void close();
}
