package io.twinport.hw;

import io.twinport.control.Pause;
import io.twinport.control.qmp.Qmp;
import io.twinport.control.qmp.QmpException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A running guest: its NICs by their names, its monitor and a shell in it. Closing it ends it at once. */
public final class QemuVm implements AutoCloseable {
    private static final Duration BOOT = Duration.ofSeconds(60);
    private static final Duration MONITOR = Duration.ofSeconds(10);
    private static final Duration UNPLUG = Duration.ofSeconds(10);

    private final String name;
    private final Map<String, Nic> nics;
    private final Process process;
    private final Path sockets;
    private final Writer qmpLog;
    private final Qmp qmp;
    private final GuestShell shell;

    /**
     * @param properties of QEMU's device, without its id, netdev and bus
     * @param bus its root port
     * @param address where the guest's firmware puts what is in that root port
     */
    record Nic(String driver, Wire wire, WirePort port, Map<String, String> properties, String bus, String address) {
        /** QEMU lets its Intel NICs negotiate for half a second after the link has come back; virtio has nothing to agree on. */
        Duration negotiation() {
            return driver.startsWith("virtio") ? Duration.ZERO : Duration.ofMillis(500);
        }
    }

    private QemuVm(
            String name,
            Map<String, Nic> nics,
            Process process,
            Path sockets,
            Writer qmpLog,
            Qmp qmp,
            GuestShell shell) {
        this.name = name;
        this.nics = nics;
        this.process = process;
        this.sockets = sockets;
        this.qmpLog = qmpLog;
        this.qmp = qmp;
        this.shell = shell;
    }

    /**
     * Describes a guest.
     *
     * @param folder for its logs
     */
    public static Builder describe(Lab lab, String name, Path folder) {
        return new Builder(lab, name, folder);
    }

    static QemuVm start(
            Lab lab, String name, Path folder, List<String> arguments, Map<String, Nic> nics, Duration boot) {
        Process process = null;
        try {
            Files.createDirectories(folder);
            // Not in the folder: the path of a unix socket has at most 107 bytes.
            Path sockets = Files.createTempDirectory("twinport-hw-");
            Path monitor = sockets.resolve("qmp");
            Path serial = sockets.resolve("shell");
            List<String> command = new ArrayList<>(lab.qemu());
            command.addAll(arguments);
            command.addAll(List.of("-serial", "file:" + folder.resolve("console.log")));
            command.addAll(List.of("-chardev", "socket,id=shell,path=" + serial + ",server=on,wait=off"));
            command.addAll(List.of("-serial", "chardev:shell", "-qmp", "unix:" + monitor + ",server=on,wait=off"));
            Files.writeString(folder.resolve("command"), String.join(" ", command) + "\n");
            Path log = folder.resolve("qemu.log");
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Process started = process;
            // A JVM that is ended by a signal must not leave a guest behind.
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            Pause.until(() -> Files.exists(monitor) || !started.isAlive(), MONITOR.toMillis());
            if (!process.isAlive()) {
                throw new LabException("QEMU ended at once, of guest " + name + ": " + Files.readString(log));
            }
            Writer qmpLog = Files.newBufferedWriter(folder.resolve("qmp.log"));
            Qmp qmp = connect(monitor, qmpLog);
            GuestShell shell = GuestShell.connect(name, serial, boot);
            return new QemuVm(name, nics, process, sockets, qmpLog, qmp, shell);
        } catch (IOException e) {
            throw new LabException("cannot start guest " + name + ": " + e, e);
        } catch (LabException | QmpException e) {
            if (process != null) {
                process.destroyForcibly();
            }
            throw new LabException(e.getMessage() + "; its logs: " + folder, e);
        }
    }

    /** The socket's file is there a moment before QEMU listens at it. */
    private static Qmp connect(Path monitor, Writer qmpLog) {
        long deadline = System.nanoTime() + MONITOR.toNanos();
        while (true) {
            try {
                return Qmp.connect(monitor, MONITOR, line -> write(qmpLog, line));
            } catch (QmpException e) {
                if (System.nanoTime() - deadline >= 0) {
                    throw e;
                }
                Pause.millis(20);
            }
        }
    }

