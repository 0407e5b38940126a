package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.testing.TestPacket;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufOffloads;
import io.twinport.dpdk.testing.Frames;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Both queues against a device that writes anything, at any time, wherever it can: descriptors, available ring, used ring,
 * headers. A queue may break or not; no mbuf is lost or used twice, and nothing crashes. {@code -Dtwinport.fuzz.rounds=1000000}
 * for more.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(QueueFormat.class)
class QueueFuzzDpdkTest extends QueueRig {
    private static final int ROUNDS = Integer.getInteger("twinport.fuzz.rounds", 100_000);

    /** A queue that still works after so many rounds is reset all the same, and what it has is counted. */
    private static final int LIFE = 50;

    private int started;
    private int broken;
    private int whole;
    private int spread;
    private int unwritten;
    private int merged;
    private boolean merges;

    QueueFuzzDpdkTest(QueueFormat format) {
        super(format);
    }

    @Test
    void shouldKeepMbufsOfReceiveQueueWhateverIsWritten() throws Exception {
        asReceiver(() -> {
            for (int round = 0; round < ROUNDS; round++) {
                deviceReceives();
                int n = receive(1 + random.nextInt(BURST));
                for (int i = 0; i < n; i++) {
                    spread += Mbuf.isContiguous(Frames.get(array, i)) ? 0 : 1;
                    checkFrame(Frames.get(array, i));
                }
                Mbuf.free(array, n);
                if (isOver(round)) {
                    restart();
                    account();
                    queue.fill(pool);
                    VirtioReceive.enter(queue.address());
                    merges = random.nextBoolean();
                    if (merges) {
                        queue.mergeBuffers();
                    }
                    switch (random.nextInt(3)) {
                        case 0 -> queue.receiveChecksums();
                        case 1 -> queue.receiveMerged();
                        default -> {}
                    }
                }
            }
            assertTrue(spread > 0, this::where);
            assertTrue(unwritten > 0 && merged > 0, this::where);
            System.out.println(spread + " frames in several mbufs, " + unwritten + " with an unwritten checksum, "
                    + merged + " merged");
            checkPool();
        });
    }

    private void checkFrame(long mbuf) {
        if ((MbufOffloads.flags(mbuf) & MbufOffloads.L4_MASK) != 0) {
            int start = MbufOffloads.l2Length(mbuf) + MbufOffloads.l3Length(mbuf);
            if ((MbufOffloads.flags(mbuf) & MbufOffloads.TCP_SEGMENTATION) != 0) {
                assertTrue(start + MbufOffloads.l4Length(mbuf) <= Mbuf.dataLength(mbuf), this::where);
                assertTrue(MbufOffloads.segment(mbuf) != 0, this::where);
                merged++;
            }
            int end = start + MbufOffloads.checksumField(MbufOffloads.flags(mbuf)) + Short.BYTES;
            assertTrue(end <= Mbuf.dataLength(mbuf), this::where);
            unwritten++;
        }
        int length = 0;
        int segments = 0;
        for (long segment = mbuf; segment != 0; segment = Mbuf.next(segment)) {
            assertEquals(1, Mbuf.references(segment), this::where);
            assertTrue(Mbuf.dataLength(segment) <= Mbuf.room(segment), this::where);
            length += Mbuf.dataLength(segment);
            segments++;
        }
        assertEquals(length, Mbuf.packetLength(mbuf), this::where);
        assertEquals(segments, Mbuf.segments(mbuf), this::where);
        assertTrue(merges || segments == 1, this::where);
    }

