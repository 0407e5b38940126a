package io.twinport.dataplane.virtio;

import static io.twinport.dataplane.virtio.VirtioLayout.CAP_BAR;
import static io.twinport.dataplane.virtio.VirtioLayout.CAP_LENGTH;
import static io.twinport.dataplane.virtio.VirtioLayout.CAP_NEXT;
import static io.twinport.dataplane.virtio.VirtioLayout.CAP_OFFSET;
import static io.twinport.dataplane.virtio.VirtioLayout.CAP_REGION_LENGTH;
import static io.twinport.dataplane.virtio.VirtioLayout.CAP_TYPE;

import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.Registers;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a device's structures are: virtio's capabilities in the PCI configuration space (4.1.4). Trusts nothing in the
 * list: a pointer into nowhere, a list without an end and a BAR that cannot be are what a device that was pulled out half
 * way reads as.
 */
final class VirtioCapabilities {
    private static final int STATUS = 6;
    private static final int STATUS_HAS_CAPABILITIES = 0x10;
    private static final int POINTER = 0x34;
    private static final int FIRST = 0x40;
    private static final int CONFIG_SPACE = 256;
    private static final int VENDOR_SPECIFIC = 9;
    private static final int SHORTEST = 16;
    private static final int LAST_BAR = 5;

    private final Map<Integer, Capability> byType;

    /**
     * A structure in a BAR.
     *
     * @param at where the capability itself is in the configuration space
     * @param bytes the capability's own length
     */
    record Capability(int at, int bytes, int bar, long offset, long length) {}

    private VirtioCapabilities(Map<Integer, Capability> byType) {
        this.byType = byType;
    }

    /** Walks the list. Of several capabilities of a type the first counts: devices list what they prefer first (4.1.4.1). */
    static VirtioCapabilities read(Registers config) {
        Map<Integer, Capability> byType = new HashMap<>();
        if ((config.read(STATUS, 2) & STATUS_HAS_CAPABILITIES) == 0) {
            return new VirtioCapabilities(byType);
        }
        int at = config.read(POINTER, 1) & ~3;
        // Every step but a loop's takes four bytes that no other has.
        for (int steps = 0; at >= FIRST && steps < CONFIG_SPACE / 4; steps++) {
            int bytes = config.read(at + CAP_LENGTH, 1);
            if (config.read(at, 1) == VENDOR_SPECIFIC && bytes >= SHORTEST && at + bytes <= CONFIG_SPACE) {
                Capability capability = new Capability(
                        at,
                        bytes,
                        config.read(at + CAP_BAR, 1),
                        config.read(at + CAP_OFFSET, 4) & 0xffff_ffffL,
                        config.read(at + CAP_REGION_LENGTH, 4) & 0xffff_ffffL);
                int type = config.read(at + CAP_TYPE, 1);
                // Other numbers of BARs are reserved, and to be ignored. The window is in no BAR: its field is ours to
                // write.
                if (capability.bar() <= LAST_BAR || type == VirtioLayout.TYPE_WINDOW) {
                    byType.putIfAbsent(type, capability);
                }
            }
            at = config.read(at + CAP_NEXT, 1) & ~3;
        }
        return new VirtioCapabilities(byType);
    }

    Optional<Capability> find(int type) {
        return Optional.ofNullable(byType.get(type));
    }

    /**
     * The structure of a type.
     *
     * @param shortest bytes of it that the driver needs
     */
    Capability need(int type, String name, int shortest) {
        Capability found = byType.get(type);
        if (found == null || found.length() < shortest) {
            throw new DpdkException((found == null ? "there is no " : "too short is the ") + name
                    + " structure among the device's capabilities: it is no virtio 1.x device. QEMU: add disable-legacy=on"
                    + " or leave disable-modern=on out");
        }
        return found;
    }
}
