package io.twinport.control.host.migrate;

import io.twinport.control.Log;
import io.twinport.control.Printable;
import io.twinport.control.UserException;
import io.twinport.control.host.HostLink;
import io.twinport.control.host.NicId;
import io.twinport.control.host.NicVerdict;
import io.twinport.control.host.Virsh;
import io.twinport.control.host.teaming.Domain;
import io.twinport.control.host.teaming.Nic;
import io.twinport.control.host.xml.XmlDocument;
import io.twinport.control.host.xml.XmlElement;
import io.twinport.control.host.xml.XmlReader;
import io.twinport.control.program.Answer;
import io.twinport.control.program.Programs;
import io.twinport.dpdk.MacAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Looks at both hosts and makes a plan, or refuses by name what it does not know how to do. Changes nothing. */
public final class Planner {
    /** A guest's driver may take its time; QEMU does not say no. */
    private static final long UNPLUG_MILLIS = 10_000;

    /** Until a guest has sent something by the other device: its driver starts, its link comes up. */
    private static final long WORD_MILLIS = 10_000;

    /** Of a command that changes an entry: it is done at once, or not at all. */
    private static final long STEP_MILLIS = 500;

    private final Request request;
    private final HostPrograms source;
    private final HostPrograms target;
    private final List<Step> prepare = new ArrayList<>();
    private final List<Step> cleared = new ArrayList<>();
    private final List<Step> leave = new ArrayList<>();
    private final List<Step> arrive = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private String uuid = "";

    /** Of the pair that is looked at. */
    private Move move;

