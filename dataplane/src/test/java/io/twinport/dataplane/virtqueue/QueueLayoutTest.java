package io.twinport.dataplane.virtqueue;

import static java.util.Map.entry;

import io.twinport.dpdk.testing.KernelHeaders;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The specification's numbers, as another driver has them. */
class QueueLayoutTest {
    @TempDir
    Path folder;

    @Test
    void shouldAgreeWithKernelsHeaders() throws Exception {
        Map<String, Number> numbers = Map.ofEntries(
                entry("sizeof(struct virtio_net_hdr_v1)", QueueLayout.NET_HEADER),
                entry("sizeof(struct vring_desc)", QueueLayout.DESCRIPTOR_BYTES),
                entry("offsetof(struct vring_desc, len)", QueueLayout.DESCRIPTOR_LENGTH),
                entry("8 * (offsetof(struct vring_desc, flags) - 8)", QueueLayout.FLAGS_SHIFT),
                entry("8 * (offsetof(struct vring_desc, next) - 8)", QueueLayout.NEXT_SHIFT),
                entry("(unsigned long)VRING_DESC_F_NEXT << 32", QueueLayout.FLAG_NEXT),
                entry("(unsigned long)VRING_DESC_F_WRITE << 32", QueueLayout.FLAG_WRITE),
                entry("offsetof(struct vring_avail, idx)", QueueLayout.RING_IDX),
                entry("offsetof(struct vring_avail, ring)", QueueLayout.RING),
                entry("sizeof(struct vring_used_elem)", QueueLayout.USED_ELEMENT),
                entry("offsetof(struct virtio_net_hdr_v1, csum_start)", QueueLayout.CSUM_START),
                entry("offsetof(struct virtio_net_hdr_v1, csum_offset)", QueueLayout.CSUM_OFFSET),
                entry("offsetof(struct virtio_net_hdr_v1, num_buffers)", QueueLayout.NUM_BUFFERS),
                entry("VIRTIO_NET_HDR_F_NEEDS_CSUM", PartialChecksum.NEEDS_CHECKSUM),
                entry("VIRTIO_NET_HDR_F_DATA_VALID", NetHeader.DATA_VALID),
                entry("VRING_AVAIL_F_NO_INTERRUPT", QueueLayout.NO_INTERRUPT),
                entry("VRING_USED_F_NO_NOTIFY", QueueLayout.NO_NOTIFY),
                entry("sizeof(struct vring_packed_desc)", QueueLayout.DESCRIPTOR_BYTES),
                entry("offsetof(struct vring_packed_desc, len)", QueueLayout.DESCRIPTOR_LENGTH),
                entry("offsetof(struct vring_packed_desc_event, flags)", PackedRing.EVENT_FLAGS),
                entry("VRING_PACKED_EVENT_FLAG_DISABLE", PackedRing.NO_EVENTS),
                entry("(unsigned long)VRING_DESC_F_NEXT << 48", PackedRing.NEXT_DESCRIPTOR),
                entry("(unsigned long)VRING_DESC_F_WRITE << 48", PackedRing.WRITE_DESCRIPTOR),
                entry("5UL | 7UL << 32 | 1UL << (48 + VRING_PACKED_DESC_F_AVAIL)", PackedRing.available(0, 16, 7, 5)),
                entry("5UL | 7UL << 32 | 1UL << (48 + VRING_PACKED_DESC_F_USED)", PackedRing.available(16, 16, 7, 5)));
        KernelHeaders.check(folder, List.of("linux/virtio_net.h", "linux/virtio_ring.h"), numbers);
    }
}
