package io.twinport.dataplane.virtio;

import static java.util.Map.entry;

import io.twinport.dpdk.testing.KernelHeaders;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The specification's numbers, as another driver has them. */
class VirtioLayoutTest {
    @TempDir
    Path folder;

    @Test
    void shouldAgreeWithKernelsHeaders() throws Exception {
        String common = "offsetof(struct virtio_pci_common_cfg, %s)";
        String cap = "offsetof(struct virtio_pci_cap, %s)";
        Map<String, Number> numbers = Map.ofEntries(
                entry(cap.formatted("cap_next"), VirtioLayout.CAP_NEXT),
                entry(cap.formatted("cap_len"), VirtioLayout.CAP_LENGTH),
                entry(cap.formatted("cfg_type"), VirtioLayout.CAP_TYPE),
                entry(cap.formatted("bar"), VirtioLayout.CAP_BAR),
                entry(cap.formatted("offset"), VirtioLayout.CAP_OFFSET),
                entry(cap.formatted("length"), VirtioLayout.CAP_REGION_LENGTH),
                entry(
                        "offsetof(struct virtio_pci_notify_cap, notify_off_multiplier)",
                        VirtioLayout.CAP_NOTIFY_MULTIPLIER),
                entry("offsetof(struct virtio_pci_cfg_cap, pci_cfg_data)", VirtioLayout.CAP_WINDOW_DATA),
                entry("VIRTIO_PCI_CAP_COMMON_CFG", VirtioLayout.TYPE_COMMON),
                entry("VIRTIO_PCI_CAP_NOTIFY_CFG", VirtioLayout.TYPE_NOTIFY),
                entry("VIRTIO_PCI_CAP_DEVICE_CFG", VirtioLayout.TYPE_DEVICE),
                entry("VIRTIO_PCI_CAP_PCI_CFG", VirtioLayout.TYPE_WINDOW),
                entry(common.formatted("device_feature_select"), VirtioLayout.DEVICE_FEATURE_SELECT),
                entry(common.formatted("device_feature"), VirtioLayout.DEVICE_FEATURE),
                entry(common.formatted("guest_feature_select"), VirtioLayout.DRIVER_FEATURE_SELECT),
                entry(common.formatted("guest_feature"), VirtioLayout.DRIVER_FEATURE),
                entry(common.formatted("msix_config"), VirtioLayout.CONFIG_MSIX_VECTOR),
                entry(common.formatted("num_queues"), VirtioLayout.NUM_QUEUES),
                entry(common.formatted("device_status"), VirtioLayout.DEVICE_STATUS),
                entry(common.formatted("config_generation"), VirtioLayout.CONFIG_GENERATION),
                entry(common.formatted("queue_select"), VirtioLayout.QUEUE_SELECT),
                entry(common.formatted("queue_size"), VirtioLayout.QUEUE_SIZE),
                entry(common.formatted("queue_msix_vector"), VirtioLayout.QUEUE_MSIX_VECTOR),
                entry(common.formatted("queue_enable"), VirtioLayout.QUEUE_ENABLE),
                entry(common.formatted("queue_notify_off"), VirtioLayout.QUEUE_NOTIFY_OFF),
                entry(common.formatted("queue_desc_lo"), VirtioLayout.QUEUE_DESC),
                entry(common.formatted("queue_avail_lo"), VirtioLayout.QUEUE_DRIVER),
                entry(common.formatted("queue_used_lo"), VirtioLayout.QUEUE_DEVICE),
                entry("sizeof(struct virtio_pci_common_cfg)", VirtioLayout.COMMON_BYTES),
                entry("VIRTIO_MSI_NO_VECTOR", VirtioLayout.NO_VECTOR),
                entry("VIRTIO_CONFIG_S_ACKNOWLEDGE", VirtioLayout.ACKNOWLEDGE),
                entry("VIRTIO_CONFIG_S_DRIVER", VirtioLayout.DRIVER),
                entry("VIRTIO_CONFIG_S_DRIVER_OK", VirtioLayout.DRIVER_OK),
                entry("VIRTIO_CONFIG_S_FEATURES_OK", VirtioLayout.FEATURES_OK),
                entry("VIRTIO_CONFIG_S_NEEDS_RESET", VirtioLayout.NEEDS_RESET),
                entry("VIRTIO_CONFIG_S_FAILED", VirtioLayout.FAILED),
                entry("offsetof(struct virtio_net_config, mac)", VirtioLayout.NET_MAC),
                entry("offsetof(struct virtio_net_config, status)", VirtioLayout.NET_STATUS),
                entry("offsetof(struct virtio_net_config, mtu)", VirtioLayout.NET_MTU),
                entry("VIRTIO_NET_S_LINK_UP", VirtioLayout.NET_LINK_UP),
                entry("1ul << VIRTIO_NET_F_MTU", VirtioFeatures.MTU),
                entry("1ul << VIRTIO_NET_F_MAC", VirtioFeatures.MAC),
                entry("1ul << VIRTIO_NET_F_STATUS", VirtioFeatures.STATUS),
                entry("1ul << VIRTIO_NET_F_STANDBY", VirtioFeatures.STANDBY),
                entry("1ul << VIRTIO_F_VERSION_1", VirtioFeatures.VERSION_1),
                entry("1ul << VIRTIO_F_ACCESS_PLATFORM", VirtioFeatures.ACCESS_PLATFORM),
                entry("1ul << VIRTIO_F_ORDER_PLATFORM", VirtioFeatures.ORDER_PLATFORM));
        KernelHeaders.check(folder, List.of("linux/virtio_pci.h", "linux/virtio_net.h"), numbers);
    }
}
