package io.twinport.dataplane.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.testing.TestPacket;
import io.twinport.dpdk.Burst;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthOffloads;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufOffloads;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.QueueFunctions;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.OffloadRequests;
import io.twinport.dpdk.testing.TestEal;
import io.twinport.dpdk.testing.VirtioWire;
import java.nio.file.Path;
import java.util.Random;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * U5: a frame for which checksums and a tag were asked leaves with them, whatever the side's device can do. What arrives is
 * compared with a frame that was made complete here, byte by byte.
 */
class OffloadsDpdkTest {
    private static final int FRAMES = 300;
    private static final int ETHER = 14;

    private static final Offloads ALL = new Offloads(0, Bits.VLAN | Bits.IPV4 | Bits.UDP | Bits.TCP);

    /** The bits by their numbers, for this class is there before DPDK is. */
    private static final class Bits {
        static final long VLAN = 1;
        static final long IPV4 = 1 << 1;
        static final long UDP = 1 << 2;
        static final long TCP = 1 << 3;
    }

    @TempDir
    Path folder;

    private MbufPool pool;
    private final long array = Frames.array(2);
    private long line;
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @BeforeEach
    void createPool() {
        TestEal.start();
        assertEquals(
                ALL.tx(),
                EthOffloads.VLAN_INSERT
                        | EthOffloads.IPV4_CHECKSUM
                        | EthOffloads.UDP_CHECKSUM
                        | EthOffloads.TCP_CHECKSUM);
        pool = MbufPool.create("offloads", 2047);
        line = SideLineSetup.allocate();
        System.out.println("seed " + seed);
    }

    @AfterEach
    void findPoolFull() {
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    private EthSide start(EthDev dev) {
        EthSide side = new EthSide(dev);
        side.promiseOffloads(ALL);
        side.configure(pool, 1);
        side.start(new long[] {line}, 0);
        return side;
    }

    /** A ring can do nothing of it; frames in one mbuf and in several. */
    @Test
    void shouldCompleteWhatDeviceLacks() throws Exception {
        EthSide side = start(EthDev.probe("net_ring5"));
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int i = 0; i < FRAMES; i++) {
                TestPacket packet = new TestPacket(random);
                UnsafeApi.putLong(array, packet.mbuf(allocator, 1 + random.nextInt(3)));
                assertEquals(1, SideLine.transmit(line, array, 1));
                assertEquals(1, SideLine.receive(line, array, 1));
                assertEquals(0, MbufOffloads.flags(Frames.get(array, 0)) & MbufOffloads.ANY);
                assertArrayEquals(
                        packet.complete(), TestPacket.bytes(Frames.get(array, 0)), () -> packet + ", seed " + seed);
                Mbuf.free(array, 1);
            }
        });
        side.stop();
        side.remove();
    }

    /**
     * A virtio device inserts tags and completes L4 checksums, which its driver's own preparation has begun; it knows nothing
     * of IPv4's. It sums up to the frame's end, so there is nothing behind.
     */
    @Test
    void shouldLeaveToDriverWhatDeviceCanDo() throws Exception {
        VirtioWire wire = VirtioWire.lay(folder, 0, "02:00:00:00:00:01", far -> {
            far.configure(pool);
            far.start();
        });
        EthSide side = start(wire.near());
        assertTrue((side.offloads().tx() & EthOffloads.VLAN_INSERT) != 0);
        assertEquals(0, side.offloads().tx() & EthOffloads.IPV4_CHECKSUM);
        QueueFunctions far = wire.far().queue();
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int i = 0; i < FRAMES; i++) {
                TestPacket packet = new TestPacket(random, 0);
                UnsafeApi.putLong(array, packet.mbuf(allocator, 1));
                assertEquals(1, SideLine.transmit(line, array, 1));
                long deadline = System.nanoTime() + 10_000_000_000L;
                while (Burst.call(far.rxFunction(), far.rxQueue(), array, 1) == 0) {
                    assertTrue(System.nanoTime() < deadline, "a frame has not arrived");
                }
                assertArrayEquals(
                        packet.complete(), TestPacket.bytes(Frames.get(array, 0)), () -> packet + ", seed " + seed);
                Mbuf.free(array, 1);
            }
        });
        side.stop();
        side.remove();
        wire.far().stop();
        wire.far().remove();
    }

    /** Headers that are not where the flags say cannot be completed: the frame is freed, and all others are sent. */
    @Test
    void shouldFreeFrameThatIsNotWhatItSays() throws Exception {
        EthSide side = start(EthDev.probe("net_ring5"));
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int at = 0; at < 2; at++) {
                TestPacket good = new TestPacket(random);
                UnsafeApi.putLong(array + (1 - at) * Long.BYTES, good.mbuf(allocator, 1));
                assertEquals(1, allocator.allocate(array + at * Long.BYTES, 1));
                long bad = Frames.get(array, at);
                Frames.write(bad, 1, Frames.SHORTEST);
                OffloadRequests.checksums(bad, MbufOffloads.IPV4 | MbufOffloads.UDP_CHECKSUM, ETHER, 100);
                assertEquals(2, SideLine.transmit(line, array, 2));
                assertEquals(at + 1, SideLine.unsendable(line));
                assertEquals(1, SideLine.receive(line, array, 2));
                assertArrayEquals(good.complete(), TestPacket.bytes(Frames.get(array, 0)));
                Mbuf.free(array, 1);
            }
        });
        side.stop();
        side.remove();
    }

    /** Without a promise flags mean nothing, and the frame goes as it is. */
    @Test
    void shouldLeaveFramesAloneWherePortPromisesNothing() throws Exception {
        EthSide side = new EthSide(EthDev.probe("net_ring5"));
        side.configure(pool, 1);
        side.start(new long[] {line}, 0);
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            TestPacket packet = new TestPacket(random);
            UnsafeApi.putLong(array, packet.mbuf(allocator, 1));
            assertEquals(1, SideLine.transmit(line, array, 1));
            assertEquals(1, SideLine.receive(line, array, 1));
            assertArrayEquals(packet.raw(), TestPacket.bytes(Frames.get(array, 0)));
            Mbuf.free(array, 1);
        });
        side.stop();
        side.remove();
    }
}
