package io.twinport.dataplane.virtqueue;

/**
 * A virtqueue (virtio 1.2, 2.7 and 2.8) in memory, and in front of it what the driver keeps for it: all that a poll loop
 * needs, at constant offsets from one address.
 *
 * <pre>
 *   0            8            16           24           32           40       44       48       52       56      60
 *  +------------+------------+------------+------------+------------+--------+--------+--------+--------+-------+-------+
 *  |descriptors |available   |used        |mbufs       |notify      | size   | index  |posted  |taken   |next   |broken |
 *  +------------+------------+------------+------------+------------+--------+--------+--------+--------+-------+-------+
 *  |MbufAllocator (receive)                            |without mbuf|dropped          |batch   |address |chains         |
 *  +---------------------------------------------------+------------+-----------------+--------+--------+---------------+
 *   64                                                  96           104               112      116      120
 *   128          136          144          152          160      164      168          176          184
 *  +------------+------------+------------+------------+--------+--------+------------+------------+--------+------------+
 *  |free        |unfinished  |header      |frame bytes |mask    |format  |freed       |headers     |marks   |unused      |
 *  +------------+------------+------------+------------+--------+--------+------------+------------+--------+------------+
 *   192
 *  +--------------------------
 *  |scratch: BATCH mbufs ...
 *  +--------------------------
 *
 *  descriptor     0              8        12      14      16      available, used ring    0       2      4
 *                +--------------+--------+-------+-------+                              +-------+------+-----------
 *                |address       |length  |flags  |next   |                              |flags  |idx   |elements ...
 *                +--------------+--------+-------+-------+                              +-------+------+-----------
 *  elements: of the available ring a descriptor's number (2 bytes), of the used ring that and a length (4 bytes each)
 * </pre>
 *
 * That is a split queue; what is another way in a packed one is in {@link PackedRing}.
 *
 * <p>{@code posted} is how many chains the driver has given to the device, {@code taken} how many it has taken back, both
 * modulo 2^16 as the indices that the rings themselves hold. {@code free} of a receive queue is what a driver would read back
 * from its available ring, if nobody else could write there: at {@code posted}, and on, the descriptors to use next.
 *
 * <p>The device, or whoever maps the rings, may write anything into descriptors and rings at any time. So the driver believes
 * nothing of what it reads there: it reads only what the device has used, and bounds what it finds.
 *
 * <p>Until the loop uses the queue a control thread writes it, and again when the loop has left it; meanwhile all but
 * {@code broken} and the counts is the loop's alone.
 */
final class QueueLayout {
    static final int DESCRIPTORS = 0;
    static final int AVAILABLE = 8;
    static final int USED = 16;

    /** Address of an array: at a chain's number, its id, its mbuf; 0 if the device has none. */
    static final int MBUFS = 24;

    /** Address of the register that wakes the device. */
    static final int NOTIFY = 32;

    static final int SIZE = 40;
    static final int INDEX = 44;
    static final int POSTED = 48;
    static final int TAKEN = 52;

    /** Of a transmit queue: the slot for the next frame. */
    static final int NEXT = 56;

    /** Not 0: the device has written what it must not, and the queue is left alone. */
    static final int BROKEN = 60;

    static final int ALLOCATOR = 64;

    /** How often there were no mbufs for the device to receive into. */
    static final int WITHOUT_MBUF = 96;

    /** Frames that were taken and freed: malformed, longer than a ring, without bytes. */
    static final int DROPPED = 104;

    /** Mbufs that are given back or allocated at once. */
    static final int BATCH = 112;

    /** Which field of an mbuf the device knows it by, see {@link io.twinport.dpdk.Mbuf#addressField}. */
    static final int ADDRESS_FIELD = 116;

    /** Of a transmit queue: all chains that were posted, of which {@code posted} is the remainder; of a receive queue, frames. */
    static final int CHAINS = 120;

    /** Address of an array, of a receive queue: at {@code posted} modulo the size the number of a free descriptor, and on. */
    static final int FREE = 128;

    /** Frames that came with a checksum to be filled in, or merged, see {@link NetHeader}. */
    static final int UNFINISHED = 136;

    /** Where the device finds a header of zeroes, of a transmit queue, or the first one of {@link #HEADERS}. */
    static final int HEADER = 144;

    /** Bytes of the frames that {@link #CHAINS} counts. */
    static final int FRAME_BYTES = 152;

    /** Of a receive queue, which bits of {@code num_buffers} count: all with {@code MRG_RXBUF}, else none. */
    static final int BUFFERS_MASK = 160;

    /** Of {@link PackedRing}: 0 in a split queue. */
    static final int FORMAT = 164;

    /**
     * Of a packed transmit queue: the chains that were freed in the upper half, their descriptors in the lower one. For other
     * threads too, which must see both as they were at one time.
     */
    static final int FREED = 168;

    /** Of a receive queue, which of what headers say goes into mbufs: of {@link NetHeader}. */
    static final int MARKS = 184;

    /** Of a transmit queue, where we have a header for each slot; 0 where all are zeroes, see {@link NetHeader}. */
    static final int HEADERS = 176;

    static final int SCRATCH = 192;
    static final int LARGEST_BATCH = 32;

    /** Where the rings may begin. */
    static final int BYTES = SCRATCH + LARGEST_BATCH * Long.BYTES;

    /** What an element of {@link #MBUFS} has of the mbuf's address; a packed queue keeps something above it. */
    static final long MBUF_MASK = (1L << 48) - 1;

    static final int DESCRIPTOR_BYTES = 16;
    static final int DESCRIPTOR_LENGTH = 8;

    /** {@code flags} and {@code next} are written together with the length, as the upper half of 8 bytes. */
    static final int FLAGS_SHIFT = 32;

    static final int NEXT_SHIFT = 48;
    static final long FLAG_NEXT = 1L << FLAGS_SHIFT;
    static final long FLAG_WRITE = 2L << FLAGS_SHIFT;

    static final int RING_FLAGS = 0;
    static final int RING_IDX = 2;
    static final int RING = 4;
    static final int AVAILABLE_ELEMENT = 2;
    static final int USED_ELEMENT = 8;

    /** In the available ring's flags (2.7.6): the queue is polled. */
    static final short NO_INTERRUPT = 1;

    /** In the used ring's flags (2.7.8): the device is awake. */
    static final short NO_NOTIFY = 1;

    /**
     * {@code struct virtio_net_hdr} of version 1 (5.1.6), before each frame. All zero where nothing is offloaded, see
     * {@link NetHeader}. {@code num_buffers} is that of received frames.
     *
     * <pre>
     *   0       1          2         4          6            8             10            12
     *  +-------+----------+---------+----------+------------+-------------+-------------+
     *  |flags  |gso_type  |hdr_len  |gso_size  |csum_start  |csum_offset  |num_buffers  |
     *  +-------+----------+---------+----------+------------+-------------+-------------+
     * </pre>
     */
    static final int NET_HEADER = 12;

    static final int HEADER_FLAGS = 0;
    static final int GSO_SIZE = 4;
    static final int CSUM_START = 6;
    static final int CSUM_OFFSET = 8;
    static final int NUM_BUFFERS = 10;

    private QueueLayout() {}
}
