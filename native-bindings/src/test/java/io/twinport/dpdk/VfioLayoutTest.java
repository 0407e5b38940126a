package io.twinport.dpdk;

import static java.util.Map.entry;

import io.twinport.dpdk.testing.KernelHeaders;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VfioLayoutTest {
    @TempDir
    Path folder;

    @Test
    void shouldAgreeWithKernelsHeaders() throws Exception {
        Map<String, Number> numbers = Map.ofEntries(
                entry("VFIO_DEVICE_GET_REGION_INFO", VfioLayout.DEVICE_GET_REGION_INFO),
                entry("VFIO_DEVICE_GET_IRQ_INFO", VfioLayout.DEVICE_GET_IRQ_INFO),
                entry("VFIO_DEVICE_SET_IRQS", VfioLayout.DEVICE_SET_IRQS),
                entry("VFIO_DEVICE_RESET", VfioLayout.DEVICE_RESET),
                entry("offsetof(struct vfio_device_info, num_irqs) + 4", VfioLayout.DEVICE_INFO_BYTES),
                entry("VFIO_DEVICE_FLAGS_RESET", VfioLayout.DEVICE_FLAG_RESET),
                entry("offsetof(struct vfio_device_info, argsz)", VfioLayout.ARGSZ),
                entry("offsetof(struct vfio_device_info, flags)", VfioLayout.FLAGS),
                entry("sizeof(struct vfio_region_info)", VfioLayout.REGION_INFO_BYTES),
                entry("offsetof(struct vfio_region_info, index)", VfioLayout.INDEX),
                entry("offsetof(struct vfio_region_info, size)", VfioLayout.REGION_SIZE),
                entry("offsetof(struct vfio_region_info, offset)", VfioLayout.REGION_OFFSET),
                entry("VFIO_REGION_INFO_FLAG_MMAP", VfioLayout.REGION_FLAG_MMAP),
                entry("VFIO_PCI_CONFIG_REGION_INDEX", VfioLayout.REGION_CONFIG),
                entry("sizeof(struct vfio_irq_info)", VfioLayout.IRQ_INFO_BYTES),
                entry("offsetof(struct vfio_irq_info, index)", VfioLayout.INDEX),
                entry("offsetof(struct vfio_irq_info, count)", VfioLayout.IRQ_INFO_COUNT),
                entry("VFIO_IRQ_INFO_EVENTFD", VfioLayout.IRQ_INFO_FLAG_EVENTFD),
                entry("offsetof(struct vfio_irq_set, index)", VfioLayout.INDEX),
                entry("offsetof(struct vfio_irq_set, start)", VfioLayout.IRQ_SET_START),
                entry("offsetof(struct vfio_irq_set, count)", VfioLayout.IRQ_SET_COUNT),
                entry("offsetof(struct vfio_irq_set, data)", VfioLayout.IRQ_SET_DATA),
                entry("VFIO_IRQ_SET_DATA_EVENTFD", VfioLayout.IRQ_SET_DATA_EVENTFD),
                entry("VFIO_IRQ_SET_ACTION_TRIGGER", VfioLayout.IRQ_SET_ACTION_TRIGGER),
                entry("VFIO_PCI_MSIX_IRQ_INDEX", VfioDevice.IRQ_MSIX),
                entry("VFIO_PCI_REQ_IRQ_INDEX", VfioDevice.IRQ_REQUEST));
        KernelHeaders.check(folder, List.of("linux/vfio.h"), numbers);
    }
}
