package io.twinport.dataplane.virtio;

import io.twinport.dataplane.virtio.VirtioCapabilities.Capability;
import io.twinport.dpdk.Registers;
import io.twinport.dpdk.SysfsConfig;
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

    static Optional<Long> offered(Registers config) {
        VirtioCapabilities capabilities = VirtioCapabilities.read(config);
        Optional<Capability> window = capabilities.find(VirtioLayout.TYPE_WINDOW);
        Optional<Capability> common = capabilities.find(VirtioLayout.TYPE_COMMON);
        if (window.isEmpty() || common.isEmpty()) {
            return Optional.empty();
        }
        Registers registers = new VirtioWindow(config, window.get(), common.get());
        long features = new VirtioDevice("", registers, registers).offered();
        // A device of version 1 offers that; all zeroes or ones are no answer.
        return VirtioFeatures.has(features, VirtioFeatures.VERSION_1) && features != -1
                ? Optional.of(features)
                : Optional.empty();
    }
}
