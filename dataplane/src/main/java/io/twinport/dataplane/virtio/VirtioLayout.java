package io.twinport.dataplane.virtio;

/**
 * Numbers of the virtio 1.2 specification: identities, features, and the structures of the PCI transport (4.1.4).
 *
 * <pre>
 * struct virtio_pci_cap (4.1.4), in the configuration space
 *   0         1         2         3         4     5     6         8           12          16
 *  +---------+---------+---------+---------+-----+-----+---------+-----------+-----------+------------------+
 *  |cap_vndr |cap_next |cap_len  |cfg_type |bar  |id   |padding  | offset    | length    |notify multiplier |
 *  +---------+---------+---------+---------+-----+-----+---------+-----------+-----------+ or window's data |
 *                                                                                        +------------------+
 * struct virtio_pci_common_cfg (4.1.4.3), in a BAR
 *   0                      4               8                      12              16
 *  +----------------------+---------------+----------------------+---------------+
 *  |device_feature_select |device_feature |driver_feature_select |driver_feature |
 *  +-----------+----------+---+-----------++----------+----------++--------------+
 *  |config_msix|num_queues|stat|generation|queue_sel |queue_size |queue_msix|queue_enable|queue_notify_off|
 *  16          18         20   21         22         24          26         28           30               32
 *  +-----------------------+-----------------------+-----------------------+
 *  | queue_desc            | queue_driver          | queue_device          |
 *  +-----------------------+-----------------------+-----------------------+
 *  32                      40                      48                      56
 * struct virtio_net_config (5.1.4), in a BAR; a device may end it anywhere behind the status
 *   0                      6        8        10      12              16       17
 *  +----------------------+--------+--------+-------+---------------+--------+--
 *  | mac                  | status | pairs  | mtu   | speed         |duplex  |..
 *  +----------------------+--------+--------+-------+---------------+--------+--
 * </pre>
 */
public final class VirtioLayout {
    static final int VENDOR = 0x1af4;

    /** 0x1040 and the device type, 1 for a network card (4.1.2.1). */
    static final int DEVICE_NET = 0x1041;

    /** A network card that has the interface from before virtio 1.0 beside (4.1.2.3). */
    static final int DEVICE_NET_TRANSITIONAL = 0x1000;

    static final int CAP_NEXT = 1;
    static final int CAP_LENGTH = 2;
    static final int CAP_TYPE = 3;
    static final int CAP_BAR = 4;
    static final int CAP_OFFSET = 8;
    static final int CAP_REGION_LENGTH = 12;
    static final int CAP_NOTIFY_MULTIPLIER = 16;
    /** With the multiplier behind it. */
    static final int NOTIFY_CAP_BYTES = 20;

    static final int CAP_WINDOW_DATA = 16;

    static final int TYPE_COMMON = 1;
    static final int TYPE_NOTIFY = 2;
    static final int TYPE_DEVICE = 4;
    static final int TYPE_WINDOW = 5;

    static final int DEVICE_FEATURE_SELECT = 0;
    static final int DEVICE_FEATURE = 4;
    static final int DRIVER_FEATURE_SELECT = 8;
    static final int DRIVER_FEATURE = 12;
    static final int CONFIG_MSIX_VECTOR = 16;
    static final int NUM_QUEUES = 18;
    static final int DEVICE_STATUS = 20;
    static final int CONFIG_GENERATION = 21;
    static final int QUEUE_SELECT = 22;
    static final int QUEUE_SIZE = 24;
    static final int QUEUE_MSIX_VECTOR = 26;
    static final int QUEUE_ENABLE = 28;
    static final int QUEUE_NOTIFY_OFF = 30;
    static final int QUEUE_DESC = 32;
    static final int QUEUE_DRIVER = 40;
    static final int QUEUE_DEVICE = 48;
    static final int COMMON_BYTES = 56;

    static final int NO_VECTOR = 0xffff;

    // Bits of device_status (2.1).
    static final int ACKNOWLEDGE = 1;
    static final int DRIVER = 2;
    static final int DRIVER_OK = 4;
    static final int FEATURES_OK = 8;
    static final int NEEDS_RESET = 64;
    static final int FAILED = 128;

    /** What a device that was pulled out reads as. */
    static final int GONE = 0xff;

    static final int NET_MAC = 0;
    static final int NET_STATUS = 6;
    static final int NET_BYTES = 8;

    /** Only there with {@code VIRTIO_NET_F_MQ}. */
    static final int NET_PAIRS = 8;

    /** Only there with {@code VIRTIO_NET_F_MTU}. */
    static final int NET_MTU = 10;

    /** In Mb/s, and like the duplex only there with {@code VIRTIO_NET_F_SPEED_DUPLEX}. */
    static final int NET_SPEED = 12;

    static final int NET_DUPLEX = 16;

    // Bits of the status.
    static final int NET_LINK_UP = 1;
    static final int NET_ANNOUNCE = 2;

    static final int NET_HALF_DUPLEX = 0;
    static final int NET_FULL_DUPLEX = 1;

    /** Queue pairs at most (5.1.4.1). */
    static final int MOST_PAIRS = 0x8000;

    public static final int QUEUE_RECEIVE = 0;
    public static final int QUEUE_TRANSMIT = 1;

    private VirtioLayout() {}
}