    public String name() {
        return name;
    }

    public Qmp qmp() {
        return qmp;
    }

    public GuestShell shell() {
        return shell;
    }

    /** The PCI address of a NIC in the guest. */
    public String address(String nic) {
        return nic(nic).address();
    }

    /** Cuts or restores the link of a NIC, at the guest's end and at the switch's. */
    public void setLink(String nic, boolean up) {
        Nic its = nic(nic);
        qmp.execute("set_link", Map.of("name", nic, "up", up));
        if (up) {
            its.port().up(its.negotiation());
        } else {
            its.wire().linkDown(its.port());
        }
    }

    /** Asks the guest to give up a NIC, without waiting for that. */
    public void requestUnplug(String nic) {
        qmp.execute("device_del", Map.of("id", nic));
    }

    /** Waits until the guest has given up a NIC. */
    public void awaitUnplugged(String nic, Duration limit) {
        qmp.awaitEvent("DEVICE_DELETED", event -> event.has("device", nic), limit);
        Nic its = nic(nic);
        its.wire().linkDown(its.port());
    }

    /** Pulls a NIC out, and waits until the guest has given it up. */
    public void unplug(String nic) {
        requestUnplug(nic);
        awaitUnplugged(nic, UNPLUG);
    }

    /** Puts a NIC in again. */
    public void plug(String nic) {
        Nic its = nic(nic);
        Map<String, Object> arguments = new LinkedHashMap<>();
        its.properties().forEach((key, value) -> arguments.put(key, typed(key, value)));
        arguments.putAll(Map.of("driver", its.driver(), "id", nic, "netdev", "net-" + nic, "bus", its.bus()));
        qmp.execute("device_add", arguments);
        its.port().up(Duration.ZERO);
    }

    /** On the command line properties are words, on the monitor they have types; "on" is one where "auto" is possible. */
    private static Object typed(String property, String value) {
        boolean isSwitch = !property.equals("disable-legacy") && (value.equals("on") || value.equals("off"));
        return isSwitch ? (Object) value.equals("on") : value;
    }

    /** Takes a NIC from the driver that it has in the guest and gives it to another one, for instance vfio-pci. */
    public void bind(String nic, String driver) {
        String device = "/sys/bus/pci/devices/" + address(nic);
        shell.run("echo " + driver + " > " + device + "/driver_override; if [ -e " + device + "/driver ]; then echo "
                + address(nic) + " > " + device + "/driver/unbind; fi; echo " + address(nic)
                + " > /sys/bus/pci/drivers_probe; readlink " + device + "/driver | grep /" + driver + "$");
    }

    /** Loads what vfio needs. */
    public void loadVfio() {
        shell.run("modprobe vfio_iommu_type1 && modprobe vfio-pci");
    }