    private Planner(Request request, Programs programs) {
        this.request = request;
        this.move = request.move();
        this.source = new HostPrograms(
                programs,
                Side.SOURCE,
                request.source(),
                HostAddress.starter("--on-source", request.source(), request.onSource()));
        this.target = new HostPrograms(
                programs,
                Side.TARGET,
                request.target(),
                HostAddress.starter("--on-target", request.target(), request.onTarget()));
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

    /**
     * What moves on one host's network when the primaries of a guest there go and come back, whoever migrates it.
     *
     * @param request whose source is that host
     * @param named pairs that no document names
     * @param log told of pairs that are refused
     */
    static List<HostPath> paths(Request request, Programs programs, List<PairName> named, Log log) {
        return new Planner(request, programs).paths(programs, named, log);
    }

    private List<HostPath> paths(Programs programs, List<PairName> named, Log log) {
        uuid = source.virsh("domuuid", "--domain=" + request.domain()).strip();
        Domain live = domain(source, false);
        List<HostPath> paths = new ArrayList<>();
        for (Nic standby : live.nics()) {
            try {
                primaryOf(standby, live, named)
                        .ifPresent(primary -> paths.add(path(primary, standby, live, programs, log)));
            } catch (UserException e) {
                log.warn(live.name() + ": " + e.getMessage());
            }
        }
        notes.stream().distinct().forEach(note -> log.say(live.name() + ": " + note));
        return paths;
    }

    /** As it runs, or, where it does not have it now, as it is stored. */
    private Optional<Nic> primaryOf(Nic standby, Domain live, List<PairName> named) {
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
        Domain stored = domain(source, true);
        return stored.transients().stream()
                .filter(each -> stored.standbyOf(each)
                        .flatMap(Nic::alias)
                        .filter(standby::equals)
                        .isPresent())
                .findFirst();
    }

    private HostPath path(Nic primary, Nic standby, Domain live, Programs programs, Log log) {
        boolean isThere = live.nics().contains(primary);
        String alias = Commands.plain(primary.alias().orElse(""));
        String tap = standby.element()
                .at("target", "dev")
                .map(Commands::plain)
                .orElseThrow(() -> new UserException("refused: the standby of " + alias + " has no interface now."));
        Optional<VirshHosts.Vf> vf =
                primary.hostAddress().flatMap(address -> VirshHosts.Vf.find(source, address.toString()));
        // What the guest sends by its standby the bridge learns; what is sent to its primary it does not.
        String mac = primary.mac()
                .or(() -> vf.flatMap(each -> each.link().vfs().stream()
                        .filter(known -> known.number() == each.number())
                        .findFirst()
                        .flatMap(HostLink.Vf::mac)))
                .filter(MacAddress::isUnicast)
                .map(MacAddress::toString)
                .orElseThrow(() -> new UserException("refused: " + alias + " has no MAC address that is known."));
        String bridge = bridge(source, standby);
        List<Step> steps = new ArrayList<>();
        steps.add(toTap(alias, bridge, mac, Setting.NONE, tap).within(STEP_MILLIS));
        uplink(
                        alias,
                        Side.SOURCE,
                        bridge,
                        mac,
                        verdict(source, primary),
                        primary.type().equals("ethernet"))
                .ifPresent(filter -> steps.add(toUplink(alias, filter).within(STEP_MILLIS)));
        return new HostPath(
                uuid,
                alias,
                standby.alias().orElse(""),
                isThere,
                steps,
                GuestHost.hosts(programs, request.source(), uuid),
                source,
                tap,
                vf.map(VirshHosts.Vf::text)
                        .or(() -> primary.element().at("target", "dev").map(Commands::plain)),
                log);
    }

    private static Step toTap(String alias, String bridge, String mac, String before, String tap) {
        return Step.of(
                alias + ".entry",
                Phase.PREPARE,
                new Setting(Side.SOURCE, Setting.Kind.ENTRY, bridge, mac),
                before,
                tap,
                "frames that come to the bridge go to the tap; without 'static' they would go to the host");
    }

    private static Step toUplink(String alias, Setting filter) {
        return Step.of(
                alias + ".uplink",
                Phase.PREPARE,
                filter,
                Setting.NONE,
                Setting.THERE,
                "the NIC sends nothing into the VF alone");
    }

    private Plan migration() {
        String given = request.domain();
        refuseUnless(
                source.state(given).isActive(),
                given + " does not run at " + request.source()
                        + ". Start it there, or name the host that has it with --connect");
        uuid = source.virsh("domuuid", "--domain=" + given).strip();
        DomainState now = source.state(uuid);
        refuseUnless(
                now.reason().isEmpty() || !now.hasJob(),
                given + " is being migrated already. Let that end, or 'virsh domjobabort " + given + "'");
        refuseUnless(
                source.virsh("dominfo", "--domain=" + uuid).matches("(?s).*Persistent:\\s+yes.*"),
                given + " is transient: its stored document, from which the primary comes back, is nowhere."
                        + " 'virsh define' it");
        Domain live = domain(source, false);
        Domain stored = domain(source, true);
        checkTarget(live.name());
        List<Nic> primaries = stored.transients();
        refuseUnless(!primaries.isEmpty(), given + " has no pair (<teaming>): 'virsh migrate' alone does it");
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
        boolean isAtSource = source.state(given).isActive();
        boolean isAtTarget = target.state(given).isActive();
        refuseUnless(
                isAtSource != isAtTarget,
                given + " runs " + (isAtSource ? "at both hosts: nothing is touched" : "at neither host"));
        HostPrograms host = isAtSource ? source : target;
        Side side = isAtSource ? Side.SOURCE : Side.TARGET;
        uuid = host.virsh("domuuid", "--domain=" + given).strip();
        Domain stored = domain(host, true);
        for (Nic primary : stored.transients()) {
            Nic standby = standby(stored, primary);
            String bridge = bridge(host, standby);
            arrive(side, primary, standby, bridge, true, emulated(host, primary), verdict(host, primary));
        }
        refuseUnless(!arrive.isEmpty(), given + " has no pair (<teaming>)");
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

    private static void refuseUnless(boolean good, String why) {
        if (!good) {
            throw new UserException("refused: " + why + ".");
        }
    }

    private Domain domain(HostPrograms host, boolean isStored) {
        String xml = isStored
                ? host.virsh("dumpxml", "--domain=" + uuid, "--inactive")
                : host.virsh("dumpxml", "--domain=" + uuid);
        return Domain.of(XmlReader.read(
                (isStored ? "the stored document of " : "") + request.domain(), xml.getBytes(StandardCharsets.UTF_8)));
    }

    private void checkTarget(String name) {
        for (String each : List.of(name, uuid)) {
            DomainState there = target.state(each);
            refuseUnless(
                    there.equals(DomainState.ABSENT),
                    "the target " + request.target() + " has a domain " + each + " already, which is " + there.text()
                            + ". 'virsh undefine' it there, if it is a leftover");
        }
    }

    private void pair(Nic primary, Domain stored, Domain live) {
        Nic standby = standby(stored, primary);
        String alias = alias(primary);
        String tap = live.nics().stream()
                .filter(nic -> nic.alias().equals(standby.alias()))
                .findFirst()
                .flatMap(nic -> nic.element().at("target", "dev"))
                .map(Commands::plain)
                .orElseThrow(() -> new UserException("refused: the standby of " + alias + " has no interface now."));
        String mac = mac(standby);
        String bridge = bridge(source, standby);
        String there = bridge(target, standby);
        NicVerdict verdict = verdict(source, primary);
        Optional<Emulated> emulated = emulated(source, primary);
        move = request.move() == Move.AUTO ? suitable(alias, alias(standby)) : request.move();
        if (request.way() == Plan.Way.QEMU) {
            checkNegotiated(alias(standby));
            checkPaired(alias);
        }

        prepare(
                alias + ".standby",
                link(Side.SOURCE, tap),
                read(link(Side.SOURCE, tap)),
                Setting.UP,
                "the standby can take over");
        move(alias, primary, live, emulated);
        if (move == Move.AGENT) {
            word(alias, tap);
        }
        Setting entry = new Setting(Side.SOURCE, Setting.Kind.ENTRY, bridge, mac);
        String before = VirshHosts.entry(source, bridge, mac);
        refuseUnless(
                before.equals(Setting.NONE) || before.equals(tap),
                "the bridge " + bridge + " of the source has an entry of "
                        + mac + " at " + before + ", which takes the guest's frames away. 'bridge fdb del " + mac
                        + " dev "
                        + before.replace("+permanent", "") + " master', if it is a leftover");
        // The kernel's driver is deaf on the standby until the primary is gone: till then its frames go where they
        // went.
        boolean isMovedByUnplug = move == Move.UNPLUG && request.way() == Plan.Way.MANAGED;
        uplink(alias, Side.SOURCE, bridge, mac, verdict, emulated.isPresent()).ifPresent(filter -> {
            prepare.add(toUplink(alias, filter));
            leave.add(Step.of(alias + ".uplink-gone", Phase.LEAVE, filter, "", Setting.NONE, "the guest is elsewhere"));
        });
        if (isMovedByUnplug) {
            out(alias, primary);
        }
        prepare.add(toTap(alias, bridge, mac, before, tap));
        emulated.filter(nic -> isFiltered(nic, mac))
                .ifPresent(nic -> prepare(
                        alias + ".nic",
                        new Setting(Side.SOURCE, Setting.Kind.ENTRY, nic.bridge(), mac),
                        nic.entry(source, mac),
                        Setting.NONE,
                        "the NIC forgets the VF: its frames reach the bridge"));
        if (move == Move.LINK) {
            word(alias, tap);
        }
        if (isMovedByUnplug) {
            word(alias, tap);
        } else if (request.way() == Plan.Way.MANAGED) {
            out(alias, primary);
        }
        (request.way() == Plan.Way.MANAGED ? prepare : leave).addAll(cleared);
        cleared.clear();
        leave.addFirst(Step.of(
                alias + ".entry-gone",
                Phase.LEAVE,
                entry,
                "",
                Setting.NONE,
                "one left behind would swallow what the source's own guests send"));
        boolean isFiltered = emulated.filter(nic -> isFiltered(nic, mac)).isPresent();
        arrive(Side.TARGET, primary, standby, there, isFiltered, emulated, verdict);
    }

    private void out(String alias, Nic primary) {
        prepare.add(Step.of(
                        alias + ".out",
                        Phase.PREPARE,
                        new Setting(Side.SOURCE, Setting.Kind.DEVICE, alias, ""),
                        Setting.THERE,
                        Setting.NONE,
                        "by alias: both devices have one MAC address. Until it is gone")
                .withXml(primary.element().written())
                .within(UNPLUG_MILLIS));
    }

    private void prepare(String id, Setting setting, String before, String after, String why) {
        prepare.add(Step.of(id, Phase.PREPARE, setting, before, after, why));
    }

    /** The guest sends by the standby before its primary goes. */
    private void move(String alias, Nic primary, Domain live, Optional<Emulated> emulated) {
        if (emulated.isEmpty()) {
            moveVf(alias, primary, live);
        } else if (move == Move.LINK) {
            prepare(
                    alias + ".primary",
                    link(Side.SOURCE, emulated.get().device()),
                    read(link(Side.SOURCE, emulated.get().device())),
                    Setting.DOWN,
                    "the guest moves to the standby");
        }
    }

    /** A guest that is asked has moved before its frames are sent elsewhere; one whose VF has no link can answer only afterwards. */
    private void word(String alias, String tap) {
        Step word = Step.of(
                        alias + ".moved",
                        Phase.PREPARE,
                        new Setting(Side.SOURCE, Setting.Kind.SENDER, tap, move == Move.AGENT ? "standby" : ""),
                        "",
                        Setting.THERE,
                        "it says so, or its frames come by the tap")
                .within(WORD_MILLIS);
        prepare.add(request.maySilent() ? word.optional() : word);
    }

    private void moveVf(String alias, Nic primary, Domain live) {
        VirshHosts.Vf vf = live.nics().stream()
                .filter(nic -> nic.alias().equals(primary.alias()))
                .findFirst()
                .flatMap(Nic::hostAddress)
                .flatMap(address -> VirshHosts.Vf.find(source, address.toString()))
                .orElseThrow(() -> new UserException("refused: " + alias + " is no VF of an interface of the source."));
        refuseUnless(
                !isPortOfBond(vf.link()),
                vf.pf() + " belongs to a bond (VF-LAG): its filters are the bond's, and twinport"
                        + " does not know them");
        String number = String.valueOf(vf.number());
        String state = source.vf(vf.pf(), number)
                .map(each -> each.path("link_state").asString(""))
                .orElse("");
        Setting link = new Setting(Side.SOURCE, Setting.Kind.VF_LINK, vf.pf(), number);
        Setting mac = new Setting(Side.SOURCE, Setting.Kind.VF_MAC, vf.pf(), number);
        if (move != Move.LINK) {
            // It keeps its link.
        } else if (state.isEmpty() || driver(source, vf.pf()).equals("igb")) {
            notes.add("the driver of " + vf.pf()
                    + " cannot take a VF's link down: the guest moves when the VF goes, and frames"
                    + " are lost until then");
        } else {
            prepare(alias + ".primary", link, state, "disable", "the guest moves to the standby");
            leave.add(
                    Step.of(alias + ".vf-link", Phase.LEAVE, link, "disable", state, "as it was, for the next guest"));
        }
        Phase phase = request.way() == Plan.Way.MANAGED ? Phase.PREPARE : Phase.LEAVE;
        cleared.add(Step.of(
                alias + ".vf-mac",
                phase,
                mac,
                mac(primary),
                Setting.ZERO_MAC,
                "only where it is still the guest's: libvirt takes it back itself"));
    }

    private boolean isPortOfBond(HostLink pf) {
        String master = pf.master();
        return !master.isEmpty() && source.hostLink(master).kind().equals("bond");
    }

    private static String driver(HostPrograms host, String netdev) {
        String link = host.run(List.of("readlink", "/sys/class/net/" + Commands.plain(netdev) + "/device/driver"))
                .out()
                .strip();
        return link.substring(link.lastIndexOf('/') + 1);
    }

    private static NicId nic(HostPrograms host, String netdev) {
        String device = "/sys/class/net/" + Commands.plain(netdev) + "/device/";
        return NicId.of(
                host.run(List.of("cat", device + "vendor")).out(),
                host.run(List.of("cat", device + "device")).out(),
                driver(host, netdev),
                host.run(List.of("ethtool", "-i", netdev)).out());
    }

    /** At the host that has the guest: the primary comes back. */
    private void arrive(
            Side side,
            Nic primary,
            Nic standby,
            String bridge,
            boolean isFiltered,
            Optional<Emulated> emulated,
            NicVerdict verdict) {
        String alias = alias(primary);
        String mac = mac(standby);
        String tap = "@" + alias(standby);
        HostPrograms host = side == Side.SOURCE ? source : target;
        Setting entry = new Setting(side, Setting.Kind.ENTRY, bridge, mac);
        Setting sender = new Setting(side, Setting.Kind.SENDER, "@" + alias, move == Move.AGENT ? "primary" : "");
        arriving(alias + ".there-entry", entry, tap, "nothing is lost until the guest has its primary");
        Optional<Setting> filter = uplink(alias, side, bridge, mac, verdict, emulated.isPresent());
        filter.ifPresent(each -> arriving(
                alias + ".there-uplink",
                each,
                Setting.THERE,
                "before the VF has its address, which takes the frames away"));
        if (request.way() == Plan.Way.MANAGED) {
            arrive.add(Step.of(
                            alias + ".in",
                            Phase.ARRIVE,
                            new Setting(side, Setting.Kind.DEVICE, alias, ""),
                            "",
                            Setting.THERE,
                            "libvirt gives a VF its MAC address")
                    .withXml(primary.element().written())
                    .within(UNPLUG_MILLIS));
        } else {
            emulated.ifPresent(
                    nic -> arriving(alias + ".in", link(side, nic.device()), Setting.UP, "QEMU has plugged it in"));
        }
        Optional<Emulated> filtered = emulated.filter(nic -> isFiltered);
        filtered.ifPresent(nic -> {
            refuseUnless(
                    host.hostLink(nic.device()).master().equals(nic.bridge()),
                    nic.device() + " is no port of " + nic.bridge() + " at " + host.uri());
            arrive.add(nic(side, alias + ".there-nic", nic, mac, nic.device(), "the NIC's filter for the VF")
                    .needing(alias + ".in"));
        });
        Step word = Step.of(
                        alias + ".back",
                        Phase.ARRIVE,
                        sender,
                        "",
                        Setting.THERE,
                        "it says so, or its frames come by it")
                .needing(alias + ".in")
                .within(WORD_MILLIS);
        arrive.add(request.maySilent() ? word.optional() : word);
        filtered.ifPresent(nic -> arrive.add(
                nic(side, alias + ".there-nic-gone", nic, mac, Setting.NONE, "the guest does not take its primary")
                        .needing(Step.UNLESS + alias + ".back")));
        arriving(alias + ".there-entry-gone", entry, Setting.NONE, "the frames are the primary's again");
        filter.ifPresent(each -> arriving(alias + ".there-uplink-gone", each, Setting.NONE, "likewise"));
        boolean isDown =
                standby.element().at("link", "state").filter("down"::equals).isPresent();
        if (isDown) {
            arrive.add(
                    Step.of(alias + ".there-standby", Phase.ARRIVE, link(side, tap), "", Setting.DOWN, "as configured")
                            .needing(alias + ".back"));
        }
    }

    private static Step nic(Side side, String id, Emulated nic, String mac, String port, String why) {
        return Step.of(id, Phase.ARRIVE, new Setting(side, Setting.Kind.ENTRY, nic.bridge(), mac), "", port, why);
    }

    /** As it is at the source before the migration, so it is to be at the target. */
    private boolean isFiltered(Emulated nic, String mac) {
        return !nic.entry(source, mac).equals(Setting.NONE);
    }

    private void arriving(String id, Setting setting, String after, String why) {
        arrive.add(Step.of(id, Phase.ARRIVE, setting, "", after, why));
    }

    private static Setting link(Side side, String device) {
        return new Setting(side, Setting.Kind.GUEST_LINK, device, "");
    }

    private String read(Setting link) {
        String text =
                source.virsh("domif-getlink", "--domain=" + uuid, "--interface=" + Commands.plain(link.subject()));
        return text.strip().endsWith("down") ? Setting.DOWN : Setting.UP;
    }

    private static String alias(Nic nic) {
        return Commands.plain(nic.alias()
                .filter(alias -> alias.startsWith("ua-"))
                .orElseThrow(() -> new UserException("refused: " + nic.element().place() + ": a device of a pair has no"
                        + " <alias name='ua-...'/>, by which both hosts know it. Give it one.")));
    }

    private static String mac(Nic nic) {
        return nic.mac()
                .filter(MacAddress::isUnicast)
                .map(MacAddress::toString)
                .orElseThrow(() -> new UserException(
                        "refused: " + nic.element().place() + ": a device of a pair has no unicast <mac>."));
    }

    private static Nic standby(Domain domain, Nic primary) {
        refuseUnless(
                primary.isInterface(),
                primary.element().place() + ": a <hostdev>, whose MAC address libvirt does not set."
                        + " Make it an <interface type='hostdev'>");
        Nic standby = domain.standbyOf(primary)
                .orElseThrow(
                        () -> new UserException("refused: " + primary.element().place()
                                + ": the standby that it names is not there. 'twinport teaming check' says more."));
        refuseUnless(
                primary.mac().equals(standby.mac()),
                "the MAC addresses of " + alias(primary) + " and " + alias(standby)
                        + " differ: the guest finds no pair");
        return standby;
    }

    /** The bridge of a standby, which is one of the kernel's that twinport may write to. */
    private String bridge(HostPrograms host, Nic standby) {
        String what = "the standby " + standby.text();
        refuseUnless(
                !standby.type().equals("direct"),
                what + " is macvtap: it takes the guest's frames while both devices"
                        + " are there, and no entry moves them. Use a bridge");
        refuseUnless(
                standby.element().at("virtualport").isEmpty(),
                what + " is Open vSwitch: its flows are not twinport's" + " to change. Use a bridge of the kernel's");
        String bridge = switch (standby.type()) {
            case "bridge" -> standby.element().at("source", "bridge").orElse("");
            case "network" -> bridgeOf(host, standby.network().orElse(""));
            default -> "";
        };
        refuseUnless(!bridge.isEmpty(), what + " is of type '" + standby.type() + "' and leads to no bridge");
        JsonNode link = host.link(bridge);
        HostLink view = HostLink.of(link);
        refuseUnless(!view.kind().equals("openvswitch"), bridge + " at " + host.uri() + " is Open vSwitch");
        refuseUnless(view.kind().equals("bridge"), bridge + " at " + host.uri() + " is no bridge");
        refuseUnless(
                link.path("linkinfo").path("info_data").path("vlan_filtering").asInt(0) == 0,
                bridge + " at " + host.uri()
                        + " filters VLANs: in which of them an entry belongs twinport does not know");
        if (view.hasStp() || view.forwardDelay() > 0) {
            notes.add(bridge + " at " + host.uri() + " has a forward delay: a new tap is silent so long");
        }
        return Commands.plain(bridge);
    }

    private static String bridgeOf(HostPrograms host, String network) {
        Answer answer = host.run(Commands.virsh(host.uri(), "net-dumpxml", "--network=" + network));
        refuseUnless(
                answer.isGood(),
                "the network " + Printable.line(network) + " cannot be read at " + host.uri() + ": " + answer.why());
        XmlDocument document = XmlReader.read(network, answer.out().getBytes(StandardCharsets.UTF_8));
        XmlElement root = document.root();
        refuseUnless(root.at("virtualport").isEmpty(), "the network " + network + " is Open vSwitch");
        refuseUnless(
                root.at("bridge", "macTableManager").filter("libvirt"::equals).isEmpty(),
                "libvirt itself writes the" + " entries of the network " + network + " (macTableManager='libvirt')");
        refuseUnless(
                root.at("forward", "mode").filter("bridge"::equals).isPresent(),
                "the network " + network + " at " + host.uri() + " is not forward mode='bridge'");
        return root.at("bridge", "name").orElse("");
    }

    /** A tap on a bridge whose entries are its filter. */
    private record Emulated(String device, String bridge) {
        String entry(HostPrograms host, String mac) {
            return VirshHosts.entry(host, bridge, mac);
        }
    }

    private static Optional<Emulated> emulated(HostPrograms host, Nic primary) {
        if (!primary.type().equals("ethernet")) {
            return Optional.empty();
        }
        String device = Commands.plain(primary.element().at("target", "dev").orElse(""));
        String master = host.hostLink(device).master();
        refuseUnless(!master.isEmpty(), device + " is no port of a bridge, so it is no NIC that twinport knows");
        return Optional.of(new Emulated(device, master));
    }

    private NicVerdict verdict(HostPrograms host, Nic primary) {
        if (primary.type().equals("ethernet")) {
            return NicVerdict.LATE;
        }
        NicVerdict verdict = request.nic() != NicVerdict.UNKNOWN
                ? request.nic()
                : primary.hostAddress()
                        .flatMap(address -> VirshHosts.Vf.find(host, address.toString()))
                        .map(vf -> request.nics().behindBridge(nic(host, vf.pf())))
                        .orElse(NicVerdict.UNKNOWN);
        if (verdict == NicVerdict.LOST) {
            notes.add("no make-before-break for " + primary.text()
                    + ": as measured, this NIC loses frames for a VF whose driver is not up behind each bridge, with a filter"
                    + " and without ('probe mac-filter')");
        } else if (verdict == NicVerdict.UNKNOWN) {
            notes.add("no make-before-break for " + primary.text()
                    + ": nobody has measured where this NIC sends the frames for a"
                    + " VF whose driver is not up ('probe mac-filter' does; --nic early or late, if you know)");
        }
        return verdict;
    }

    private Optional<Setting> uplink(
            String alias, Side side, String bridge, String mac, NicVerdict verdict, boolean isEmulated) {
        if (verdict != NicVerdict.EARLY || isEmulated) {
            return Optional.empty();
        }
        HostPrograms host = side == Side.SOURCE ? source : target;
        List<String> ports = host.portsOf(bridge).stream()
                .filter(port -> !host.hostLink(port).kind().matches("tun|macvtap"))
                .toList();
        refuseUnless(
                ports.size() == 1,
                "which port of " + bridge + " at " + host.uri() + " is the uplink of " + alias
                        + " cannot be told: it has " + ports);
        return Optional.of(new Setting(side, Setting.Kind.FILTER, ports.getFirst(), mac));
    }

    /** Without the bit QEMU neither waits for the guest nor plugs the primary in at the target. */
    private void checkNegotiated(String standby) {
        refuseUnless(
                hasNegotiated(standby),
                "the guest has not acknowledged VIRTIO_NET_F_STANDBY on " + standby + ": QEMU would not"
                        + " wait until the primary is gone (Q14), and would plug none in at the target. Use --way managed");
    }

    /** Whether the guest's driver knows that its device is a standby; a QEMU that cannot be asked does not say so. */
    private boolean hasNegotiated(String standby) {
        String answer = source.run(Commands.virsh(
                        source.uri(),
                        "qemu-monitor-command",
                        "--domain=" + uuid,
                        "--cmd={\"execute\":\"x-query-virtio-status\",\"arguments\":{\"path\":\"/machine/peripheral/"
                                + standby + "/virtio-backend\"}}"))
                .out();
        int from = answer.indexOf("\"guest-features\"");
        int to = answer.indexOf("\"host-features\"", Math.max(0, from));
        return from >= 0
                && answer.substring(from, to < 0 ? answer.length() : to).contains("VIRTIO_NET_F_STANDBY");
    }

    private Move suitable(String primary, String standby) {
        boolean isFailover = hasNegotiated(standby);
        notes.add(primary + ": --move "
                + (isFailover
                        ? "unplug: the guest has acknowledged VIRTIO_NET_F_STANDBY, as the kernel's net_failover does,"
                                + " which receives by the standby only once the primary is gone"
                        : "link: the guest has not acknowledged VIRTIO_NET_F_STANDBY, so its driver is not the kernel's"
                                + " net_failover"));
        return isFailover ? Move.UNPLUG : Move.LINK;
    }

    /** libvirt plugs one in without what {@code <qemu:override>} says: then QEMU does not know the pair any more. */
    private void checkPaired(String primary) {
        String answer = source.virsh(
                "qemu-monitor-command",
                "--domain=" + uuid,
                "--cmd={\"execute\":\"qom-get\",\"arguments\":{\"path\":\"/machine/peripheral/" + primary
                        + "\",\"property\":\"failover_pair_id\"}}");
        refuseUnless(
                answer.matches("(?s).*\"return\":\\s*\"[^\"]+\".*"),
                "QEMU does not know " + primary + " as a primary (failover_pair_id is empty). Use --way managed");
    }
}
