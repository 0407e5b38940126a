package io.twinport.dataplane.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.device.Member;
import io.twinport.dataplane.device.Offloads;
import io.twinport.dataplane.device.PortConfiguration;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.handler.EthernetHeader;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.TestLines;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dataplane.vhost.VhostDevice;
import io.twinport.dataplane.vhost.VhostDevices;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthStats;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Our driver over vhost-user, and DPDK's vhost as its far end. The port's handler sends back what comes. */
@ParameterizedClass(name = "packed {0}")
@ValueSource(booleans = {true, false})
class VhostUserSideDpdkTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final int SIDE = 1;
    private static final int FRAMES = 32;
    private static final int QUEUES = 2;
    private static final int JUMBO = 9000;

    @TempDir
    Path folder;

    private final boolean packed;
    private final MbufBurst echoed = new MbufBurst();
    private final AtomicInteger mostSegments = new AtomicInteger();
    private LoopRig rig;
    private VhostDevices devices;
    private PollLoop loop;
    private @Nullable EthDev far;

    VhostUserSideDpdkTest(boolean packed) {
        this.packed = packed;
    }

    @BeforeEach
    void start() {
        rig = new LoopRig(folder);
        devices = new VhostDevices(
                new FarEndAddress(folder.resolve("far").toString(), false), new RetryPause(), () -> {});
        devices.start();
        List<BarePort> queues = List.of(new BarePort(), new BarePort());
        PacketHandler handler = () -> echo(queues.get(0)) + echo(queues.get(1));
        loop = rig.newLoop(handler, queues.get(0), queues.get(1));
        rig.start(loop, handler);
    }

    @AfterEach
    void end() {
        devices.close();
        rig.close();
    }

    @Test
    void shouldMoveFramesBothWays() throws Exception {
        Side side = join(1);
        assertEquals(numbers(), reflected(0));
        assertTrue(side.dev().isLinkUp());
        String features = side.dev().features().orElseThrow();
        assertEquals(packed, features.startsWith("uses VERSION_1, RING_PACKED, IN_ORDER;"), features);
        assertEquals(!packed, features.contains("RING_PACKED, IN_ORDER (packed=0)"), features);
        EthStats stats = side.dev().statistics().orElseThrow();
        assertEquals(FRAMES, stats.rxFrames());
        assertEquals(FRAMES * Frames.SHORTEST, stats.rxBytes());
        assertEquals(FRAMES * Frames.SHORTEST, stats.txBytes());
        Await.until("the far end has taken them", () -> side.transmitted() == FRAMES);
        remove(side);
    }

    /** DPDK's vhost offers 128 pairs, and serves those that it has queues for: how many is for the user to say. */
    @Test
    void shouldHaveAsManyQueuePairsAsItIsGiven() throws Exception {
        Side side = join(QUEUES);
        assertEquals(QUEUES, side.txQueues());
        assertEquals(numbers(), reflected(0));
        assertEquals(numbers(), reflected(1));
        remove(side);
    }

    @Test
    void shouldMoveFramesAgainAfterItWasStopped() throws Exception {
        Side side = join(1);
        for (int i = 0; i < 20; i++) {
            assertEquals(numbers(), reflected(0));
            assertTrue(side.letGo());
            side.stop();
            assertFalse(side.dev().isLinkUp());
            side.rejoin();
        }
        assertEquals(numbers(), reflected(0));
        remove(side);
    }

    /** The end of the connection is an edge at once, and the device is gone for good; the next far end is another device. */
    @Test
    void shouldBeGoneWhenItsFarEndIs() throws Exception {
        for (int round = 0; round < 3; round++) {
            Side side = join(1 + round % QUEUES);
            assertEquals(numbers(), reflected(0));
            long edges = EventLine.edges(rig.events());
            EthDev leaving = far();
            leaving.stop();
            leaving.remove();
            Await.until("the loop is told", () -> EventLine.edges(rig.events()) > edges);
            assertFalse(side.dev().isLinkUp());
            assertTrue(side.dev().isRemoved());
            assertTrue(devices.present().isEmpty());
            assertTrue(side.remove());
        }
    }

    /** 9000 bytes in mbufs of 2 KiB, both ways; and the MTU may grow so far while the side runs. */
    @Test
    void shouldMoveFramesThatAreLongerThanItsMbufs() throws Exception {
        MbufPool farPool = MbufPool.create("far", 1023, 9216);
        VirtioSide opened = open(1, farPool);
        PortConfiguration port =
                new PortConfiguration("jumbo", rig.pool(), rig.events(), List.of(loop.proxy(0)), Offloads.NONE);
        Member member = port.join(SIDE, opened, false);
        Await.until("the far end is ready", far()::isLinkUp);
        assertEquals(numbers(), reflected(0, farPool, Frames.SHORTEST));
        assertEquals(1, mostSegments.getAndSet(0));
        port.setMtu(JUMBO);
        assertEquals(JUMBO, opened.mtu());
        Await.until("the far end is ready again", far()::isLinkUp);
        for (int i = 0; i < 20; i++) {
            assertEquals(numbers(), reflected(0, farPool, JUMBO + EthernetHeader.LENGTH));
        }
        assertEquals(5, mostSegments.get());
        EthStats stats = opened.statistics().orElseThrow();
        assertEquals(0, stats.rxErrors());
        assertEquals(20 * FRAMES, stats.rxFrames());
        assertTrue(member.side().letGo());
        member.stop();
        member.leave();
        opened.remove();
        far().stop();
        far().remove();
        assertEquals(farPool.size(), farPool.available());
        farPool.close();
    }

    private Side join(int queues) {
        VirtioSide opened = open(queues, rig.pool());
        List<LoopProxy> proxies = List.of(loop.proxy(0), loop.proxy(1));
        Side side = Side.join(opened, rig.pool(), rig.events(), proxies, SIDE);
        Await.until("the far end is ready", far()::isLinkUp);
        return side;
    }

    private VirtioSide open(int queues, MbufPool farPool) {
        EthDev dev = EthDev.probe("net_vhost0,iface=" + folder.resolve("far") + ",queues=" + queues);
        far = dev;
        dev.configure(farPool, queues, queues);
        dev.start();
        Await.until("the far end has come", () -> devices.present().isPresent());
        VhostDevice device = devices.present().orElseThrow();
        assertTrue(device.queuePairs() >= queues);
        return VirtioSide.open("vhost-user:far", device, MAC, queues, packed);
    }

    private void remove(Side side) {
        assertTrue(side.remove());
        far().stop();
        far().remove();
    }

    private EthDev far() {
        return Objects.requireNonNull(far);
    }

    /** Frames that the far end sends, and gets back. */
    private List<Long> reflected(int queue) throws Exception {
        return reflected(queue, rig.pool(), Frames.SHORTEST);
    }

    private List<Long> reflected(int queue, MbufPool pool, int length) throws Exception {
        List<Long> back = new ArrayList<>();
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            MbufBurst burst = new MbufBurst();
            long line = TestLines.of(far(), queue);
            assertEquals(FRAMES, allocator.allocate(burst.address(), FRAMES));
            for (int i = 0; i < FRAMES; i++) {
                Frames.write(burst.get(i), i, length);
            }
            // Its link is up a moment before its rings are enabled.
            int[] sent = new int[1];
            Await.until("it is sent", () -> {
                long rest = Frames.from(burst.address(), sent[0]);
                sent[0] += SideLine.transmit(line, rest, FRAMES - sent[0]);
                return sent[0] == FRAMES;
            });
            Await.until("all are back", () -> {
                int n = SideLine.receive(line, burst.address(), FRAMES);
                for (int i = 0; i < n; i++) {
                    back.add(Frames.numberOf(burst.get(i)));
                    assertEquals(length, Mbuf.packetLength(burst.get(i)));
                }
                burst.free(0, n);
                return back.size() == FRAMES;
            });
        });
        return back;
    }

    private static List<Long> numbers() {
        return LongStream.range(0, FRAMES).boxed().toList();
    }

    private int echo(PacketPort port) {
        int n = port.rxBurst(echoed.address(), MbufBurst.CAPACITY);
        for (int i = 0; i < n; i++) {
            mostSegments.set(Math.max(mostSegments.get(), Mbuf.segments(echoed.get(i))));
        }
        int sent = port.txBurst(echoed.address(), n);
        echoed.free(sent, n);
        return n;
    }
}
