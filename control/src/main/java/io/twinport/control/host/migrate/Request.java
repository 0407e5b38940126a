package io.twinport.control.host.migrate;

import io.twinport.control.host.NicVerdict;
import io.twinport.control.host.NicVerdicts;
import java.util.List;

/**
 * What somebody wants.
 *
 * @param domain its name or UUID
 * @param source the URI of the libvirt that has it
 * @param target likewise of the one that is to get it
 * @param onSource what starts a program on that host; empty where the URI tells it
 * @param onTarget likewise
 * @param move what moves the guest to its standby
 * @param maySilent whether it goes on when the guest does not show by which side it sends
 * @param nic what the NIC does with frames for a VF, by the user's word; {@code UNKNOWN} where he says nothing
 * @param nics what is known of NICs then
 * @param migrationOptions of {@code virsh migrate}
 * @param limitMillis of the migration
 */
public record Request(
        String domain,
        String source,
        String target,
        List<String> onSource,
        List<String> onTarget,
        Plan.Way way,
        Move move,
        boolean maySilent,
        NicVerdict nic,
        NicVerdicts nics,
        List<String> migrationOptions,
        long limitMillis) {}
