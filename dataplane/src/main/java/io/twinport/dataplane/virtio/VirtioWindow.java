package io.twinport.dataplane.virtio;

import static io.twinport.dataplane.virtio.VirtioLayout.CAP_BAR;
import static io.twinport.dataplane.virtio.VirtioLayout.CAP_OFFSET;
import static io.twinport.dataplane.virtio.VirtioLayout.CAP_REGION_LENGTH;
import static io.twinport.dataplane.virtio.VirtioLayout.CAP_WINDOW_DATA;

import io.twinport.dataplane.virtio.VirtioCapabilities.Capability;
import io.twinport.dpdk.Registers;

/**
 * A structure in a BAR, seen through the window in the configuration space (4.1.4.9). Slow, but it needs no mapping and no
 * driver: whoever may access the configuration space can look at a device before anything is started.
 */
final class VirtioWindow implements Registers {
    private final Registers config;
    private final int window;
    private final Capability structure;

    VirtioWindow(Registers config, Capability window, Capability structure) {
        this.config = config;
        this.window = window.at();
        this.structure = structure;
    }

    @Override
    public int read(int offset, int width) {
        aim(offset, width);
        return config.read(window + CAP_WINDOW_DATA, width);
    }

    @Override
    public void write(int offset, int width, int value) {
        aim(offset, width);
        config.write(window + CAP_WINDOW_DATA, width, value);
    }

    private void aim(int offset, int width) {
        config.write(window + CAP_BAR, 1, structure.bar());
        config.write(window + CAP_OFFSET, 4, (int) structure.offset() + offset);
        config.write(window + CAP_REGION_LENGTH, 4, width);
    }
}
