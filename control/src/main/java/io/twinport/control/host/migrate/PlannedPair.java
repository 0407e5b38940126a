package io.twinport.control.host.migrate;

import io.twinport.control.UserException;
import io.twinport.control.host.NicVerdict;
import io.twinport.control.host.teaming.Domain;
import io.twinport.control.host.teaming.Nic;
import io.twinport.dpdk.MacAddress;
import java.util.Optional;

/**
 * A pair whose primary goes, comes back, or both.
 *
 * @param move what moves the guest to its standby
 * @param verdict what the primary's NIC does with frames for a VF
 * @param emulated where the primary is no VF
 */
record PlannedPair(Nic primary, Nic standby, Move move, NicVerdict verdict, Optional<EmulatedNic> emulated) {
    /** The primary's, by which the steps of the pair are named. */
    String alias() {
        return alias(primary);
    }

    String standbyAlias() {
        return alias(standby);
    }

    /** Of both. */
    String mac() {
        return mac(standby);
    }

    /** The filter of a bridge's uplink, where the NIC needs it. */
    Optional<Setting> uplink(HostNetwork network, String bridge) {
        return network.uplink(alias(), bridge, mac(), verdict, emulated.isPresent());
    }

    /**
     * The standby of a primary, with which it is a pair that can be planned for.
     *
     * @throws UserException if it is not
     */
    static Nic standby(Domain domain, Nic primary) {
        Refusal.unless(
                primary.isInterface(),
                primary.element().place() + ": a <hostdev>, whose MAC address libvirt does not set."
                        + " Make it an <interface type='hostdev'>");
        Nic standby = domain.standbyOf(primary)
                .orElseThrow(() -> Refusal.of(primary.element().place()
                        + ": the standby that it names is not there. 'twinport teaming check' says more"));
        Refusal.unless(
                primary.mac().equals(standby.mac()),
                "the MAC addresses of " + alias(primary) + " and " + alias(standby)
                        + " differ: the guest finds no pair");
        return standby;
    }

    /** @throws UserException if it has none by which both hosts know it */
    static String alias(Nic nic) {
        return Commands.plain(nic.alias()
                .filter(alias -> alias.startsWith("ua-"))
                .orElseThrow(() -> Refusal.of(nic.element().place() + ": a device of a pair has no"
                        + " <alias name='ua-...'/>, by which both hosts know it. Give it one")));
    }

    /** @throws UserException if it has none */
    static String mac(Nic nic) {
        return nic.mac()
                .filter(MacAddress::isUnicast)
                .map(MacAddress::toString)
                .orElseThrow(() -> Refusal.of(nic.element().place() + ": a device of a pair has no unicast <mac>"));
    }
}
