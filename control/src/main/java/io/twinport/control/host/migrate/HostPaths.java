package io.twinport.control.host.migrate;

import io.twinport.control.Log;
import io.twinport.control.UserException;
import io.twinport.control.host.HostLink;
import io.twinport.control.host.NicVerdict;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.host.teaming.Domain;
import io.twinport.control.host.teaming.Nic;
import io.twinport.control.program.Programs;
import io.twinport.dpdk.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What moves on one host's network when the primaries of a guest there go and come back, whoever migrates it. */
final class HostPaths {
    /** Of a command that changes an entry: it is done at once, or not at all. */
    private static final long STEP_MILLIS = 500;

    private final Programs programs;
    private final HostPrograms host;
    private final String domain;
    private final String uuid;
    private final List<PairName> named;
    private final Log log;
    private final List<String> notes = new ArrayList<>();
    private final HostNetwork network;

    private HostPaths(
            Programs programs, HostPrograms host, String domain, NicVerdicts nics, List<PairName> named, Log log) {
        this.programs = programs;
        this.host = host;
        this.domain = domain;
        this.uuid = host.virsh("domuuid", "--domain=" + domain).strip();
        this.named = named;
        this.log = log;
        this.network = new HostNetwork(host, NicVerdict.UNKNOWN, nics, notes::add);
    }

    /**
     * Those of a guest.
     *
     * @param programs of that host
     * @param named pairs that no document names
     * @param log told of pairs that are refused
     * @throws UserException if the guest's document cannot be read
     * @throws UnreachableException if libvirt cannot be asked
     */
    static List<HostPath> of(
            Programs programs, HostPrograms host, String domain, NicVerdicts nics, List<PairName> named, Log log) {
        return new HostPaths(programs, host, domain, nics, named, log).all();
    }

    private List<HostPath> all() {
        Domain live = host.domain(uuid, domain, false);
        List<HostPath> paths = new ArrayList<>();
        for (Nic standby : live.nics()) {
            try {
                primaryOf(standby, live).ifPresent(primary -> paths.add(path(primary, standby, live)));
            } catch (UserException e) {
                log.warn(live.name() + ": " + e.getMessage());
            }
        }
        notes.stream().distinct().forEach(note -> log.say(live.name() + ": " + note));
        return paths;
    }

    /** As it runs, or, where it does not have it now, as it is stored. */
    private Optional<Nic> primaryOf(Nic standby, Domain live) {
        Optional<Nic> byName = named.stream()
                .filter(pair -> pair.isOf(live.name()) && pair.isStandby(standby))
                .flatMap(pair -> live.nics().stream().filter(pair::isPrimary))
                .findFirst();
        return byName.or(() -> live.transients().stream()
                        .filter(each ->
                                live.standbyOf(each).filter(standby::equals).isPresent())
                        .findFirst())
                .or(() ->
                        standby.alias().filter(alias -> alias.startsWith("ua-")).flatMap(this::storedPrimaryOf));
    }

    private Optional<Nic> storedPrimaryOf(String standby) {
        Domain stored = host.domain(uuid, domain, true);
        return stored.transients().stream()
                .filter(each -> stored.standbyOf(each)
                        .flatMap(Nic::alias)
                        .filter(standby::equals)
                        .isPresent())
                .findFirst();
    }

    private HostPath path(Nic primary, Nic standby, Domain live) {
        boolean isThere = live.nics().contains(primary);
        String alias = Commands.plain(primary.alias().orElse(""));
        String tap = standby.element()
                .at("target", "dev")
                .map(Commands::plain)
                .orElseThrow(() -> Refusal.of("the standby of " + alias + " has no interface now"));
        Optional<VirshHosts.Vf> vf =
                primary.hostAddress().flatMap(address -> VirshHosts.Vf.find(host, address.toString()));
        // What the guest sends by its standby the bridge learns; what is sent to its primary it does not.
        String mac = primary.mac()
                .or(() -> vf.flatMap(each -> each.link().vfs().stream()
                        .filter(known -> known.number() == each.number())
                        .findFirst()
                        .flatMap(HostLink.Vf::mac)))
                .filter(MacAddress::isUnicast)
                .map(MacAddress::toString)
                .orElseThrow(() -> Refusal.of(alias + " has no MAC address that is known"));
        String bridge = network.bridge(standby);
        List<Step> steps = new ArrayList<>();
        steps.add(Departure.toTap(alias, bridge, mac, Setting.NONE, tap).within(STEP_MILLIS));
        network.uplink(
                        alias,
                        bridge,
                        mac,
                        network.verdict(primary),
                        primary.type().equals("ethernet"))
                .ifPresent(filter -> steps.add(Departure.toUplink(alias, filter).within(STEP_MILLIS)));
        return new HostPath(
                uuid,
                alias,
                standby.alias().orElse(""),
                isThere,
                steps,
                GuestHost.hosts(programs, host.uri(), uuid),
                host,
                tap,
                vf.map(VirshHosts.Vf::text)
                        .or(() -> primary.element().at("target", "dev").map(Commands::plain)),
                log);
    }
}