    /** Whether QEMU has ended by itself, and not because the guest had powered off. */
    public boolean hasCrashed() {
        return !process.isAlive() && process.exitValue() != 0;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        shell.close();
        qmp.close();
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            qmpLog.close();
            Files.deleteIfExists(sockets.resolve("qmp"));
            Files.deleteIfExists(sockets.resolve("shell"));
            Files.deleteIfExists(sockets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Nic nic(String nic) {
        Nic its = nics.get(nic);
        if (its == null) {
            throw new IllegalArgumentException("guest " + name + " has no NIC " + nic + " but " + nics.keySet());
        }
        return its;
    }

    private static void write(Writer log, String line) {
        synchronized (log) {
            try {
                log.write(System.nanoTime() / 1_000_000 + " ms  " + line + "\n");
                log.flush();
            } catch (IOException e) {
                // the log is a help, and not what is tested
            }
        }
    }

    /** What a guest has. */
    public static final class Builder {
        /** Root ports are at 00:04.0 and on; the firmware numbers the buses behind them from 1. */
        private static final int FIRST_SLOT = 4;

        private final Lab lab;
        private final String name;
        private final Path folder;
        private final List<String> devices = new ArrayList<>();
        private final Map<String, Nic> nics = new LinkedHashMap<>();
        private @Nullable Accelerator accelerator;
        private Duration boot = BOOT;
        private int megabytes = 1024;
        private int hugePages = 96;
        private int rootPorts;
        private boolean iommu;

        private Builder(Lab lab, String name, Path folder) {
            this.lab = lab;
            this.name = name;
            this.folder = folder;
        }

        public Builder megabytes(int megabytes) {
            this.megabytes = megabytes;
            return this;
        }

        /** Pages of 2 MiB that the guest reserves at its start; 96 by default. */
        public Builder hugePages(int hugePages) {
            this.hugePages = hugePages;
            return this;
        }

        /** An Intel IOMMU, which vfio-pci needs. Before the NICs. */
        public Builder iommu() {
            iommu = true;
            devices.add("-device");
            devices.add("intel-iommu,intremap=on,caching-mode=on");
            return this;
        }

        /** The target of a migration: it waits for {@code migrate-incoming} and does not boot. */
        public Builder incoming() {
            devices.addAll(List.of("-incoming", "defer"));
            boot = Duration.ZERO;
            return this;
        }

        /** A virtio-net device in a root port of its own; properties as {@code "failover=on"}. */
        public Builder virtio(String id, String mac, Wire wire, WirePort port, String... properties) {
            List<String> all = new ArrayList<>(List.of("disable-legacy=on"));
            if (iommu) {
                all.add("iommu_platform=on");
            }
            all.addAll(List.of(properties));
            return nic("virtio-net-pci", id, mac, wire, port, all.toArray(String[]::new));
        }

        /** Any NIC in a root port of its own, for instance e1000e or igb. */
        public Builder nic(String driver, String id, String mac, Wire wire, WirePort port, String... properties) {
            Map<String, String> all = new LinkedHashMap<>();
            all.put("mac", mac);
            // No boot ROM: it is not on every machine, and a migration of a hot-plugged device fails with it.
            all.put("romfile", "");
            for (String property : properties) {
                String[] parts = property.split("=", 2);
                all.put(parts[0], parts[1]);
            }
            String bus = rootPort();
            nics.put(id, new Nic(driver, wire, port, all, bus, String.format("0000:%02x:00.0", rootPorts)));
            try {
                devices.add("-netdev");
                devices.add(port.netdev("net-" + id));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            StringBuilder device = new StringBuilder(driver + ",id=" + id + ",netdev=net-" + id + ",bus=" + bus);
            all.forEach(
                    (key, value) -> device.append(',').append(key).append('=').append(value));
            devices.add("-device");
            devices.add(device.toString());
            return this;
        }

        private String rootPort() {
            int slot = FIRST_SLOT + rootPorts;
            String id = "rp" + rootPorts++;
            devices.add("-device");
            devices.add("pcie-root-port,id=" + id + ",chassis=" + rootPorts + ",slot=" + rootPorts + ",addr="
                    + Integer.toHexString(slot));
            return id;
        }

        /** Another accelerator than the best one, and the time that the guest may take to boot with it. */
        Builder accelerator(Accelerator other, Duration limit) {
            accelerator = other;
            boot = limit;
            return this;
        }

        /** Starts it and waits until its shell answers. */
        public QemuVm start() {
            Accelerator chosen = accelerator != null ? accelerator : lab.accelerator();
            List<String> arguments = new ArrayList<>(chosen.arguments());
            arguments.addAll(List.of("-m", String.valueOf(megabytes), "-smp", "2", "-nodefaults", "-display", "none"));
            arguments.addAll(List.of("-no-reboot", "-kernel", lab.kernel().toString()));
            arguments.addAll(List.of("-initrd", lab.initrd().toString(), "-append", kernelArguments(chosen)));
            arguments.addAll(devices);
            return QemuVm.start(lab, name, folder, arguments, nics, boot);
        }

        private String kernelArguments(Accelerator chosen) {
            return "console=ttyS0 panic=-1 quiet loglevel=4 hugepages=" + hugePages
                    + (iommu ? " intel_iommu=on iommu=nopt" : "") + " TWINPORT_JAVA_OPTS=" + chosen.javaOptions();
        }
    }
}
