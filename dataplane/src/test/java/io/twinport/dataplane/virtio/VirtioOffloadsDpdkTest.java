package io.twinport.dataplane.virtio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.device.Offloads;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.line.TestLines;
import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dataplane.testing.TestPacket;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dataplane.vhost.VhostDevices;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthOffloads;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufOffloads;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** U5 of our own driver, and DPDK's vhost as its far end, which completes checksums itself if it is not asked to leave them. */
@SuppressWarnings("NullAway.Init") // start() and join() make them
class VirtioOffloadsDpdkTest {
    private static final int PACKETS = 300;
    private static final long NONE = 0;

    /** {@code RTE_MBUF_F_RX_LRO} and {@code RTE_MBUF_F_RX_L4_CKSUM_NONE}. */
    private static final long MERGED = 1 << 16 | 1 << 8 | 1 << 3;

    @TempDir
    Path folder;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final long array = Frames.array(1);
    private MbufPool pool;
    private VhostDevices devices;
    private long nearLine;
    private long farLine;
    private EthDev far;
    private VirtioSide near;

    @BeforeEach
    void start() {
        TestEal.start();
        pool = MbufPool.create("offloads", 2047);
        devices = new VhostDevices(
                new FarEndAddress(folder.resolve("far").toString(), false), new RetryPause(), () -> {});
        devices.start();
        System.out.println("seed " + seed);
    }

