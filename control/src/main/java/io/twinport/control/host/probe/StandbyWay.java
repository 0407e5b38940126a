package io.twinport.control.host.probe;

import io.twinport.dpdk.MacAddress;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The standby's way over a PF: a bridge with a TAP's place, or a macvlan. The bridge is where the PF is; what the standby sees is in a
 * private network namespace, where no service of the machine finds it.
 */
final class StandbyWay {
    /** Where the standby is. */
    interface There {
        /** Does something there. */
        <T> T in(Supplier<T> work);

        /** Its namespace, for {@code ip}; null where that is this one. */
        @Nullable
        Path namespace();
    }

    private final HostCommands commands;
    private final There there;
    private final String pf;
    private final MacAddress mac;
    private final String bridge;
    private final String port;
    private final String tap;
    private final String macvlan;

    /** @param id makes the names of interfaces different from all others */
    StandbyWay(HostCommands commands, There there, String pf, MacAddress mac, long id) {
        this.commands = commands;
        this.there = there;
        this.pf = pf;
        this.mac = mac;
        this.bridge = "tpb" + id;
        this.port = "tpp" + id;
        this.tap = "tpt" + id;
        this.macvlan = "tpm" + id;
    }

    /** Sets it up, and looks at its places. */
    void arrange(Holder holder, Traffic traffic, Undo undo) {
        switch (holder) {
            case PF -> {}
            case BRIDGE -> bridge(traffic, undo);
            case FILTER -> {
                bridge(traffic, undo);
                String entry = mac + " dev " + pf + " self";
                undo.add("bridge fdb del " + entry, () -> run("bridge fdb del " + entry));
                run("bridge fdb add " + entry);
            }
            case MACVLAN -> macvlan(traffic, undo);
        }
    }

    private void bridge(Traffic traffic, Undo undo) {
        undo.add("ip link delete " + bridge, () -> run("ip link delete " + bridge));
        run("ip link add " + bridge + " type bridge forward_delay 0 mcast_snooping 0");
        undo.add("ip link delete " + port, () -> run("ip link delete " + port));
        run("ip link add " + port + " type veth peer name " + tap + netns());
        undo.add("stop looking", () -> {
            traffic.forget(Place.TAP);
            traffic.forget(Place.BRIDGE);
        });
        run("ip link set " + port + " master " + bridge + " up");
        run("ip link set " + bridge + " up");
        thereUp(tap, Place.TAP, traffic);
        traffic.capture(Place.BRIDGE, bridge);
        undo.add("ip link set " + pf + " nomaster", () -> run("ip link set " + pf + " nomaster"));
        run("ip link set " + pf + " master " + bridge);
        run("bridge fdb replace " + mac + " dev " + port + " master static");
    }

    private void macvlan(Traffic traffic, Undo undo) {
        undo.add("ip link delete " + macvlan, () -> there.in(() -> run("ip link delete " + macvlan)));
        run("ip link add link " + pf + " name " + macvlan + netns() + " address " + mac + " type macvlan mode bridge");
        undo.add("stop looking", () -> traffic.forget(Place.MACVLAN));
        thereUp(macvlan, Place.MACVLAN, traffic);
    }

    private void thereUp(String netdev, Place place, Traffic traffic) {
        there.in(() -> {
            traffic.capture(place, netdev);
            return run("ip link set " + netdev + " up");
        });
    }

    private String netns() {
        Path namespace = there.namespace();
        return namespace == null ? "" : " netns " + namespace;
    }

    private String run(String line) {
        return commands.run(line.split(" "));
    }
}
