package io.twinport.dpdk;

/**
 * The kernel's VFIO interface ({@code linux/vfio.h}), which never changes: requests, and the structures that they take.
 *
 * <pre>
 *   0        4        8           12         16         20
 *  +--------+--------+-----------+----------+
 *  | argsz  | flags  |num_regions| num_irqs |                      vfio_device_info
 *  +--------+--------+-----------+----------+---------------------+---------------------+
 *  | argsz  | flags  | index     |cap_offset| size (8 bytes)      | offset (8 bytes)    | vfio_region_info
 *  +--------+--------+-----------+----------+---------------------+---------------------+
 *  | argsz  | flags  | index     | count    |                      vfio_irq_info
 *  +--------+--------+-----------+----------+----------+----------
 *  | argsz  | flags  | index     | start    | count    | data ...  vfio_irq_set
 *  +--------+--------+-----------+----------+----------+----------
 * </pre>
 */
final class VfioLayout {
    static final long DEVICE_GET_REGION_INFO = 0x3b6c;
    static final long DEVICE_GET_IRQ_INFO = 0x3b6d;
    static final long DEVICE_SET_IRQS = 0x3b6e;
    static final long DEVICE_RESET = 0x3b6f;

    static final int ARGSZ = 0;
    static final int FLAGS = 4;
    static final int INDEX = 8;

    static final int DEVICE_INFO_BYTES = 16;
    static final int DEVICE_FLAG_RESET = 1;

    static final int REGION_INFO_BYTES = 32;
    static final int REGION_SIZE = 16;
    static final int REGION_OFFSET = 24;
    static final int REGION_FLAG_MMAP = 4;
    static final int REGION_CONFIG = 7;

    static final int IRQ_INFO_BYTES = 16;
    static final int IRQ_INFO_COUNT = 12;
    static final int IRQ_INFO_FLAG_EVENTFD = 1;

    static final int IRQ_SET_START = 12;
    static final int IRQ_SET_COUNT = 16;
    static final int IRQ_SET_DATA = 20;
    static final int IRQ_SET_DATA_EVENTFD = 4;
    static final int IRQ_SET_ACTION_TRIGGER = 32;

    private VfioLayout() {}
}
