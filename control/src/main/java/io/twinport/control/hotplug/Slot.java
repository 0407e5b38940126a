package io.twinport.control.hotplug;

import io.twinport.dataplane.device.KernelLinks;
import io.twinport.dataplane.vhost.VhostDevice;
import java.util.List;
import java.util.Optional;

/** Where a side's device comes and goes. For the thread of one side. */
public interface Slot {
    /** A virtual device's: it is made by its probe, and nobody pulls it out. */
    Slot VIRTUAL = new Slot() {
        private static final Occupant DEVICE = new Occupant("virtual", "", true);

        @Override
        public Optional<Occupant> look() {
            return Optional.of(DEVICE);
        }

        @Override
        public boolean comesAndGoes() {
            return false;
        }
    };

    /** The device that is there now. */
    Optional<Occupant> look();

    /** Whether a device that will not do is only one of several that may be the side's. */
    default boolean looksFurther() {
        return false;
    }

    /** What is waited for while no device is there, in words. */
    default String whyAbsent() {
        return ": there is no such PCI device yet";
    }

    /** Why no device is there that could be: what was wrong with the last one; empty where it is only waited for. */
    default String trouble() {
        return "";
    }

    /** How often what came could not be the side's device, so far. Any thread. */
    default int failures() {
        return 0;
    }

    /** Looks at once for what it would look for later. Any thread. */
    default void tryNow() {}

    /** Whether {@link #take} can have a device that is not lent. */
    default boolean takesFromTheKernel() {
        return false;
    }

    /** Whether devices are plugged in and pulled out there, and a probe takes a bounded time. */
    boolean comesAndGoes();

    /** What the last {@link #look} has found, where the slot was not given by that: an address, or an interface's name. */
    default Optional<String> found() {
        return Optional.empty();
    }

    /**
     * Makes a device ready for its probe.
     *
     * @return what was done for it, if anything
     * @throws io.twinport.control.UserException if that cannot be
     */
    default Optional<String> take(Occupant device) {
        return Optional.empty();
    }

    /**
     * The arguments with which the device that is there is probed.
     *
     * @param wanted as the user gave them
     */
    default String devargs(String wanted) {
        return wanted;
    }

    /** The far end that is there, for twinport's own driver; empty where devices are no far ends, or none is there. */
    default Optional<VhostDevice> farEnd() {
        return Optional.empty();
    }

    /** What tells the link of the device that is there, where its driver does not. */
    default Optional<KernelLinks.Below> below() {
        return Optional.empty();
    }

    /**
     * Looks after what {@link #take} has set and others may have set otherwise since. Any thread.
     *
     * @return what is not as it should be, in words
     */
    default List<String> lookAfter() {
        return List.of();
    }

    /** The kernel's number of the interface that {@link #take} has taken; 0 for none. Any thread. */
    default int heldInterface() {
        return 0;
    }

    /** Undoes {@link #take}, where the device is still there; it must be closed. */
    default void giveBack() {}
}
