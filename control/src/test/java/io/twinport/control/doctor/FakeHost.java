package io.twinport.control.doctor;

import io.twinport.control.program.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A machine in a folder. */
final class FakeHost {
    /** The address of both sides. */
    static final String MAC = "52:54:00:12:34:56";

    /** What the kernel's driver has acknowledged of a virtio device's features. */
    static final String NO_FEATURES = "0".repeat(64);

    static final String WITH_STANDBY = "0".repeat(62) + "10";

    private final Path root;

    FakeHost(Path root) {
        this.root = root;
    }

    Host host() {
        return new Host(root, Programs.NONE);
    }

    Host host(Programs programs) {
        return new Host(root, programs);
    }

    Path root() {
        return root;
    }

    FakeHost file(String path, String text) {
        try {
            Path file = root.resolve(path.substring(1));
            Files.createDirectories(file.getParent());
            Files.writeString(file, text + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A process beside this machine's interfaces. */
    FakeHost process(int pid, String name) {
        return file("/proc/1/comm", "systemd").file("/proc/" + pid + "/comm", name);
    }

    FakeHost folder(String path) {
        try {
            Files.createDirectories(root.resolve(path.substring(1)));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of which the kernel drives both sides. */
    FakeHost pair() {
        return nic("0000:05:00.0", "iavf", "ens5", MAC).virtioNic("0000:01:00.0", "ens1", MAC, NO_FEATURES);
    }

    /** A pair for which the kernel does the failover, by a third interface. */
    FakeHost kernelFailover() {
        return nic("0000:05:00.0", "iavf", "ens5", MAC)
                .virtioNic("0000:01:00.0", "ens1", MAC, WITH_STANDBY)
                .secondInterface("0000:01:00.0/virtio3", "ens1nsby", MAC)
                .master("ens1nsby", "ens1")
                .master("ens5", "ens1");
    }

    /** A network device that the kernel drives. */
    FakeHost nic(String address, String driver, String name, String mac) {
        String device = "/sys/bus/pci/devices/" + address;
        return driven(address, driver)
                .file(device + "/net/" + name + "/address", mac)
                .link("/sys/class/net/" + name, device + "/net/" + name);
    }

    /** One of virtio's that the kernel drives, with these of its features acknowledged. */
    FakeHost virtioNic(String address, String name, String mac, String features) {
        String virtio = "/sys/bus/pci/devices/" + address + "/virtio3";
        return driven(address, "virtio-pci")
                .file(virtio + "/net/" + name + "/address", mac)
                .file(virtio + "/features", features)
                .link("/sys/class/net/" + name, virtio + "/net/" + name);
    }

    /** One that a DPDK driver has. */
    FakeHost lent(String address) {
        return driven(address, "vfio-pci");
    }

    /** One more interface of a device, {@code 0000:05:00.0} or {@code 0000:01:00.0/virtio3}. */
    FakeHost secondInterface(String device, String name, String mac) {
        String folder = "/sys/bus/pci/devices/" + device + "/net/" + name;
        return file(folder + "/address", mac).link("/sys/class/net/" + name, folder);
    }

    /** An interface of Hyper-V's, whose device is on no PCI bus. */
    FakeHost vmbus(String name, String mac) {
        return file("/sys/class/net/" + name + "/address", mac)
                .folder("/sys/bus/vmbus/drivers/hv_netvsc")
                .link("/sys/class/net/" + name + "/device/driver", "/sys/bus/vmbus/drivers/hv_netvsc");
    }

    FakeHost master(String name, String master) {
        return folder("/sys/class/net/" + master)
                .link("/sys/class/net/" + name + "/master", "/sys/class/net/" + master)
                .file("/sys/class/net/" + name + "/upper_" + master, "");
    }

    /** A slot that takes part in hotplug. */
    FakeHost slot(String name, String address, String adapter) {
        String slot = "/sys/bus/pci/slots/" + name;
        return file(slot + "/address", address).file(slot + "/adapter", adapter).file(slot + "/power", "1");
    }

    private FakeHost driven(String address, String driver) {
        String device = "/sys/bus/pci/devices/" + address;
        file(device + "/class", "0x020000");
        return folder("/sys/bus/pci/drivers/" + driver).link(device + "/driver", "/sys/bus/pci/drivers/" + driver);
    }

    /** Gives an interface's address to it for good, as devices have theirs. */
    FakeHost permanent(String... names) {
        for (String name : names) {
            file("/sys/class/net/" + name + "/addr_assign_type", "0");
        }
        return this;
    }

    FakeHost link(String path, String target) {
        try {
            Path link = root.resolve(path.substring(1));
            Files.createDirectories(link.getParent());
            Files.createSymbolicLink(link, root.resolve(target.substring(1)).toAbsolutePath());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