    @Test
    void shouldKeepMbufsOfTransmitQueueWhateverIsWritten() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            long completed = 0;
            for (int round = 0; round < ROUNDS; round++) {
                int count = random.nextInt(BURST / 2);
                for (int i = count; i >= 0; i--) {
                    UnsafeApi.putLong(Frames.from(array, i), anyFrame(allocator));
                }
                send(count + 1);
                deviceSends();
                if (random.nextInt(4) == 0) {
                    VirtioTransmit.reap(queue.address());
                }
                VirtioTransmit.isSent(queue.address());
                long now = queue.completed();
                assertTrue(completed <= now && now <= counter(CHAINS), this::where);
                completed = now;
                if (isOver(round)) {
                    restart();
                    account();
                    completed = 0;
                    if (random.nextBoolean()) {
                        queue.sendChecksums();
                    }
                }
            }
            checkPool();
        });
    }

    private long anyFrame(MbufAllocator allocator) {
        int[] lengths = new int[random.nextInt(4) == 0 ? 1 + random.nextInt(SLOTS) : 1];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = random.nextInt(8) == 0 ? 0 : 60;
        }
        long mbuf = chainOf(allocator, lengths);
        if (random.nextInt(4) == 0) {
            MbufOffloads.ask(mbuf, random.nextLong() & (MbufOffloads.ANY | MbufOffloads.IPV6 | 0xff_ffff_ffffL));
        }
        return mbuf;
    }

    private void deviceReceives() {
        for (int i = random.nextInt(SLOTS); i > 0; i--) {
            int buffers = merges && random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 1;
            for (int j = 0; j < buffers && device.waiting() > 0; j++) {
                int id = device.next();
                long mbuf = mbufOf(id & SLOTS - 1);
                if (mbuf != 0 && j == 0) {
                    anyHeader(Mbuf.data(mbuf) - NET_HEADER, buffers);
                    if (random.nextInt(4) == 0) {
                        anyPacket(mbuf);
                    }
                }
                device.use(id, random.nextInt(32) == 0 ? random.nextInt() : NET_HEADER + 60);
            }
        }
        device.publish();
        scribble();
    }

    private void anyHeader(long header, int buffers) {
        UnsafeApi.putInt(header, random.nextInt(4) == 0 ? random.nextInt() & 0x103 : 0);
        UnsafeApi.putInt(header + CSUM_START, random.nextInt() & 0xff00ff);
        UnsafeApi.putShort(header + NUM_BUFFERS, (short) (random.nextInt(64) == 0 ? random.nextInt() : buffers));
    }

    /** Its headers, or nearly, and where its checksum is. */
    private void anyPacket(long mbuf) {
        byte[] headers = Arrays.copyOf(new TestPacket(random, 0).raw(), 60);
        for (int i = 0; i < headers.length; i++) {
            UnsafeApi.putByte(Mbuf.data(mbuf) + i, headers[i]);
        }
        UnsafeApi.putShort(Mbuf.data(mbuf) + 16, (short) (random.nextInt(64) << 8)); // IPv4's length
        UnsafeApi.putShort(Mbuf.data(mbuf) + 18, (short) (random.nextInt(64) << 8)); // IPv6's
        long header = Mbuf.data(mbuf) - NET_HEADER;
        UnsafeApi.putShort(header, (short) (1 | random.nextInt(random.nextBoolean() ? 2 : 6) << 8));
        UnsafeApi.putShort(header + GSO_SIZE, (short) random.nextInt(3));
        UnsafeApi.putShort(header + CSUM_START, (short) (34 + 20 * random.nextInt(2)));
        UnsafeApi.putShort(header + CSUM_OFFSET, (short) (6 + 10 * random.nextInt(2)));
    }

    private void deviceSends() {
        device.complete(random.nextInt(SLOTS), random.nextInt());
        scribble();
    }

    /** Now and then one word, as a bug would, or all, as malice. */
    private void scribble() {
        long from = counter(DESCRIPTORS);
        int bytes = (int) (counter(MBUFS) - from);
        switch (random.nextInt(64)) {
            case 0 -> UnsafeApi.putShort(from + random.nextInt(bytes / 2) * 2L, (short) random.nextInt());
            case 1 -> UnsafeApi.putShort(from + random.nextInt(bytes / 2) * 2L, (short) random.nextInt(SLOTS));
            case 2 -> UnsafeApi.putShort(counter(USED) + RING_IDX, (short) random.nextInt());
            case 3 -> device.use(random.nextInt(2 * SLOTS), random.nextInt());
            case 4 -> scribble(AVAILABLE);
            case 5 -> scribble(DESCRIPTORS);
            case 6 -> scribble(USED);
            case 7 -> {
                if (random.nextInt(8) == 0) {
                    scribble(from, bytes);
                }
            }
            default -> {} // it behaves
        }
    }

    private boolean isOver(int round) {
        if (queue.isBroken()) {
            broken++;
        } else if (round - started >= LIFE) {
            whole++;
        } else {
            return false;
        }
        started = round;
        return true;
    }

    /** After a reset all is back. */
    private void account() {
        assertEquals(pool.size(), pool.available(), this::where);
    }

    /** Each mbuf is there once: what was lost is not made up for by one that was freed twice. */
    private void checkPool() {
        System.out.println(
                ROUNDS + " rounds: " + broken + " broken, " + whole + " fine after " + LIFE + "; " + where());
        queue.freeMbufs();
        MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
        Set<Long> all = new HashSet<>();
        while (allocator.allocate(array, 1) == 1) {
            assertTrue(all.add(Frames.get(array, 0)), this::where);
        }
        assertEquals(pool.size(), all.size(), this::where);
        for (long mbuf : all) {
            UnsafeApi.putLong(array, mbuf);
            Mbuf.free(array, 1);
        }
    }

    private String where() {
        return "seed " + seed;
    }
}
