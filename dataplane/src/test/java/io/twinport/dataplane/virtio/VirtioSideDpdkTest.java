package io.twinport.dataplane.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.device.Offloads;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.virtqueue.DeviceEnd;
import io.twinport.dataplane.virtqueue.Virtqueue;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EthOffloads;
import io.twinport.dpdk.EthStats;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import io.twinport.posix.Errno;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which order a device is driven, and what becomes of its mbufs. */
class VirtioSideDpdkTest {
    private static final int FRAMES = 8;

    private final long array = Frames.array(FakeTransport.SLOTS);
    private final long scratch = Arena.global().allocate(64, 64).address();
    private final long events = EventLine.allocate();
    private final long[] lines = new long[2];
    private MbufPool pool;
    private FakeTransport device;
    private VirtioSide side;

    @BeforeEach
    void open() {
        TestEal.start();
        pool = MbufPool.create("side", 1023);
        make(1);
    }

    private void make(int pairs) {
        device = new FakeTransport(pairs);
        side = VirtioSide.open(device);
        for (int i = 0; i < lines.length; i++) {
            lines[i] = SideLineSetup.allocate();
        }
    }

    @AfterEach
    void close() {
        device.failing = "";
        side.remove();
        assertEquals(pool.size(), pool.available(), "mbufs are missing");
        pool.close();
    }

    private void start(int queues) {
        side.configure(pool, queues);
        side.start(lines, events);
    }

    private boolean isLinkUp() {
        return SideLine.isLinkUp(lines[0], scratch);
    }

    /** 3.1.1: reset, features, queues, and only then may the device move frames, and be notified. */
    @Test
    void shouldStartInTheOrderThatIsPrescribed() {
        start(1);
        assertEquals(List.of("reset", "negotiate", "size 0", "size 1", "queue 0", "queue 1", "run"), device.story());
        assertTrue(isLinkUp());
        assertTrue(side.isStandbyAcknowledged());
        assertEquals(FakeTransport.SLOTS, device.end(0).waiting(), "the receive queue has empty mbufs");
        assertEquals(0, device.end(1).waiting());
        side.stop();
        assertEquals(List.of("reset"), device.story());
    }

    @Test
    void shouldHaveAPairForEachQueueOfThePort() {
        side.remove();
        make(4);
        start(2);
        assertEquals(2, side.txQueues());
        assertEquals(
                List.of(
                        "reset",
                        "negotiate",
                        "size 0",
                        "size 1",
                        "size 2",
                        "size 3",
                        "queue 0",
                        "queue 1",
                        "queue 2",
                        "queue 3",
                        "run"),
                device.story());
        side.stop();
    }

    /** A reset has to come first: until then the device may write into them. */
    @Test
    void shouldFreeNoMbufBeforeTheReset() throws Exception {
        start(1);
        send();
        int away = pool.size() - pool.available();
        assertTrue(away >= FakeTransport.SLOTS + FRAMES, "of both queues");
        List<Integer> atReset = new ArrayList<>();
        device.onReset = () -> atReset.add(pool.size() - pool.available());
        side.stop();
        assertEquals(List.of(away), atReset);
        assertEquals(pool.size(), pool.available());
    }

