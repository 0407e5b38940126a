package io.twinport.dataplane.handler;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dpdk.DpdkMemory;
import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * Bursts from one thread to one other, without a copy: {@code rx_burst} writes mbuf addresses straight into a claimed
 * slot, and the other side's {@code tx_burst} reads them straight out of it. One message per burst.
 *
 * <pre>
 *   a message       0        8          16                 264
 *  +--------------+--------+----------+----------+--------+
 *  | Agrona header| count  | mbuf 0   | mbuf 1   |  ...   |
 *  +--------------+--------+----------+----------+--------+
 * </pre>
 */
public final class MbufRing implements AutoCloseable {
    private static final int BURST = 1;
    private static final int MBUFS = Long.BYTES;
    private static final int MESSAGE = MBUFS + MbufBurst.CAPACITY * Long.BYTES;
    private static final int NO_SLOT = -1;

    /** What the consumer does with a burst. */
    @FunctionalInterface
    public interface Consumer {
        /**
         * Takes over the mbufs.
         *
         * @param packets address of an array of mbuf addresses, valid during the call
         */
        void accept(long packets, int count);
    }

    private final DpdkMemory memory;
    private final OneToOneRingBuffer ring;
    private final UnsafeBuffer buffer;
    private int slot = NO_SLOT;

    /** @param bytes of the ring, a power of two; a burst takes 272 */
    public MbufRing(String name, int bytes) {
        int length = bytes + RingBufferDescriptor.TRAILER_LENGTH;
        this.memory = DpdkMemory.allocate(name, length);
        this.buffer = new UnsafeBuffer(memory.address(), length);
        this.ring = new OneToOneRingBuffer(buffer);
    }

    /**
     * Producer: where the next burst goes. The same slot again until {@link #publish}, so an empty burst costs nothing.
     *
     * @return address of an array of {@link MbufBurst#CAPACITY}, 0 where the ring is full
     */
    public long claim() {
        if (slot == NO_SLOT) {
            int index = ring.tryClaim(BURST, MESSAGE);
            if (index < 0) {
                return 0;
            }
            slot = index;
        }
        return buffer.addressOffset() + slot + MBUFS;
    }

    /** Producer: hands the claimed burst over; the mbufs are the consumer's from now on. */
    public void publish(int count) {
        UnsafeApi.putLong(buffer.addressOffset() + slot, count);
        ring.commit(slot);
        slot = NO_SLOT;
    }

    /** Consumer: binds its code to the ring, once, so that {@link #read} allocates nothing. */
    public MessageHandler handler(Consumer consumer) {
        return (type, source, index, length) -> {
            long message = source.addressOffset() + index;
            consumer.accept(message + MBUFS, (int) UnsafeApi.getLong(message));
        };
    }

    /** Consumer: takes at most so many bursts. */
    public int read(MessageHandler handler, int limit) {
        return ring.read(handler, limit);
    }

    /** Frees all mbufs that are in the ring; neither thread uses it any more, or the caller is the consumer. */
    public void freeAll() {
        MessageHandler free = handler(Mbuf::free);
        // Twice nothing: a read that only skips the padding at the ring's end says that it has read nothing.
        for (int nothing = 0; nothing < 2; nothing++) {
            while (ring.read(free) > 0) {
                nothing = 0;
            }
        }
    }

    /** Frees the memory, when neither thread uses the ring any more and it has been read empty. */
    @Override
    public void close() {
        memory.close();
    }
}
