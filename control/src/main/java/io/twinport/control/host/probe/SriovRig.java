package io.twinport.control.host.probe;

import io.twinport.control.Pause;
import io.twinport.dpdk.MacAddress;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A VF of this host. What is changed is taken back by {@link #dismantle}, after each walk, and by {@link #close}: the VF's driver,
 * its address at the PF, the VF itself if it was made, and what was set up over the PF.
 */
final class SriovRig implements Rig {
    private static final String NO_ADDRESS = "00:00:00:00:00:00";
    private static final int LIMIT_MILLIS = 20_000;

    private final Sysfs sysfs;
    private final HostCommands commands;
    private final StandbyWay.There there;
    private final MacAddress mac;
    private final boolean makesVf;
    private final Traffic traffic;
    private final StandbyWay way;
    private Undo undo = new Undo();
    private @Nullable String netdev;

    /**
     * @param there a namespace in which no service of the machine finds the VF's interface
     * @param makesVf whether there is no VF, and one is made
     */
    SriovRig(
            Sysfs sysfs,
            HostCommands commands,
            StandbyWay.There there,
            MacAddress mac,
            boolean makesVf,
            Traffic traffic) {
        this.sysfs = sysfs;
        this.commands = commands;
        this.there = there;
        this.mac = mac;
        this.makesVf = makesVf;
        this.traffic = traffic;
        this.way = new StandbyWay(
                commands, there, sysfs.pf(), mac, ProcessHandle.current().pid());
        traffic.capture(Place.PF, sysfs.pf());
        traffic.start();
    }

    /** Other VFs that there are stay: then this one is always there. */
    @Override
    public List<VfState> states() {
        return VfState.WALK.stream()
                .filter(state -> makesVf || state != VfState.ABSENT && state != VfState.GONE)
                .toList();
    }

    @Override
    public Traffic traffic() {
        return traffic;
    }

    @Override
    public void arrange(Holder holder) {
        way.arrange(holder, traffic, undo);
    }

    @Override
    public void dismantle() {
        Undo old = undo;
        undo = new Undo();
        List<String> failures = old.all();
        if (!failures.isEmpty()) {
            throw new ProbeException(
                    "not everything could be taken back. Please do it by hand: " + String.join("; ", failures));
        }
    }

    @Override
    public void enter(VfState state) throws NotMeasuredException {
        switch (state) {
            case ABSENT -> {}
            case MADE -> make();
            case ADDRESSED -> {
                undo.add(setMac(NO_ADDRESS), () -> {
                    if (sysfs.hasVf()) {
                        run(setMac(NO_ADDRESS));
                    }
                });
                run(setMac(mac.toString()));
            }
            case VFIO -> bindToVfio();
            case BOUND -> bind();
            case UP -> {
                setLink("up");
                traffic.drain(Place.VF);
            }
            case DOWN -> setLink("down");
            case UNBOUND -> {
                netdev();
                unbind();
            }
            case RESET -> {
                if (!sysfs.canReset()) {
                    throw new NotMeasuredException("the VF cannot be reset by itself");
                }
                sysfs.reset();
            }
            case RELEASED -> run(setMac(NO_ADDRESS));
            case GONE -> sysfs.setVfs(0);
        }
    }

    private void make() {
        String autoprobe = sysfs.autoprobe();
        if (!autoprobe.isEmpty()) {
            undo.add("echo " + autoprobe + " > sriov_drivers_autoprobe", () -> sysfs.setAutoprobe(autoprobe));
        }
        if (makesVf) {
            setAutoprobe("0");
            undo.add("echo 0 > sriov_numvfs", () -> {
                if (sysfs.vfs() > 0) {
                    sysfs.setVfs(0);
                }
            });
            sysfs.setVfs(sysfs.vf() + 1);
            await(sysfs::hasVf, "the VF has not appeared");
        }
        String driver = sysfs.vfDriver();
        undo.add(
                "bind " + sysfs.vfAddress() + " to " + (driver.isEmpty() ? "no driver" : driver),
                () -> release(driver));
        unbind();
    }

    /** The VF's driver is again what it was, if the VF is there. */
    private void release(String driver) {
        traffic.forget(Place.VF);
        netdev = null;
        if (sysfs.hasVf()) {
            if (!sysfs.override().isEmpty()) {
                sysfs.setOverride("");
            }
            if (!sysfs.vfDriver().isEmpty()) {
                sysfs.unbind();
            }
            if (!driver.isEmpty() && !makesVf) {
                setAutoprobe("1");
                sysfs.probe();
            }
        }
    }

    /** With 0 the kernel gives a VF no driver, not even when it is asked to look for one. */
    private void setAutoprobe(String value) {
        if (!sysfs.autoprobe().isEmpty() && !sysfs.autoprobe().equals(value)) {
            sysfs.setAutoprobe(value);
        }
    }

    private void unbind() {
        traffic.forget(Place.VF);
        netdev = null;
        if (!sysfs.vfDriver().isEmpty()) {
            sysfs.unbind();
        }
    }

    private void bindToVfio() throws NotMeasuredException {
        if (!sysfs.isVfioLoaded()) {
            throw new NotMeasuredException("vfio-pci is not loaded: modprobe vfio-pci");
        }
        sysfs.setOverride(Sysfs.VFIO);
        try {
            sysfs.probe();
        } catch (ProbeException e) {
            // Whether it is bound is what counts.
        }
        if (!sysfs.vfDriver().equals(Sysfs.VFIO)) {
            sysfs.setOverride("");
            throw new NotMeasuredException("vfio-pci does not take the VF: is there an IOMMU?");
        }
    }

    private void bind() throws NotMeasuredException {
        unbind();
        if (!sysfs.override().isEmpty()) {
            sysfs.setOverride("");
        }
        setAutoprobe("1");
        sysfs.probe();
        if (sysfs.vfDriver().isEmpty()) {
            throw new NotMeasuredException("no driver takes the VF: load the one for it");
        }
        // A service may give it another name meanwhile.
        if (!Pause.until(this::takeNetdev, LIMIT_MILLIS)) {
            unbind();
            throw new NotMeasuredException("the VF's driver makes no interface");
        }
        String name = String.valueOf(netdev);
        there.in(() -> {
            traffic.capture(Place.VF, name);
            return name;
        });
    }

    /** Has the VF's interface to itself. */
    private boolean takeNetdev() {
        List<String> names = sysfs.vfNetdevs();
        if (names.isEmpty()) {
            return false;
        }
        try {
            if (there.namespace() != null) {
                run("ip link set " + names.getFirst() + " netns " + there.namespace());
            }
            netdev = names.getFirst();
            return true;
        } catch (ProbeException e) {
            return false;
        }
    }

    private void setLink(String to) throws NotMeasuredException {
        String name = netdev();
        there.in(() -> run("ip link set " + name + " " + to));
    }

    private String netdev() throws NotMeasuredException {
        if (netdev == null) {
            throw new NotMeasuredException("it has no driver of its own");
        }
        return netdev;
    }

    private static void await(BooleanSupplier condition, String otherwise) {
        if (!Pause.until(condition, LIMIT_MILLIS)) {
            throw new ProbeException(otherwise + " within " + LIMIT_MILLIS / 1000 + " s");
        }
    }

    private String setMac(String address) {
        return "ip link set " + sysfs.pf() + " vf " + sysfs.vf() + " mac " + address;
    }

    private String run(String line) {
        return commands.run(line.split(" "));
    }

    @Override
    public void close() {
        try {
            dismantle();
        } finally {
            traffic.close();
        }
    }
}