    @Test
    void shouldFreeNothingOfADeviceThatIsNotReset() {
        start(1);
        int away = pool.size() - pool.available();
        device.failing = "reset";
        assertThrows(DpdkException.class, side::stop);
        assertEquals(away, pool.size() - pool.available());
        device.failing = "";
        side.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"negotiate", "queue 0", "queue 1", "run"})
    void shouldUndoAStartThatFails(String step) {
        device.failing = step;
        side.configure(pool, 1);
        device.story();
        DpdkException e = assertThrows(DpdkException.class, () -> side.start(lines, events));
        assertTrue(String.valueOf(e.getMessage()).contains(step), e::toString);
        assertEquals("reset", device.story().getLast());
        assertEquals(pool.size(), pool.available());
        device.failing = "";
        side.start(lines, events);
        assertTrue(isLinkUp());
        side.stop();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, VirtioFeatures.RING_PACKED, VirtioFeatures.RING_PACKED | VirtioFeatures.IN_ORDER})
    void shouldMoveFramesByTheRightQueues(long rings) throws Exception {
        device.offered |= rings;
        start(1);
        assertEquals(rings, device.features() & (VirtioFeatures.RING_PACKED | VirtioFeatures.IN_ORDER));
        send();
        DeviceEnd sending = device.end(1);
        assertEquals(FRAMES, sending.waiting());
        assertTrue(device.isNotified(1));
        sending.complete(FRAMES, 0);
        device.end(0).complete(FRAMES, Virtqueue.NET_HEADER + Frames.SHORTEST);
        EalWorker.run(() -> {
            SideLine.enter(lines[0]);
            assertEquals(FRAMES, SideLine.receive(lines[0], array, FakeTransport.SLOTS));
            Mbuf.free(array, FRAMES);
        });
        EthStats stats = side.statistics().orElseThrow();
        assertEquals(FRAMES, stats.rxFrames());
        assertEquals(FRAMES, stats.txFrames());
        assertEquals(FRAMES * Frames.SHORTEST, stats.rxBytes());
        assertEquals(FRAMES * Frames.SHORTEST, stats.txBytes());
        assertEquals(FRAMES, side.transmitted());
        assertEquals(Map.of("rx_q0_unfinished", 0L), side.extendedStatistics());
        side.stop();
    }

    /** A device that was reset need not offer what it did. */
    @Test
    void shouldMakeItsQueuesAsTheDeviceWantsThemNow() throws Exception {
        long offered = device.offered;
        side.configure(pool, 1);
        for (long rings : new long[] {VirtioFeatures.RING_PACKED, VirtioFeatures.IN_ORDER, 0}) {
            device.offered = offered | rings;
            side.start(lines, events);
            assertEquals(rings & VirtioFeatures.RING_PACKED, device.features() & ~offered, "in order only if packed");
            send();
            assertEquals(FRAMES, device.end(1).complete(FRAMES, 0));
            assertEquals(FRAMES, side.transmitted());
            side.stop();
            assertEquals(pool.size(), pool.available());
        }
    }

    private void send() throws Exception {
        EalWorker.run(() -> {
            Frames.allocate(MbufAllocator.ofThisThread(pool), array, FRAMES, 0);
            assertEquals(FRAMES, SideLine.transmit(lines[0], array, FRAMES));
        });
    }

    @Test
    void shouldTellTheLoopOfALinkThatGoesAndComes() {
        start(1);
        long edges = EventLine.edges(events);
        device.linkUp = false;
        device.interrupt();
        Await.until("the loop is told", () -> EventLine.edges(events) > edges);
        assertFalse(isLinkUp());
        device.linkUp = true;
        device.interrupt();
        Await.until("the loop is told", this::isLinkUp);
        side.stop();
    }

    /** The link may have been down and up again before anybody looks. */
    @Test
    void shouldTellOfAnInterruptThatHasChangedNothing() {
        start(1);
        long edges = EventLine.edges(events);
        device.interrupt();
        Await.until("the loop is told", () -> EventLine.edges(events) > edges);
        assertTrue(isLinkUp());
        side.stop();
    }

    /** 2.1.2: then the driver resets it. The side has no link until it is started anew. */
    @Test
    void shouldStartADeviceAnewThatNeedsAReset() {
        start(1);
        device.broken = true;
        checkThatItComesBackAfterAReset();
    }

    @Test
    void shouldStartADeviceAnewThatHasBrokenAQueue() throws Exception {
        start(1);
        DeviceEnd receiving = device.end(0);
        receiving.use(FakeTransport.SLOTS + 1, 100);
        receiving.publish();
        EalWorker.run(() -> {
            SideLine.enter(lines[0]);
            assertEquals(0, SideLine.receive(lines[0], array, FakeTransport.SLOTS));
        });
        checkThatItComesBackAfterAReset();
    }

    private void checkThatItComesBackAfterAReset() {
        device.interrupt();
        Await.until("the loop is told", () -> !isLinkUp());
        assertTrue(side.wasReset());
        side.stop();
        side.start(lines, events);
        assertFalse(side.wasReset());
        assertTrue(isLinkUp());
        side.stop();
    }

    @Test
    void shouldTellWhenTheKernelWantsTheDevice() {
        long requests = EventLine.allocate();
        side.watchRemoval(requests);
        device.request();
        Await.until("it is told", () -> EventLine.edges(requests) == 1);
    }

    @Test
    void shouldRefuseAnMtuThatItsMbufsDoNotHold() {
        start(1);
        assertThrows(DpdkException.class, () -> side.setMtu(9000));
        assertEquals(1500, side.mtu());
        assertThrows(DpdkException.class, () -> side.setMtu(9001));
        side.setMtu(1400);
        assertEquals(1400, side.mtu());
        side.stop();
    }

    @Test
    void shouldRefuseQueuesWhoseMbufsDoNotHoldItsMtu() {
        side.setMtu(9000);
        DpdkException e = assertThrows(DpdkException.class, () -> side.configure(pool, 1));
        assertTrue(String.valueOf(e.getMessage()).contains("MRG_RXBUF"), e::toString);
        assertEquals(0, side.txQueues());
    }

    /** Up to the device's own bound. */
    @Test
    void shouldHaveFramesSpreadWhereItsMtuNeedsIt() {
        device.offered |= VirtioFeatures.MRG_RXBUF;
        assertEquals(new Offloads(EthOffloads.SCATTER, EthOffloads.MULTI_SEGS), side.offloads());
        side.setMtu(9000);
        start(1);
        assertTrue(mergesBuffers());
        assertThrows(DpdkException.class, () -> side.setMtu(9001));
        side.setMtu(8000);
        side.stop();
        side.setMtu(1500);
        side.start(lines, events);
        assertFalse(mergesBuffers());
        side.stop();
    }

    /** It is negotiated before the start: whoever is told {@code EBUSY} stops the device and starts it again. */
    @Test
    void shouldBeStartedAnewForAnMtuThatNeedsFramesSpread() {
        device.offered |= VirtioFeatures.MRG_RXBUF;
        start(1);
        assertFalse(mergesBuffers(), "handlers have not asked for frames in several mbufs");
        DpdkException e = assertThrows(DpdkException.class, () -> side.setMtu(9000));
        assertEquals(Errno.EBUSY, e.code());
        assertEquals(1500, side.mtu());
        side.stop();
        side.setMtu(9000);
        side.start(lines, events);
        assertTrue(mergesBuffers());
        side.stop();
    }

    @Test
    void shouldHaveFramesSpreadWhereThePortPromisesIt() {
        device.offered |= VirtioFeatures.MRG_RXBUF;
        side.promiseOffloads(new Offloads(EthOffloads.SCATTER, 0));
        start(1);
        assertTrue(mergesBuffers());
        side.stop();
    }

    /** Nobody pays for what no handler counts on. */
    @Test
    void shouldNegotiateTheChecksumsThatThePortPromises() {
        long both = VirtioFeatures.CSUM | VirtioFeatures.GUEST_CSUM;
        device.offered |= both;
        assertEquals(
                new Offloads(EthOffloads.RX_L4_CHECKSUMS, EthOffloads.MULTI_SEGS | EthOffloads.L4_CHECKSUMS),
                side.offloads());
        Map<Long, Offloads> promises = Map.of(
                0L,
                new Offloads(EthOffloads.SCATTER, EthOffloads.VLAN_INSERT | EthOffloads.IPV4_CHECKSUM),
                VirtioFeatures.CSUM,
                new Offloads(0, EthOffloads.UDP_CHECKSUM),
                VirtioFeatures.GUEST_CSUM,
                new Offloads(EthOffloads.RX_CHECKSUMS, 0),
                both,
                new Offloads(EthOffloads.RX_CHECKSUMS, EthOffloads.L4_CHECKSUMS));
        promises.forEach((negotiated, promise) -> {
            side.promiseOffloads(promise);
            start(1);
            assertEquals(negotiated, device.negotiated & both);
            side.stop();
        });
    }

    /** Both or neither, with what they stand on: 5.1.3.1, and for what is received buffers that are merged. */
    @ParameterizedTest
    @ValueSource(longs = {0, VirtioFeatures.CSUM, VirtioFeatures.GUEST_CSUM, VirtioFeatures.MRG_RXBUF, 1 << 7, 1 << 12})
    void shouldNegotiateTheSegmentationThatThePortPromises(long missing) {
        long all = VirtioFeatures.CSUM
                | VirtioFeatures.GUEST_CSUM
                | VirtioFeatures.GUEST_TSO
                | VirtioFeatures.HOST_TSO
                | VirtioFeatures.MRG_RXBUF;
        device.offered |= all & ~missing;
        boolean cuts = (missing & (VirtioFeatures.CSUM | VirtioFeatures.HOST_TSO)) == 0;
        boolean merges =
                (missing & (VirtioFeatures.GUEST_CSUM | VirtioFeatures.MRG_RXBUF | VirtioFeatures.GUEST_TSO)) == 0;
        assertEquals(cuts, (side.offloads().tx() & EthOffloads.TCP_SEGMENTATION) != 0);
        assertEquals(merges, (side.offloads().rx() & EthOffloads.TCP_MERGING) != 0);
        start(1);
        assertEquals(0, device.negotiated & all);
        side.stop();
        side.promiseOffloads(new Offloads(EthOffloads.TCP_MERGING, EthOffloads.TCP_SEGMENTATION));
        start(1);
        assertEquals(cuts ? VirtioFeatures.HOST_TSO : 0, device.negotiated & VirtioFeatures.HOST_TSO);
        assertEquals(merges ? VirtioFeatures.GUEST_TSO : 0, device.negotiated & VirtioFeatures.GUEST_TSO);
        side.stop();
    }

    private boolean mergesBuffers() {
        return VirtioFeatures.has(device.negotiated, VirtioFeatures.MRG_RXBUF);
    }
}