    @AfterEach
    void end() {
        near.stop();
        near.remove();
        far.stop();
        far.remove();
        devices.close();
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    /** @param farRx what the far end leaves to its user, of {@code RTE_ETH_RX_OFFLOAD_*} */
    private void join(Offloads promised, long farRx, long farTx) {
        join(promised, farRx, farTx, false);
    }

    /** @param cuts whether the far end takes frames that are to be cut into segments */
    private void join(Offloads promised, long farRx, long farTx, boolean cuts) {
        far = EthDev.probe("net_vhost0,iface=" + folder.resolve("far") + ",tso=" + (cuts ? 1 : 0));
        far.want(1500, farRx, farTx);
        far.configure(pool);
        far.start();
        Await.until("the far end has come", () -> devices.present().isPresent());
        near = VirtioSide.open(
                "vhost-user:far", devices.present().orElseThrow(), MacAddress.parse("02:00:00:00:00:01"), 1, true);
        near.promiseOffloads(promised);
        near.configure(pool, 1);
        nearLine = SideLineSetup.allocate();
        near.start(new long[] {nearLine}, EventLine.allocate());
        Await.until("the far end is ready", far::isLinkUp);
        farLine = TestLines.of(far);
    }

    private static Offloads checksums(boolean rx, boolean tx) {
        return new Offloads(
                rx ? EthOffloads.RX_CHECKSUMS : 0,
                tx ? EthOffloads.L4_CHECKSUMS | EthOffloads.IPV4_CHECKSUM | EthOffloads.VLAN_INSERT : 0);
    }

    private boolean uses(String feature) {
        return near.features().orElseThrow().split(";")[0].contains(feature);
    }

    /** In one mbuf, in several, and in one that the driver may not write a header before. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLeaveChecksumToTheDevice(boolean isCompleted) throws Exception {
        join(checksums(false, true), isCompleted ? NONE : EthOffloads.RX_L4_CHECKSUMS, NONE);
        assertTrue(uses(" CSUM"));
        assertFalse(uses("GUEST_CSUM"));
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            int left = 0;
            for (int i = 0; i < PACKETS; i++) {
                TestPacket packet = new TestPacket(random, random.nextInt(8));
                UnsafeApi.putLong(array, packet.mbuf(allocator, 1 + random.nextInt(3)));
                move(nearLine, farLine);
                boolean leaves = !isCompleted && !packet.isPadded();
                assertEquals(leaves, !Mbuf.isAsOnTheWire(Frames.get(array, 0)), () -> packet + ", seed " + seed);
                checkBytes(packet, leaves ? packet.begun() : packet.complete());
                left += leaves ? 1 : 0;
                Mbuf.free(array, 1);
            }
            assertEquals(isCompleted, left == 0);
        });
        assertEquals(0, SideLine.unsendable(nearLine));
    }

    /** It was made ready before it had another owner (U4), or it cannot be sent. */
    @Test
    void shouldChangeNoFrameThatHasAnotherOwner() throws Exception {
        join(checksums(false, true), EthOffloads.RX_L4_CHECKSUMS, NONE);
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            TestPacket packet = new TestPacket(random, 0);
            long mbuf = packet.mbuf(allocator, 1);
            byte[] raw = TestPacket.bytes(mbuf);
            Mbuf.reference(mbuf);
            UnsafeApi.putLong(array, mbuf);
            assertEquals(1, SideLine.transmit(nearLine, array, 1));
            assertEquals(1, SideLine.unsendable(nearLine));
            assertArrayEquals(raw, TestPacket.bytes(mbuf));
            UnsafeApi.putLong(array, mbuf);
            move(nearLine, farLine);
            checkBytes(packet, packet.begun());
            Mbuf.free(array, 1);
        });
    }

    /** What comes says that its checksum is unwritten, and asks for it: so it can be sent on as it is. */
    @Test
    void shouldHandOnFrameThatSaysThatItsChecksumIsUnwritten() throws Exception {
        join(checksums(true, true), NONE, EthOffloads.L4_CHECKSUMS | EthOffloads.VLAN_INSERT);
        assertTrue(uses("GUEST_CSUM"));
        EalWorker.run(() -> {
            SideLine.enter(nearLine);
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int i = 0; i < PACKETS; i++) {
                TestPacket packet = new TestPacket(random, 0);
                UnsafeApi.putLong(array, packet.mbuf(allocator, 1));
                move(farLine, nearLine);
                long mbuf = Frames.get(array, 0);
                assertFalse(Mbuf.isAsOnTheWire(mbuf), () -> packet + ", seed " + seed);
                checkBytes(packet, packet.begun());
                move(nearLine, farLine);
                checkBytes(packet, packet.complete());
                Mbuf.free(array, 1);
            }
        });
        assertEquals(Map.of("rx_q0_unfinished", (long) PACKETS), near.extendedStatistics());
        assertEquals(0, near.statistics().orElseThrow().rxErrors());
    }

    /** Then the far end knows it, and completes what its user leaves to it. */
    @Test
    void shouldTakeAndSendWholeFramesWherePortPromisesNothing() throws Exception {
        join(Offloads.NONE, EthOffloads.RX_L4_CHECKSUMS, EthOffloads.L4_CHECKSUMS | EthOffloads.VLAN_INSERT);
        assertFalse(uses("CSUM"));
        EalWorker.run(() -> {
            SideLine.enter(nearLine);
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int i = 0; i < PACKETS; i++) {
                TestPacket packet = new TestPacket(random, 0);
                UnsafeApi.putLong(array, packet.mbuf(allocator, 1));
                move(farLine, nearLine);
                assertTrue(Mbuf.isAsOnTheWire(Frames.get(array, 0)));
                checkBytes(packet, packet.complete());
                assertEquals(0, MbufOffloads.flags(Frames.get(array, 0)) & MbufOffloads.ANY);
                move(nearLine, farLine);
                checkBytes(packet, packet.complete());
                Mbuf.free(array, 1);
            }
        });
        assertEquals(Map.of("rx_q0_unfinished", 0L), near.extendedStatistics());
    }

    private static Offloads segments() {
        return new Offloads(
                EthOffloads.TCP_MERGING,
                EthOffloads.TCP_SEGMENTATION | EthOffloads.IPV4_CHECKSUM | EthOffloads.MULTI_SEGS);
    }

    @Test
    void shouldLeaveSegmentsToTheDevice() throws Exception {
        join(segments(), EthOffloads.RX_L4_CHECKSUMS, NONE, true);
        assertTrue(uses("GUEST_TSO4, GUEST_TSO6, HOST_TSO4, HOST_TSO6, MRG_RXBUF"));
        assertTrue(
                near.offloads().and(segments()).equals(segments().without(new Offloads(0, EthOffloads.IPV4_CHECKSUM))));
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int i = 0; i < PACKETS; i++) {
                int segment = 1 + random.nextInt(0xffff);
                TestPacket packet = TestPacket.merged(random);
                UnsafeApi.putLong(array, packet.mbufToCut(allocator, segment));
                move(nearLine, farLine);
                checkBytes(packet, packet.begunToCut());
                assertMerged(segment);
                Mbuf.free(array, 1);
            }
        });
        assertEquals(0, SideLine.unsendable(nearLine));
    }

    /** What comes merged asks to be cut again, so it can be sent on as it is. */
    @Test
    void shouldHandOnMergedFrame() throws Exception {
        join(segments(), EthOffloads.RX_L4_CHECKSUMS, EthOffloads.L4_CHECKSUMS, true);
        EalWorker.run(() -> {
            SideLine.enter(nearLine);
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int i = 0; i < PACKETS; i++) {
                int segment = 1 + random.nextInt(0xffff);
                TestPacket packet = TestPacket.merged(random);
                UnsafeApi.putLong(array, packet.mbufToCut(allocator, segment));
                move(farLine, nearLine);
                assertMerged(segment);
                assertEquals(packet.raw().length, Mbuf.packetLength(Frames.get(array, 0)));
                move(nearLine, farLine);
                checkBytes(packet, packet.begunToCut());
                assertMerged(segment);
                Mbuf.free(array, 1);
            }
        });
        assertEquals(0, near.statistics().orElseThrow().rxErrors());
    }

    /** A port whose sides must all be able to has no such device; and else nothing unfinished leaves it. */
    @Test
    void shouldSendNoFrameThatItsDeviceCannotCut() throws Exception {
        join(segments(), EthOffloads.RX_L4_CHECKSUMS, NONE, false);
        assertFalse(uses("HOST_TSO"));
        assertEquals(0, near.offloads().tx() & EthOffloads.TCP_SEGMENTATION);
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            UnsafeApi.putLong(array, TestPacket.merged(random).mbufToCut(allocator, 1448));
            assertEquals(1, SideLine.transmit(nearLine, array, 1));
            assertEquals(1, SideLine.unsendable(nearLine));
            assertEquals(0, SideLine.receive(farLine, array, 1));
        });
    }

    private void assertMerged(int segment) {
        long mbuf = Frames.get(array, 0);
        assertEquals(MERGED, MbufOffloads.flags(mbuf) & MERGED, () -> "seed " + seed);
        assertEquals(segment, MbufOffloads.segment(mbuf));
    }

    /** Sends the frame by the first line and receives it by the other one. */
    private void move(long from, long to) {
        Await.until("it is sent", () -> SideLine.transmit(from, array, 1) == 1);
        Await.until("it has come", () -> SideLine.receive(to, array, 1) == 1);
    }

    private void checkBytes(TestPacket packet, byte[] expected) {
        assertArrayEquals(expected, TestPacket.bytes(Frames.get(array, 0)), () -> packet + ", seed " + seed);
    }
}
