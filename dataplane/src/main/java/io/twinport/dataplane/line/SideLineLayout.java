package io.twinport.dataplane.line;

/**
 * Where the fields of a {@link SideLine} lie.
 *
 * <pre>
 *   0            8            16           24           32           40           48    50  52  54      56    60  62
 *  +------------+------------+------------+------------+------------+------------+----+---+---+-------+-----+---+---+
 *  |rx function |rx queue    |rx callbacks|tx function |tx queue    |tx callbacks|port|rx#|tx#|tx ring|link |rx |tx |
 *  |            |            |            |            |            |            |    |   |   |       |     | kinds |
 *  +------------+------------+------------+------------+------------+------------+----+---+---+-------+-----+---+---+
 *  |compl.|rings|tx status   |prepare     |lacks       |link func.  |shared      |unsendable  |rx bytes  |malformed  |
 *  +------+-----+------------+------------+------------+------------+------------+------------+----------+-----------+
 *  |begins      |
 *  +------------+
 * </pre>
 *
 * Each burst reads the first cache line. Behind it are how it is known what the device has sent ({@link TxCompletion}), what
 * the port's other queues may have in their rings, how frames are made ready, the function that reads the link word, the
 * {@link SharedQueue} that the line's loop serves, and counts: of frames that were taken and that nobody can send, and, of a
 * {@link #CHECKED_DPDK} line, of the bytes received and the frames whose lengths cannot be. The counts outlive a start of the
 * device.
 *
 * <p>The kinds say whose queues these are. It is a branch that a run of bursts on one side always takes alike, on a word of
 * the line that is being read anyway.
 */
final class SideLineLayout {
    static final int RX_FUNCTION = 0;
    static final int RX_QUEUE = 8;
    static final int RX_CALLBACKS = 16;
    static final int TX_FUNCTION = 24;
    static final int TX_QUEUE = 32;
    static final int TX_CALLBACKS = 40;
    static final int PORT = 48;
    static final int RX_INDEX = 50;
    static final int TX_INDEX = 52;
    static final int TX_RING = 54;
    static final int LINK = 56;
    static final int RX_KIND = 60;
    static final int TX_KIND = 62;
    static final int COMPLETION = SideLine.LENGTH;
    static final int OTHER_RINGS = COMPLETION + Integer.BYTES;
    static final int TX_STATUS = COMPLETION + Long.BYTES;
    static final int PREPARE = TX_STATUS + Long.BYTES;
    static final int LACKS = PREPARE + Long.BYTES;
    static final int LINK_FUNCTION = LACKS + Long.BYTES;
    static final int SHARED = LINK_FUNCTION + Long.BYTES;
    static final int UNSENDABLE = SHARED + Long.BYTES;
    static final int RX_BYTES = UNSENDABLE + Long.BYTES;
    static final int MALFORMED = RX_BYTES + Long.BYTES;
    static final int BEGINS = MALFORMED + Long.BYTES;
    static final int BYTES = BEGINS + Long.BYTES;

    /** A DPDK driver. */
    static final short OF_DPDK = 0;

    /** Our own driver, which needs no functions: the queue is the address of its block. */
    static final short OF_VIRTIO = 1;

    /** To send: other queues of the port use the transmit queue too. The queue is the address of a {@link TransmitRelay}. */
    static final short RELAYED = 2;

    /** To send: the port promises offloads (U5), so frames are made ready first, for a DPDK driver or for our own. */
    static final short OFFLOADED_DPDK = 3;

    static final short OFFLOADED_VIRTIO = 4;

    /** To receive: a DPDK driver that has its lengths from another program, see {@link LengthCheck}. */
    static final short CHECKED_DPDK = 5;

    private SideLineLayout() {}
}
