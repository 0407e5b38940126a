package io.twinport.control.host.probe;

import io.twinport.dpdk.MacAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A NIC that is made of the kernel's bridge, in the network namespace of the calling thread, which has nothing else in it. The bridge
 * is the NIC's own switch; its forwarding entry for the address is the NIC's filter; the VF's driver is up when the far end of
 * its port is.
 *
 * <pre>
 *   wire ==== wire-nic -+       +- pf-nic ==== pf - the standby's way
 *                       +- nic -+
 *   peer ==== peer-nic -+       +- vf0-nic === vf0
 * </pre>
 */
final class EmulatedRig implements Rig {
    private static final String WIRE = "wire";
    private static final String PEER = "peer";
    private static final String PF = "pf";
    private static final String VF = "vf0";
    private static final String NIC = "nic";

    /** More than the classifier takes for frames on their way. */
    private static final int LATE_FRAMES = 20;

    private static final int PATIENCE_SECONDS = 60;

    private final HostCommands commands;
    private final Emulation emulation;
    private final MacAddress mac;
    private final Traffic traffic;
    private final StandbyWay way;
    private Undo undo = new Undo();
    private Holder holder = Holder.BRIDGE;

    EmulatedRig(HostCommands commands, Emulation emulation, MacAddress mac, int rate, BooleanSupplier isInterrupted) {
        this.commands = commands;
        this.emulation = emulation;
        this.mac = mac;
        run("ip link add " + NIC + " type bridge forward_delay 0 mcast_snooping 0");
        run("ip link set " + NIC + " up");
        List.of(WIRE, PEER, PF).forEach(this::plug);
        List.of(WIRE, PEER, PF).forEach(each -> run("ip link set " + each + " up"));
        way = new StandbyWay(commands, new Here(), PF, mac, 0);
        traffic = new Traffic(WIRE, mac, rate, PATIENCE_SECONDS, isInterrupted);
        traffic.capture(Place.PF, PF);
        traffic.capture(Place.PEER, PEER);
        traffic.start();
    }

    /** The standby is in the same namespace. */
    private static final class Here implements StandbyWay.There {
        @Override
        public <T> T in(Supplier<T> work) {
            return work.get();
        }

        @Override
        public @Nullable Path namespace() {
            return null;
        }
    }

    /** Nobody gets by flooding what is for the address, unless the NIC is one that doubles frames. */
    private void plug(String netdev) {
        run("ip link add name " + netdev + " type veth peer name " + portOf(netdev));
        run("ip link set " + portOf(netdev) + " master " + NIC + " up");
        run("bridge link set dev " + portOf(netdev) + " learning off flood off");
    }

    private static String portOf(String netdev) {
        return netdev + "-nic";
    }

    @Override
    public List<VfState> states() {
        return Emulation.WALK;
    }

    @Override
    public Traffic traffic() {
        return traffic;
    }

    @Override
    public void arrange(Holder newHolder) {
        holder = newHolder;
        way.arrange(newHolder, traffic, undo);
        filter(true, false);
    }

    @Override
    public void dismantle() {
        Undo old = undo;
        undo = new Undo();
        List<String> failures = old.all();
        if (!failures.isEmpty()) {
            throw new ProbeException("the emulation could not be taken apart: " + String.join(", ", failures));
        }
    }

    @Override
    public void enter(VfState state) {
        switch (state) {
            case ABSENT, BOUND -> {}
            case MADE -> {
                undo.add("ip link delete " + VF, this::removeVf);
                plug(VF);
                traffic.capture(Place.VF, VF);
            }
            case ADDRESSED -> {
                if (emulation == Emulation.EARLY) {
                    filterVf();
                }
            }
            case UP -> {
                run("ip link set " + VF + " up");
                traffic.drain(Place.VF);
                if (emulation != Emulation.EARLY && emulation != Emulation.LATE) {
                    filterVf();
                }
            }
            case DOWN -> {
                if (emulation != Emulation.EARLY && emulation != Emulation.LATE) {
                    filter(true, false);
                    // As a driver does that stops its queues: what is in them is taken out first.
                    traffic.drain(Place.VF);
                }
                run("ip link set " + VF + " down");
            }
            case RELEASED -> filter(true, false);
            case GONE -> removeVf();
            case VFIO, UNBOUND, RESET -> throw new IllegalArgumentException(state.name());
        }
    }

    @Override
    public void settle(VfState state) {
        if (emulation == Emulation.LATE && (state == VfState.UP || state == VfState.DOWN)) {
            traffic.awaitSent(LATE_FRAMES);
            if (state == VfState.UP) {
                filterVf();
            } else {
                filter(true, false);
            }
        }
    }

    private void removeVf() {
        traffic.forget(Place.VF);
        if (!commands.run("ip", "-o", "link", "show", "type", "veth").contains(" " + VF + "@")) {
            return;
        }
        run("ip link delete " + VF);
    }

    /** The NIC's filter is as it is for a VF that has the address. A PF with the address in its own filter gets the frames too. */
    private void filterVf() {
        boolean isDouble = emulation == Emulation.DUPLICATE || holder == Holder.FILTER || holder == Holder.MACVLAN;
        filter(isDouble, emulation != Emulation.NOWHERE);
    }

    /** Each way changes by one command, so that no frame meets half a change. */
    private void filter(boolean toPf, boolean toVf) {
        if (toPf && toVf) {
            // It takes effect when there is no entry any more.
            run("bridge link set dev " + portOf(PF) + " flood on");
            run("bridge link set dev " + portOf(VF) + " flood on");
            run("bridge fdb del " + mac + " dev " + portOf(PF) + " master");
            return;
        }
        // A permanent one is the switch's own address: the frames go nowhere.
        run("bridge fdb replace " + mac + " dev " + portOf(toVf ? VF : PF) + " master "
                + (toPf || toVf ? "static" : "permanent"));
    }

    private String run(String line) {
        return commands.run(line.split(" "));
    }

    @Override
    public void close() {
        traffic.close();
    }
}
