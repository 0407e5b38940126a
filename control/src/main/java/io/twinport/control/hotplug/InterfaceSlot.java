package io.twinport.control.hotplug;

import io.twinport.posix.Interfaces;
import java.util.Optional;

/**
 * An interface of the kernel's that a driver of DPDK's works over ({@code net_af_packet}). It comes and goes with the
 * device below it; one that is made anew is another one, even under the same name, and a driver's sockets stay with the one
 * that has gone.
 */
public final class InterfaceSlot implements Slot {
    private final String name;

    public InterfaceSlot(String name) {
        this.name = name;
    }

    @Override
    public Optional<Occupant> look() {
        return Interfaces.indexOf(name).stream()
                .mapToObj(index -> new Occupant(index, "", true))
                .findFirst();
    }

    @Override
    public String whyAbsent() {
        return "to be plugged in: there is no interface " + name + " yet";
    }

    @Override
    public boolean comesAndGoes() {
        return true;
    }
}
