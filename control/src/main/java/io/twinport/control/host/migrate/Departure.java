package io.twinport.control.host.migrate;

import io.twinport.control.host.teaming.Domain;
import io.twinport.control.host.teaming.Nic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The steps at the source for one pair: the guest moves to its standby, its frames after it; and what is taken back once it has left. */
final class Departure {
    private final Request request;
    private final PlannedPair pair;
    private final Domain live;
    private final String uuid;
    private final HostNetwork network;
    private final HostPrograms source;
    private final String bridge;
    private final String tap;
    private final String alias;
    private final String mac;
    private final List<Step> prepare;
    private final List<Step> leave;
    private final List<Step> cleared = new ArrayList<>();
    private final Consumer<String> notes;

    /**
     * @param live the guest as it runs
     * @param network the source's
     * @param bridge the standby's there; likewise the tap
     * @param prepare gets the steps before the migration
     * @param leave gets those after it
     * @param notes gets what the user should know
     */
    Departure(
            Request request,
            PlannedPair pair,
            Domain live,
            String uuid,
            HostNetwork network,
            String bridge,
            String tap,
            List<Step> prepare,
            List<Step> leave,
            Consumer<String> notes) {
        this.request = request;
        this.pair = pair;
        this.live = live;
        this.uuid = uuid;
        this.network = network;
        this.source = network.host();
        this.bridge = bridge;
        this.tap = tap;
        this.alias = pair.alias();
        this.mac = pair.mac();
        this.prepare = prepare;
        this.leave = leave;
        this.notes = notes;
    }

    /** Adds them to the plan. */
    void plan() {
        prepare(
                alias + ".standby",
                Setting.guestLink(Side.SOURCE, tap),
                read(Setting.guestLink(Side.SOURCE, tap)),
                Setting.UP,
                "the standby can take over");
        move();
        if (pair.move() == Move.AGENT) {
            word();
        }
        Setting entry = new Setting(Side.SOURCE, Setting.Kind.ENTRY, bridge, mac);
        String before = VirshHosts.entry(source, bridge, mac);
        Refusal.unless(
                before.equals(Setting.NONE) || before.equals(tap),
                "the bridge " + bridge + " of the source has an entry of "
                        + mac + " at " + before + ", which takes the guest's frames away. 'bridge fdb del " + mac
                        + " dev "
                        + before.replace("+permanent", "") + " master', if it is a leftover");
        // The kernel's driver is deaf on the standby until the primary is gone: till then its frames go where they
        // went.
        boolean isMovedByUnplug = pair.move() == Move.UNPLUG && request.way() == Plan.Way.MANAGED;
        pair.uplink(network, bridge).ifPresent(filter -> {
            prepare.add(toUplink(alias, filter));
            leave.add(Step.of(alias + ".uplink-gone", Phase.LEAVE, filter, "", Setting.NONE, "the guest is elsewhere"));
        });
        if (isMovedByUnplug) {
            out();
        }
        prepare.add(toTap(alias, bridge, mac, before, tap));
        pair.emulated()
                .filter(nic -> nic.isFiltered(source, mac))
                .ifPresent(nic -> prepare(
                        alias + ".nic",
                        new Setting(Side.SOURCE, Setting.Kind.ENTRY, nic.bridge(), mac),
                        nic.entry(source, mac),
                        Setting.NONE,
                        "the NIC forgets the VF: its frames reach the bridge"));
        if (pair.move() == Move.LINK) {
            word();
        }
        if (isMovedByUnplug) {
            word();
        } else if (request.way() == Plan.Way.MANAGED) {
            out();
        }
        (request.way() == Plan.Way.MANAGED ? prepare : leave).addAll(cleared);
        leave.addFirst(Step.of(
                alias + ".entry-gone",
                Phase.LEAVE,
                entry,
                "",
                Setting.NONE,
                "one left behind would swallow what the source's own guests send"));
    }

    /** The guest sends by the standby before its primary goes. */
    private void move() {
        if (pair.emulated().isEmpty()) {
            moveVf();
        } else if (pair.move() == Move.LINK) {
            prepare(
                    alias + ".primary",
                    Setting.guestLink(Side.SOURCE, pair.emulated().get().device()),
                    read(Setting.guestLink(Side.SOURCE, pair.emulated().get().device())),
                    Setting.DOWN,
                    "the guest moves to the standby");
        }
    }

    private void moveVf() {
        VirshHosts.Vf vf = live.nics().stream()
                .filter(nic -> nic.alias().equals(pair.primary().alias()))
                .findFirst()
                .flatMap(Nic::hostAddress)
                .flatMap(address -> VirshHosts.Vf.find(source, address.toString()))
                .orElseThrow(() -> Refusal.of(alias + " is no VF of an interface of the source"));
        Refusal.unless(
                !network.isPortOfBond(vf.link()),
                vf.pf() + " belongs to a bond (VF-LAG): its filters are the bond's, and twinport"
                        + " does not know them");
        String number = String.valueOf(vf.number());
        String state = source.vf(vf.pf(), number)
                .map(each -> each.path("link_state").asString(""))
                .orElse("");
        Setting link = new Setting(Side.SOURCE, Setting.Kind.VF_LINK, vf.pf(), number);
        Setting address = new Setting(Side.SOURCE, Setting.Kind.VF_MAC, vf.pf(), number);
        if (pair.move() != Move.LINK) {
            // It keeps its link.
        } else if (state.isEmpty() || network.driver(vf.pf()).equals("igb")) {
            notes.accept("the driver of " + vf.pf()
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
                address,
                mac,
                Setting.ZERO_MAC,
                "only where it is still the guest's: libvirt takes it back itself"));
    }

    /** A guest that is asked has moved before its frames are sent elsewhere; one whose VF has no link can answer only afterwards. */
    private void word() {
        Step word = Step.of(
                        alias + ".moved",
                        Phase.PREPARE,
                        new Setting(Side.SOURCE, Setting.Kind.SENDER, tap, pair.move() == Move.AGENT ? "standby" : ""),
                        "",
                        Setting.THERE,
                        "it says so, or its frames come by the tap")
                .within(Step.WORD_MILLIS);
        prepare.add(request.maySilent() ? word.optional() : word);
    }

    private void out() {
        prepare.add(Step.of(
                        alias + ".out",
                        Phase.PREPARE,
                        new Setting(Side.SOURCE, Setting.Kind.DEVICE, alias, ""),
                        Setting.THERE,
                        Setting.NONE,
                        "by alias: both devices have one MAC address. Until it is gone")
                .withXml(pair.primary().element().written())
                .within(Step.UNPLUG_MILLIS));
    }

    private void prepare(String id, Setting setting, String before, String after, String why) {
        prepare.add(Step.of(id, Phase.PREPARE, setting, before, after, why));
    }

    private String read(Setting link) {
        String text =
                source.virsh("domif-getlink", "--domain=" + uuid, "--interface=" + Commands.plain(link.subject()));
        return text.strip().endsWith("down") ? Setting.DOWN : Setting.UP;
    }

    static Step toTap(String alias, String bridge, String mac, String before, String tap) {
        return Step.of(
                alias + ".entry",
                Phase.PREPARE,
                new Setting(Side.SOURCE, Setting.Kind.ENTRY, bridge, mac),
                before,
                tap,
                "frames that come to the bridge go to the tap; without 'static' they would go to the host");
    }

    static Step toUplink(String alias, Setting filter) {
        return Step.of(
                alias + ".uplink",
                Phase.PREPARE,
                filter,
                Setting.NONE,
                Setting.THERE,
                "the NIC sends nothing into the VF alone");
    }
}
