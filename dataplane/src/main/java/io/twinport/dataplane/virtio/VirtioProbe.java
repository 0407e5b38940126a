package io.twinport.dataplane.virtio;

import io.twinport.dataplane.virtio.VirtioCapabilities.Capability;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.Registers;
import io.twinport.dpdk.SysfsConfig;
import io.twinport.dpdk.VfioDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A look at a device without driving it: what it is, and what it offers. Disturbs no driver that is not just starting. */
public final class VirtioProbe {
    private VirtioProbe() {}

    /** Whether the device is a virtio-net one. */
    public static boolean isNet(Path device) {
        try (SysfsConfig config = SysfsConfig.open(device)) {
            return VirtioIdentity.read(config).isNet();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The features that a virtio-net device offers, in bits of {@link VirtioFeatures}.
     *
     * @param device its folder in sysfs, {@code /sys/bus/pci/devices/0000:02:00.0}
     * @return empty if it is no such device or does not let itself be asked (by other users than root)
     */
    public static Optional<Long> offered(Path device) {
        try (SysfsConfig config = SysfsConfig.open(device)) {
            return VirtioIdentity.read(config).isNet() ? offered(config) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * The same of a device that nobody drives, for a user who may open it.
     *
     * @param address {@code 0000:02:00.0}, bound to vfio-pci
     * @return empty if it is no virtio-net device of version 1
     * @throws DpdkException if it cannot be opened
     */
    public static Optional<Long> offered(String address) {
        try (VfioDevice device = VfioDevice.open(address)) {
            Registers config = device.config();
            return VirtioIdentity.read(config).isNet() ? offered(config) : Optional.empty();
        }
    }

    /**
     * The address of a virtio-net device, whoever drives it.
     *
     * @param device its folder in sysfs
     * @return empty if it has none, is no such device or does not let itself be asked (by other users than root)
     */
    public static Optional<MacAddress> mac(Path device) {
        try (SysfsConfig config = SysfsConfig.open(device)) {
            return VirtioIdentity.read(config).isNet() ? mac(config) : Optional.empty();
        } catch (IOException | DpdkException e) {
            // It may go while it is asked.
            return Optional.empty();
        }
    }

    static Optional<Long> offered(Registers config) {
        return look(config).map(VirtioDevice::offered).filter(VirtioProbe::isAnswer);
    }

    static Optional<MacAddress> mac(Registers config) {
        return look(config)
                .filter(device -> {
                    long features = device.offered();
                    return isAnswer(features) && VirtioFeatures.has(features, VirtioFeatures.MAC);
                })
                .map(VirtioDevice::mac)
                .filter(MacAddress::isUnicast);
    }

    /** A device of version 1 offers that; all zeroes or ones are no answer. */
    private static boolean isAnswer(long features) {
        return VirtioFeatures.has(features, VirtioFeatures.VERSION_1) && features != -1;
    }

    private static Optional<VirtioDevice> look(Registers config) {
        VirtioCapabilities capabilities = VirtioCapabilities.read(config);
        Optional<Capability> window = capabilities
                .find(VirtioLayout.TYPE_WINDOW)
                .filter(capability -> capability.bytes() >= VirtioLayout.CAP_WINDOW_DATA + Integer.BYTES);
        Optional<Capability> common = capabilities
                .find(VirtioLayout.TYPE_COMMON)
                .filter(structure -> structure.length() >= VirtioLayout.COMMON_BYTES);
        Optional<Capability> net = capabilities
                .find(VirtioLayout.TYPE_DEVICE)
                .filter(structure -> structure.length() >= VirtioLayout.NET_BYTES);
        return window.isEmpty() || common.isEmpty() || net.isEmpty()
                ? Optional.empty()
                : Optional.of(new VirtioDevice(
                        "",
                        new VirtioWindow(config, window.get(), common.get()),
                        new VirtioWindow(config, window.get(), net.get()),
                        net.get().length(),
                        false));
    }
}
