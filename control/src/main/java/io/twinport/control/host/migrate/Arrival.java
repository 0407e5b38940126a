package io.twinport.control.host.migrate;

import java.util.List;
import java.util.Optional;

/** The steps at the host that has the guest, for one pair: its primary comes back, and its frames by it. */
final class Arrival {
    private final Request request;
    private final PlannedPair pair;
    private final HostNetwork network;
    private final Side side;
    private final String bridge;
    private final boolean isFiltered;
    private final String alias;
    private final String mac;
    private final String tap;
    private final List<Step> arrive;

    /**
     * @param network that host's
     * @param bridge the standby's there
     * @param isFiltered whether an emulated NIC is to have its filter
     * @param arrive gets the steps
     */
    Arrival(
            Request request,
            PlannedPair pair,
            HostNetwork network,
            String bridge,
            boolean isFiltered,
            List<Step> arrive) {
        this.request = request;
        this.pair = pair;
        this.network = network;
        this.side = network.host().side();
        this.bridge = bridge;
        this.isFiltered = isFiltered;
        this.alias = pair.alias();
        this.mac = pair.mac();
        this.tap = "@" + pair.standbyAlias();
        this.arrive = arrive;
    }

    /** Adds them to the plan. */
    void plan() {
        Setting entry = new Setting(side, Setting.Kind.ENTRY, bridge, mac);
        Setting sender =
                new Setting(side, Setting.Kind.SENDER, "@" + alias, pair.move() == Move.AGENT ? "primary" : "");
        arriving(alias + ".there-entry", entry, tap, "nothing is lost until the guest has its primary");
        Optional<Setting> filter = pair.uplink(network, bridge);
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
                    .withXml(pair.primary().element().written())
                    .within(Step.UNPLUG_MILLIS));
        } else {
            pair.emulated()
                    .ifPresent(nic -> arriving(
                            alias + ".in",
                            Setting.guestLink(side, nic.device()),
                            Setting.UP,
                            "QEMU has plugged it in"));
        }
        Optional<EmulatedNic> filtered = pair.emulated().filter(nic -> isFiltered);
        filtered.ifPresent(nic -> {
            Refusal.unless(
                    network.host().hostLink(nic.device()).master().equals(nic.bridge()),
                    nic.device() + " is no port of " + nic.bridge() + " at "
                            + network.host().uri());
            arrive.add(nic(alias + ".there-nic", nic, nic.device(), "the NIC's filter for the VF")
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
                .within(Step.WORD_MILLIS);
        arrive.add(request.maySilent() ? word.optional() : word);
        filtered.ifPresent(nic ->
                arrive.add(nic(alias + ".there-nic-gone", nic, Setting.NONE, "the guest does not take its primary")
                        .needing(Step.UNLESS + alias + ".back")));
        arriving(alias + ".there-entry-gone", entry, Setting.NONE, "the frames are the primary's again");
        filter.ifPresent(each -> arriving(alias + ".there-uplink-gone", each, Setting.NONE, "likewise"));
        boolean isDown = pair.standby()
                .element()
                .at("link", "state")
                .filter("down"::equals)
                .isPresent();
        if (isDown) {
            arrive.add(Step.of(
                            alias + ".there-standby",
                            Phase.ARRIVE,
                            Setting.guestLink(side, tap),
                            "",
                            Setting.DOWN,
                            "as configured")
                    .needing(alias + ".back"));
        }
    }

    private Step nic(String id, EmulatedNic nic, String port, String why) {
        return Step.of(id, Phase.ARRIVE, new Setting(side, Setting.Kind.ENTRY, nic.bridge(), mac), "", port, why);
    }

    private void arriving(String id, Setting setting, String after, String why) {
        arrive.add(Step.of(id, Phase.ARRIVE, setting, "", after, why));
    }
}
