package io.twinport.control.host.migrate;

import io.twinport.control.UserException;
import io.twinport.control.host.teaming.Nic;
import java.util.Optional;

/** A primary that is no VF: a tap on a bridge whose entries are its filter. */
record EmulatedNic(String device, String bridge) {
    /**
     * Empty for a VF.
     *
     * @throws UserException if the tap is on no bridge
     */
    static Optional<EmulatedNic> of(HostPrograms host, Nic primary) {
        if (!primary.type().equals("ethernet")) {
            return Optional.empty();
        }
        String device = Commands.plain(primary.element().at("target", "dev").orElse(""));
        String master = host.hostLink(device).master();
        Refusal.unless(!master.isEmpty(), device + " is no port of a bridge, so it is no NIC that twinport knows");
        return Optional.of(new EmulatedNic(device, master));
    }

    String entry(HostPrograms host, String mac) {
        return VirshHosts.entry(host, bridge, mac);
    }

    /** Whether the filter has the address at that host. */
    boolean isFiltered(HostPrograms host, String mac) {
        return !entry(host, mac).equals(Setting.NONE);
    }
}
