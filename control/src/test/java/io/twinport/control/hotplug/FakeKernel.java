package io.twinport.control.hotplug;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A PCI bus in a folder, with a kernel that binds and unbinds as it is told. */
final class FakeKernel {
    static final String NO_DRIVER = "";

    private final Path sysfs;
    private final Path devices;
    private final List<String> writes = new ArrayList<>();
    private final Map<String, String> ownDrivers = new ConcurrentHashMap<>();
    private final Map<String, String> macs = new ConcurrentHashMap<>();
    private int plugged;

    FakeKernel(Path sysfs) {
        this.sysfs = sysfs;
        this.devices = sysfs.resolve("bus/pci/devices");
        mkdirs(devices);
    }

    PciBus bus() {
        return new PciBus(sysfs, this::write);
    }

    void loadVfio() {
        mkdirs(driver(PciBus.VFIO));
    }

    /**
     * Plugs a device in; the kernel gives it to its own driver.
     *
     * @param ownDriver the kernel's driver for it, empty if it has none
     * @param group of the IOMMU, negative for none
     */
    synchronized void plug(String address, String ownDriver, int group) {
        // A folder of its own each time, and none is deleted, so that each device has an inode of its own.
        Path device = sysfs.resolve("devices").resolve(address + "-" + plugged++);
        mkdirs(device);
        ownDrivers.put(address, ownDriver);
        try {
            if (group >= 0) {
                Path members = sysfs.resolve("kernel/iommu_groups/" + group + "/devices");
                mkdirs(members);
                Files.createSymbolicLink(device.resolve("iommu_group"), members.getParent());
                Files.deleteIfExists(members.resolve(address));
                Files.createSymbolicLink(members.resolve(address), device);
            }
            bind(device, ownDriver, macs.get(address));
            Files.createSymbolicLink(devices.resolve(address), device); // seen from now on, with its driver
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Plugs a network device in, whose address is seen as long as it is not lent. */
    synchronized void plugNic(String address, String ownDriver, String mac) {
        macs.put(address, mac);
        plug(address, ownDriver, plugged);
        try {
            Files.writeString(devices.resolve(address).resolve("class"), "0x020000\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Somebody uses the device's interface: all that goes elsewhere goes by it. */
    synchronized void use(String address) {
        try {
            mkdirs(devices.resolve(address).resolve("net/eth0"));
            Path folder = sysfs.resolveSibling("proc/net");
            mkdirs(folder);
            Files.writeString(folder.resolve("route"), "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The device can be shared by libibverbs. */
    synchronized void addRdma(String address) {
        mkdirs(devices.resolve(address).resolve("infiniband/rdma0"));
    }

    /** Its driver mends it. */
    synchronized void removeRdma(String address) {
        try {
            Files.delete(devices.resolve(address).resolve("infiniband/rdma0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized void unplug(String address) {
        try {
            Files.delete(devices.resolve(address));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Binds a device, or takes its driver away. */
    synchronized void bind(String address, String driver) {
        try {
            bind(devices.resolve(address), driver, macs.get(address));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void bind(Path device, String driver, @Nullable String mac) throws IOException {
        Path link = device.resolve("driver");
        Files.deleteIfExists(link);
        if (!driver.equals(NO_DRIVER)) {
            mkdirs(driver(driver));
            Files.createSymbolicLink(link, driver(driver));
        }
        showMac(device, driver, mac);
    }

    private static void showMac(Path device, String driver, @Nullable String mac) throws IOException {
        Path folder = device.resolve("net/eth0");
        Path file = folder.resolve("address");
        boolean isSeen = mac != null && !driver.equals(NO_DRIVER) && !driver.equals(PciBus.VFIO);
        if (isSeen) {
            mkdirs(folder);
            Files.writeString(file, mac + "\n");
        } else {
            Files.deleteIfExists(file);
        }
    }

    /** What it was told, {@code file=text} each. */
    synchronized List<String> takeWrites() {
        List<String> taken = List.copyOf(writes);
        writes.clear();
        return taken;
    }

    private synchronized void write(Path file, String text) throws IOException {
        String name = file.getFileName().toString();
        writes.add(name + "=" + text.strip());
        switch (name) {
            case "driver_override" -> Files.writeString(file, text);
            case "unbind" -> bind(text, NO_DRIVER);
            case "drivers_probe" -> {
                Path override = devices.resolve(text).resolve("driver_override");
                String wanted =
                        Files.exists(override) ? Files.readString(override).strip() : "";
                bind(text, wanted.isEmpty() ? ownDrivers.getOrDefault(text, NO_DRIVER) : wanted);
            }
            default -> throw new IOException("no such file");
        }
    }

    private Path driver(String name) {
        return sysfs.resolve("bus/pci/drivers").resolve(name);
    }

    private static void mkdirs(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
