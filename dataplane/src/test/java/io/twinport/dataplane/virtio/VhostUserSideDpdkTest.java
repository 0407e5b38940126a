package io.twinport.dataplane.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.device.Side;
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
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our driver over vhost-user, and DPDK's vhost as its far end. The port's handler sends back what comes. */
class VhostUserSideDpdkTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final int SIDE = 1;
    private static final int FRAMES = 32;
    private static final int QUEUES = 2;

    @TempDir
    Path folder;

    private final MbufBurst echoed = new MbufBurst();
    private LoopRig rig;
    private VhostDevices devices;
    private PollLoop loop;
    private @Nullable EthDev far;

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

    private Side join(int queues) {
        EthDev dev = EthDev.probe("net_vhost0,iface=" + folder.resolve("far") + ",queues=" + queues);
        far = dev;
        dev.configure(rig.pool(), queues, queues);
        dev.start();
        Await.until("the far end has come", () -> devices.present().isPresent());
        VhostDevice device = devices.present().orElseThrow();
        assertTrue(device.queuePairs() >= queues);
        VirtioSide opened = VirtioSide.open("vhost-user:far", device, MAC, queues);
        List<LoopProxy> proxies = List.of(loop.proxy(0), loop.proxy(1));
        Side side = Side.join(opened, rig.pool(), rig.events(), proxies, SIDE);
        Await.until("the far end is ready", dev::isLinkUp);
        return side;
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
        List<Long> back = new ArrayList<>();
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(rig.pool());
            MbufBurst burst = new MbufBurst();
            long line = TestLines.of(far(), queue);
            Frames.allocate(allocator, burst.address(), FRAMES, 0);
            // Its link is up a moment before its rings are enabled.
            Await.until("it is sent", () -> SideLine.transmit(line, burst.address(), FRAMES) == FRAMES);
            Await.until("all are back", () -> {
                int n = SideLine.receive(line, burst.address(), FRAMES);
                for (int i = 0; i < n; i++) {
                    back.add(Frames.numberOf(burst.get(i)));
                    assertEquals(Frames.SHORTEST, Mbuf.packetLength(burst.get(i)));
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
        int sent = port.txBurst(echoed.address(), n);
        echoed.free(sent, n);
        return n;
    }
}
