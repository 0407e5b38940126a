package io.twinport.control.host.migrate;

import io.twinport.control.Log;
import io.twinport.control.UserException;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.program.Programs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One host, for who follows its guests and migrates none. */
public final class GuestHost {
    private final String uri;
    private final NicVerdicts nics;
    private final Programs programs;
    private final List<PairName> named;
    private final Log log;
    private final HostPrograms host;

    /**
     * @param uri of this machine's libvirt
     * @param named pairs that no document names
     */
    public GuestHost(String uri, NicVerdicts nics, Programs programs, List<PairName> named, Log log) {
        this.uri = uri;
        this.nics = nics;
        this.programs = programs;
        this.named = List.copyOf(named);
        this.log = log;
        this.host = new HostPrograms(programs, Side.SOURCE, uri, List.of());
    }

    /**
     * The names of the guests that run.
     *
     * @throws UnreachableException if libvirt cannot be asked
     */
    public List<String> running() {
        return host.virsh("list", "--name")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** Likewise their UUIDs. */
    public List<String> runningUuids() {
        return host.virsh("list", "--uuid")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** @throws UnreachableException if libvirt cannot be asked */
    public DomainState state(String domain) {
        return host.state(domain);
    }

    /**
     * The ways of a guest's pairs. A pair that twinport does not know how to help is said and left out.
     *
     * @throws UserException if the guest's document cannot be read
     * @throws UnreachableException if libvirt cannot be asked
     */
    public List<HostPath> paths(String domain) {
        return HostPaths.of(programs, host, domain, nics, named, log);
    }

    /**
     * Undoes what an earlier process has changed for guests that are here no more.
     *
     * @return what could not be undone, and why it was said
     */
    public List<HostPath.Taken> undo(List<HostPath.Taken> earlier) {
        List<HostPath.Taken> left = new ArrayList<>();
        for (HostPath.Taken each : earlier.reversed()) {
            Hosts hosts = hosts(programs, uri, each.uuid());
            try {
                new StepTaker(hosts, log, () -> false).undo(each.step(), each.seen());
            } catch (StepException | UnreachableException e) {
                // Where the bridge has gone too there is nothing left to undo.
                Optional.ofNullable(e.getMessage()).ifPresent(log::warn);
                left.add(each);
            }
        }
        return left;
    }

    static Hosts hosts(Programs programs, String uri, String uuid) {
        return new VirshHosts(
                new Plan(uuid, uuid, uri, uri, List.of(), List.of(), Plan.Way.QEMU, List.of(), List.of(), List.of()),
                programs);
    }
}
