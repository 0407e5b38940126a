package io.twinport.control.host.probe;

import io.twinport.posix.Interfaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A made-up NIC with an SR-IOV driver that does what igb was measured to do: files in the place of sysfs, and {@code ip}'s words about
 * VFs. Frames really go: its switch is a bridge in the calling thread's network namespace, which floods to those ports that
 * its filter lets them to.
 */
final class FakeIgb implements Sysfs.Attributes, HostCommands {
    static final String PF = "pf0";
    static final String WIRE = "wire0";
    private static final String VF = "eth9";
    private static final String VF_PORT = "vfport";

    /** What was asked for of the kernel, and by {@code ip} of the PF. */
    final List<String> log = new ArrayList<>();

    final Path root;
    private final HostCommands commands;
    private final Path device;
    private final Path vf;
    private String mac = "00:00:00:00:00:00";
    private boolean isInBridge;
    private boolean pfHas;
    private boolean isBound;

    /** In whose network namespace the NIC is. */
    private final Thread host = Thread.currentThread();

    FakeIgb(Path root, HostCommands commands) throws IOException {
        this.root = root;
        this.commands = commands;
        this.device = root.resolve("sys/devices/pf");
        this.vf = root.resolve("sys/devices/0000:01:10.0");
        for (String folder : List.of(
                "sys/class/net",
                "sys/bus/pci/drivers/igb",
                "sys/bus/pci/drivers/igbvf",
                "sys/bus/pci/drivers/vfio-pci",
                "proc",
                "sys/devices/pf")) {
            Files.createDirectories(root.resolve(folder));
        }
        real("ip link add nic type bridge forward_delay 0 mcast_snooping 0");
        real("ip link set nic up");
        plug(WIRE, "wireport");
        plug(PF, "pfport");
        netdev(PF);
        netdev(WIRE);
        Files.createSymbolicLink(root.resolve("sys/class/net/" + PF + "/device"), device);
        file(device.resolve("sriov_totalvfs"), "7");
        file(device.resolve("sriov_numvfs"), "0");
        file(device.resolve("sriov_drivers_autoprobe"), "1");
        file(device.resolve("vendor"), "0x8086");
        file(device.resolve("device"), "0x10c9");
        Files.createSymbolicLink(device.resolve("driver"), root.resolve("sys/bus/pci/drivers/igb"));
        filter();
    }

    private void plug(String netdev, String port) {
        real("ip link add name " + netdev + " type veth peer name " + port);
        real("ip link set " + netdev + " up");
        real("ip link set " + port + " master nic up");
        real("bridge link set dev " + port + " learning off flood off");
    }

    private void netdev(String name) throws IOException {
        Path folder = Files.createDirectories(root.resolve("sys/class/net").resolve(name));
        file(folder.resolve("flags"), "0x1003");
        file(folder.resolve("ifindex"), String.valueOf(Interfaces.indexOf(name).orElseThrow()));
    }

    static void file(Path file, String text) throws IOException {
        Files.writeString(file, text + "\n");
    }

    Sysfs sysfs() {
        return new Sysfs(root, this, PF, 0);
    }

    /** A VF is there already. */
    void makeVf() throws IOException {
        write(device.resolve("sriov_numvfs"), "1");
    }

    Path vf() {
        return vf;
    }

    void setMac(String address) {
        mac = address;
    }

    // ---- the kernel ----

    @Override
    public void write(Path path, String text) throws IOException {
        String name = path.getFileName().toString();
        log.add("echo " + text.strip() + " > " + name);
        switch (name) {
            case "sriov_numvfs" -> {
                file(path, text);
                if (text.equals("0")) {
                    unbind();
                    mac = "00:00:00:00:00:00";
                    Files.deleteIfExists(device.resolve("virtfn0"));
                } else {
                    Files.createDirectories(vf);
                    file(vf.resolve("driver_override"), "(null)");
                    file(vf.resolve("reset"), "");
                    Files.createSymbolicLink(device.resolve("virtfn0"), vf);
                    if (Files.readString(device.resolve("sriov_drivers_autoprobe"))
                            .startsWith("1")) {
                        bind();
                    }
                }
            }
            case "drivers_probe" -> bind();
            case "unbind" -> unbind();
            case "reset" -> {}
            default -> file(path, text.strip());
        }
        filter();
    }

    private void bind() throws IOException {
        boolean isForVfio = Files.readString(vf.resolve("driver_override")).startsWith("vfio-pci");
        boolean mayProbe = isForVfio
                || Files.readString(device.resolve("sriov_drivers_autoprobe")).startsWith("1");
        if (mayProbe && !Files.exists(vf.resolve("driver"))) {
            String driver = isForVfio ? "vfio-pci" : "igbvf";
            Files.createSymbolicLink(
                    vf.resolve("driver"), root.resolve("sys/bus/pci/drivers").resolve(driver));
            if (!isForVfio) {
                real("ip link add name " + VF + " type veth peer name " + VF_PORT);
                real("ip link set " + VF_PORT + " master nic up");
                real("bridge link set dev " + VF_PORT + " learning off flood off");
                Files.createDirectories(vf.resolve("net/" + VF));
                netdev(VF);
                file(root.resolve("sys/class/net/" + VF + "/flags"), "0x1002");
                isBound = true;
            }
        }
    }

    private void unbind() throws IOException {
        if (isBound) {
            real("ip link delete " + VF_PORT);
            isBound = false;
        }
        Files.deleteIfExists(vf.resolve("driver"));
        Files.deleteIfExists(vf.resolve("net/" + VF));
    }

    /** What igb does: a VF's address is the VF's from the moment on that the PF knows it, whether the VF can receive or not. */
    private void filter() {
        if (Thread.currentThread() != host) {
            return; // somebody elsewhere: what he changes in the filter is done with the next command here
        }
        boolean isStolen = !mac.matches("[0:]+");
        boolean hasVf = Files.exists(device.resolve("virtfn0"));
        boolean toPf = pfHas || !isStolen && (isInBridge || hasVf);
        real("bridge link set dev pfport flood " + (toPf ? "on" : "off"));
        if (isBound) {
            real("bridge link set dev " + VF_PORT + " flood " + (isStolen ? "on" : "off"));
        }
    }

    // ---- ip and bridge ----

    @Override
    public String run(String... command) {
        String line = String.join(" ", command);
        if (line.equals("ethtool -i " + PF)) {
            return "driver: igb\nversion: 6.12\nfirmware-version: 1.4.3\nexpansion-rom-version: \n";
        }
        if (line.equals("ip -j link show dev " + PF)) {
            return "[{\"ifname\": \"pf0\", \"vfinfo_list\": [{\"vf\": 0, \"address\": \"" + mac + "\"}]}]";
        }
        if (line.startsWith("ip link set " + PF + " vf 0 mac ")) {
            log.add(line);
            mac = command[command.length - 1];
            filter();
            return "";
        }
        String answer = real(line);
        if (line.startsWith("ip link set " + VF + " netns ")) {
            delete(vf.resolve("net/" + VF));
        }
        isInBridge = isInBridge
                ? !line.equals("ip link set " + PF + " nomaster")
                : line.startsWith("ip link set " + PF + " master");
        boolean takes = line.startsWith("bridge fdb add") && line.endsWith(" dev " + PF + " self")
                || line.contains("type macvlan");
        boolean gives = line.startsWith("bridge fdb del") || line.startsWith("ip link delete tpm");
        pfHas = takes || pfHas && !gives;
        filter();
        return answer;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String real(String line) {
        return commands.run(line.split(" "));
    }
}
