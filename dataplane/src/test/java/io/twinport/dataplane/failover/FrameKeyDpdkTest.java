package io.twinport.dataplane.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.ReceivedFrames;
import io.twinport.dpdk.testing.TestEal;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** U8: which frames count as copies of each other, and which do not. */
class FrameKeyDpdkTest {
    private static final String ADDRESSES = "020000000001" + "020000000009";

    /** 40 bytes: a TCP ACK without options. */
    private static final String ACK = "45000028abcd40004006" + "0000" + "0a000001" + "0a000002" + "1f90c001"
            + "00000001" + "00000002" + "50100100" + "1234" + "0000";

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    /** Frames of a test, received or made up; all freed at its end. */
    private static final class Lab implements AutoCloseable {
        private final MbufPool pool = MbufPool.create("keys", 1023);
        private final MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
        private final long array = Frames.array(64);
        private int count;

        long frame(String hex) {
            return frame(HexFormat.of().parseHex(hex));
        }

        long frame(byte[] bytes) {
            long slot = Frames.from(array, count++);
            assertEquals(1, allocator.allocate(slot, 1));
            long mbuf = Frames.get(slot, 0);
            ReceivedFrames.write(mbuf, bytes);
            return mbuf;
        }

        long padded(String hex, int length, int fill) {
            byte[] bytes = HexFormat.of().parseHex(hex);
            byte[] longer = Arrays.copyOf(bytes, length);
            Arrays.fill(longer, bytes.length, length, (byte) fill);
            return frame(longer);
        }

        @Override
        public void close() {
            Mbuf.free(array, count);
            assertEquals(pool.size(), pool.available());
            pool.close();
        }
    }

    private interface Check {
        void in(Lab lab);
    }

    private static void check(Check check) throws Exception {
        EalWorker.run(() -> {
            try (Lab lab = new Lab()) {
                check.in(lab);
            }
        });
    }

    private static void assertCopies(long one, long other) {
        assertNotEquals(FrameKey.NONE, FrameKey.of(one));
        assertEquals(FrameKey.of(one), FrameKey.of(other));
    }

    private static void assertDiffer(long one, long other) {
        assertNotEquals(FrameKey.of(one), FrameKey.of(other));
    }

    @Test
    void shouldTellFramesApartByAnyOfTheirBytes() throws Exception {
        check(lab -> {
            byte[] bytes = HexFormat.of().parseHex(ADDRESSES + "0800" + ACK);
            long frame = lab.frame(bytes);
            assertCopies(frame, lab.frame(bytes));
            for (int i = 0; i < bytes.length; i++) {
                byte[] other = bytes.clone();
                other[i] ^= 0x10;
                assertDiffer(frame, lab.frame(other));
            }
        });
    }

    @Test
    void shouldSeeBeyondTheFirstSegment() throws Exception {
        check(lab -> {
            byte[] bytes = new byte[1500];
            new Random(1).nextBytes(bytes);
            bytes[12] = (byte) 0x88;
            for (int first : new int[] {64, 100, 777, 1499}) {
                long head = lab.frame(Arrays.copyOf(bytes, first));
                long tail = lab.frame(Arrays.copyOfRange(bytes, first, bytes.length));
                ReceivedFrames.chain(head, tail);
                long whole = lab.frame(bytes);
                assertCopies(whole, head);
                bytes[1498] ^= 1;
                assertDiffer(head, lab.frame(bytes));
                bytes[1498] ^= 1;
                ReceivedFrames.unchain(head);
            }
        });
    }

    /** U8: one device takes the tag out, the other leaves it in. */
    @Test
    void shouldPutTheTagBackThatADeviceHasTakenOut() throws Exception {
        check(lab -> {
            long tagged = lab.frame(ADDRESSES + "81006005" + "0800" + ACK);
            long stripped = lab.frame(ADDRESSES + "0800" + ACK);
            long untagged = lab.frame(ADDRESSES + "0800" + ACK);
            long otherVlan = lab.frame(ADDRESSES + "0800" + ACK);
            ReceivedFrames.stripped(stripped, 0x6005);
            ReceivedFrames.stripped(otherVlan, 0x6006);
            assertCopies(tagged, stripped);
            assertDiffer(tagged, untagged);
            assertDiffer(tagged, otherVlan);
        });
    }

    /** U8: one device pads short frames, or leaves their checksum on. */
    @Test
    void shouldNotCountThePadding() throws Exception {
        check(lab -> {
            String ip4 = ADDRESSES + "0800" + ACK;
            assertCopies(lab.frame(ip4), lab.padded(ip4, 60, 0));
            assertCopies(lab.frame(ip4), lab.padded(ip4, 64, 0xee));
            String ip6 = ADDRESSES + "86dd" + "6000000000043aff" + "fe80".repeat(16) + "85000000";
            assertCopies(lab.frame(ip6), lab.padded(ip6, 64, 1));
            String arp =
                    ADDRESSES + "0806" + "0001080006040001" + "020000000009" + "0a000001" + "000000000000" + "0a000002";
            assertCopies(lab.frame(arp), lab.padded(arp, 60, 2));
            String stp = "0180c2000000" + "020000000009" + "0026" + "424203".repeat(12) + "4242";
            assertCopies(lab.frame(stp), lab.padded(stp, 60, 3));
            assertCopies(
                    lab.padded(ADDRESSES + "8100" + "0005" + "0800" + ACK, 64, 0),
                    lab.frame(ADDRESSES + "81000005" + "0800" + ACK));
        });
    }

    @Test
    void shouldCountAllThatFollowsAnUnknownType() throws Exception {
        check(lab -> {
            String frame = ADDRESSES + "88b5" + "01020304";
            assertDiffer(lab.frame(frame), lab.padded(frame, 60, 0));
        });
    }

    /** A length that lies, or is 0, must not hide a difference. */
    @Test
    void shouldNotTrustLengthsThatCannotBe() throws Exception {
        check(lab -> {
            String zero = ADDRESSES + "0800" + ACK.replaceFirst("45000028", "45000000");
            assertDiffer(lab.frame(zero), lab.padded(zero, 60, 0));
            String beyond = ADDRESSES + "0800" + ACK.replaceFirst("45000028", "4500ffff");
            assertCopies(lab.frame(beyond), lab.frame(beyond));
            assertDiffer(lab.frame(beyond), lab.padded(beyond, 60, 0));
            assertNotEquals(FrameKey.NONE, FrameKey.of(lab.frame(ADDRESSES + "0800" + "45000028")));
        });
    }

    /** U8: their bytes are not those of the wire. */
    @Test
    void shouldLetThroughWhatCannotBeCompared() throws Exception {
        check(lab -> {
            String frame = ADDRESSES + "0800" + ACK;
            long partial = lab.frame(frame);
            ReceivedFrames.partialChecksum(partial);
            assertEquals(FrameKey.NONE, FrameKey.of(partial));
            long merged = lab.frame(frame);
            ReceivedFrames.merged(merged);
            assertEquals(FrameKey.NONE, FrameKey.of(merged));
            long good = lab.frame(frame);
            ReceivedFrames.goodChecksum(good);
            assertCopies(lab.frame(frame), good);
            assertEquals(FrameKey.NONE, FrameKey.of(lab.frame("0200000000")));
            assertTrue(FrameKey.of(lab.frame(frame)) < 0);
        });
    }
}
