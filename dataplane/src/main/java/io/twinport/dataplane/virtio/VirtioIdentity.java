package io.twinport.dataplane.virtio;

import io.twinport.dpdk.Registers;
import java.util.Locale;

/** A PCI device's numbers: who made it, and what it is. */
record VirtioIdentity(int vendor, int device) {
    private static final int VENDOR_ID = 0;
    private static final int DEVICE_ID = 2;

    static VirtioIdentity read(Registers config) {
        return new VirtioIdentity(config.read(VENDOR_ID, 2), config.read(DEVICE_ID, 2));
    }

    boolean isNet() {
        return vendor == VirtioLayout.VENDOR
                && (device == VirtioLayout.DEVICE_NET || device == VirtioLayout.DEVICE_NET_TRANSITIONAL);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%04x:%04x", vendor, device);
    }
}
