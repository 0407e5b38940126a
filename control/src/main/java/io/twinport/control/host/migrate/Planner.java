package io.twinport.control.host.migrate;

import io.twinport.control.UserException;
import io.twinport.control.host.NicVerdict;
import io.twinport.control.host.Virsh;
import io.twinport.control.host.teaming.Domain;
import io.twinport.control.host.teaming.Nic;
import io.twinport.control.program.Programs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at both hosts and makes a plan, or refuses by name what it does not know how to do. Changes nothing. */
public final class Planner {
    private final Request request;
    private final HostNetwork source;
    private final HostNetwork target;
    private final List<Step> prepare = new ArrayList<>();
    private final List<Step> leave = new ArrayList<>();
    private final List<Step> arrive = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private String uuid = "";

    private Planner(Request request, Programs programs) {
        this.request = request;
        this.source = network(programs, Side.SOURCE, request.source(), "--on-source", request.onSource());
        this.target = network(programs, Side.TARGET, request.target(), "--on-target", request.onTarget());
    }

    private HostNetwork network(Programs programs, Side side, String uri, String option, List<String> starter) {
        HostPrograms host = new HostPrograms(programs, side, uri, HostAddress.starter(option, uri, starter));
        return new HostNetwork(host, request.nic(), request.nics(), notes::add);
    }

    /**
     * The plan of a migration.
     *
     * @throws UserException if it is refused
     * @throws UnreachableException if a host cannot be asked
     */
    public static Plan migration(Request request) {
        return migration(request, Virsh.programs());
    }

    static Plan migration(Request request, Programs programs) {
        return new Planner(request, programs).migration();
    }

    /**
     * The plan that gives a guest its primaries back at whichever host has it.
     *
     * @throws UserException if it is refused
     * @throws UnreachableException if a host cannot be asked
     */
    public static Plan reattachment(Request request) {
        return new Planner(request, Virsh.programs()).reattachment();
    }

    private Plan migration() {
        String given = request.domain();
        Refusal.unless(
                source.host().state(given).isActive(),
                given + " does not run at " + request.source()
                        + ". Start it there, or name the host that has it with --connect");
        uuid = source.host().virsh("domuuid", "--domain=" + given).strip();
        DomainState now = source.host().state(uuid);
        Refusal.unless(
                now.reason().isEmpty() || !now.hasJob(),
                given + " is being migrated already. Let that end, or 'virsh domjobabort " + given + "'");
        Refusal.unless(
                source.host().virsh("dominfo", "--domain=" + uuid).matches("(?s).*Persistent:\\s+yes.*"),
                given + " is transient: its stored document, from which the primary comes back, is nowhere."
                        + " 'virsh define' it");
        Domain live = source.host().domain(uuid, given, false);
        Domain stored = source.host().domain(uuid, given, true);
        checkTarget(live.name());
        List<Nic> primaries = stored.transients();
        Refusal.unless(!primaries.isEmpty(), given + " has no pair (<teaming>): 'virsh migrate' alone does it");
        for (Nic primary : primaries) {
            pair(primary, stored, live);
        }
        Setting guest = new Setting(Side.SOURCE, Setting.Kind.GUEST, live.name(), "");
        Step migrate = Step.of("migrate", Phase.MIGRATE, guest, Side.SOURCE.text(), Side.TARGET.text(), "")
                .within(request.limitMillis());
        List<Step> steps = new ArrayList<>(prepare);
        steps.add(migrate);
        steps.addAll(leave);
        steps.addAll(arrive);
        return plan(live.name(), steps);
    }

    private Plan reattachment() {
        String given = request.domain();
        boolean isAtSource = source.host().state(given).isActive();
        boolean isAtTarget = target.host().state(given).isActive();
        Refusal.unless(
                isAtSource != isAtTarget,
                given + " runs " + (isAtSource ? "at both hosts: nothing is touched" : "at neither host"));
        HostNetwork network = isAtSource ? source : target;
        HostPrograms host = network.host();
        uuid = host.virsh("domuuid", "--domain=" + given).strip();
        Domain stored = host.domain(uuid, given, true);
        for (Nic primary : stored.transients()) {
            Nic standby = PlannedPair.standby(stored, primary);
            String bridge = network.bridge(standby);
            Optional<EmulatedNic> emulated = EmulatedNic.of(host, primary);
            PlannedPair pair = new PlannedPair(primary, standby, request.move(), network.verdict(primary), emulated);
            new Arrival(request, pair, network, bridge, true, arrive).plan();
        }
        Refusal.unless(!arrive.isEmpty(), given + " has no pair (<teaming>)");
        return plan(stored.name(), arrive);
    }

    private Plan plan(String domain, List<Step> steps) {
        return new Plan(
                domain,
                uuid,
                request.source(),
                request.target(),
                HostAddress.starter("--on-source", request.source(), request.onSource()),
                HostAddress.starter("--on-target", request.target(), request.onTarget()),
                request.way(),
                request.migrationOptions(),
                steps,
                notes);
    }

    private void checkTarget(String name) {
        for (String each : List.of(name, uuid)) {
            DomainState there = target.host().state(each);
            Refusal.unless(
                    there.equals(DomainState.ABSENT),
                    "the target " + request.target() + " has a domain " + each + " already, which is " + there.text()
                            + ". 'virsh undefine' it there, if it is a leftover");
        }
    }

    private void pair(Nic primary, Domain stored, Domain live) {
        Nic standby = PlannedPair.standby(stored, primary);
        String alias = PlannedPair.alias(primary);
        String tap = live.nics().stream()
                .filter(nic -> nic.alias().equals(standby.alias()))
                .findFirst()
                .flatMap(nic -> nic.element().at("target", "dev"))
                .map(Commands::plain)
                .orElseThrow(() -> Refusal.of("the standby of " + alias + " has no interface now"));
        String mac = PlannedPair.mac(standby);
        String bridge = source.bridge(standby);
        String there = target.bridge(standby);
        NicVerdict verdict = source.verdict(primary);
        Optional<EmulatedNic> emulated = EmulatedNic.of(source.host(), primary);
        PlannedPair pair = new PlannedPair(primary, standby, move(alias, standby), verdict, emulated);
        if (request.way() == Plan.Way.QEMU) {
            QemuFailover qemu = new QemuFailover(source.host(), uuid);
            qemu.checkNegotiated(pair.standbyAlias());
            qemu.checkPaired(alias);
        }
        new Departure(request, pair, live, uuid, source, bridge, tap, prepare, leave, notes::add).plan();
        // As it is at the source before the migration, so it is to be at the target.
        boolean isFiltered =
                emulated.filter(nic -> nic.isFiltered(source.host(), mac)).isPresent();
        new Arrival(request, pair, target, there, isFiltered, arrive).plan();
    }

    /** What suits the guest, unless the user has said it. */
    private Move move(String primary, Nic standby) {
        if (request.move() != Move.AUTO) {
            return request.move();
        }
        boolean isFailover = new QemuFailover(source.host(), uuid).hasNegotiated(PlannedPair.alias(standby));
        notes.add(primary + ": --move "
                + (isFailover
                        ? "unplug: the guest has acknowledged VIRTIO_NET_F_STANDBY, as the kernel's net_failover does,"
                                + " which receives by the standby only once the primary is gone"
                        : "link: the guest has not acknowledged VIRTIO_NET_F_STANDBY, so its driver is not the kernel's"
                                + " net_failover"));
        return isFailover ? Move.UNPLUG : Move.LINK;
    }
}
