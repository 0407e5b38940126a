package io.twinport.dataplane.line;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import io.twinport.dpdk.testing.VirtioWire;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TxCompletionDpdkTest {
    private static final int BURST = MbufBurst.CAPACITY;
    private static final String MAC = "02:00:00:00:00:01";
    private static int wires;

    @TempDir
    Path folder;

    private final long array = Frames.array(BURST);
    private final long received = Frames.array(BURST);

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    /** Each transmit function of DPDK's virtio driver is made to free what its device has taken, and nothing else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ",in_order=0",
                ",in_order=1",
                ",packed_vq=1,in_order=0",
                ",packed_vq=1,in_order=1",
                ",packed_vq=1,in_order=1,vectorized=1",
                ",in_order=0,queue_size=1024"
            })
    void shouldKnowWhatVirtioDeviceHasTaken(String variant) throws Exception {
        MbufPool pool = MbufPool.create("taken" + ++wires, 4095);
        VirtioWire wire = VirtioWire.lay(folder, 10 + wires, MAC + variant, far -> start(far, pool));
        start(wire.near(), pool);
        long near = TestLines.of(wire.near());
        long far = TestLines.of(wire.far());
        assertEquals(TxCompletion.REAPED_REFERENCES, TxCompletion.of(near));
        assertTrue(TxCompletion.isProof(near));
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            awaitConnection(near, far, allocator);
            // More often than the ring has slots: it wraps.
            for (int round = 0; round < 200; round++) {
                int count = 1 + round % BURST;
                post(allocator, near, count, round);
                TxCompletion.reap(near);
                assertReferences(count, 2, "nobody has taken it yet");
                assertEquals(count, receive(far), "a frame of no one's was sent");
                assertReferences(count, 2, "the driver does not free by itself so soon");
                TxCompletion.reap(near);
                assertReferences(count, 1, "taken");
                Mbuf.free(array, count);
            }
            fillAndReap(allocator, near, far);
        });
        wire.near().stop();
        wire.near().remove();
        wire.far().stop();
        wire.far().remove();
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    /** A full ring is no different. */
    private void fillAndReap(MbufAllocator allocator, long near, long far) {
        int posted = 0;
        int taken;
        do {
            Frames.allocate(allocator, array, BURST, 0);
            taken = SideLine.transmit(near, array, BURST);
            Mbuf.free(Frames.from(array, taken), BURST - taken);
            posted += taken;
        } while (taken == BURST);
        assertTrue(posted >= 100, "the ring takes only " + posted);
        TxCompletion.reap(near);
        int arrived = 0;
        for (int n = receive(far); n > 0; n = receive(far)) {
            arrived += n;
        }
        assertEquals(posted, arrived);
        TxCompletion.reap(near);
        post(allocator, near, 1, 0);
        assertEquals(1, receive(far));
        TxCompletion.reap(near);
        assertReferences(1, 1, "taken");
        Mbuf.free(array, 1);
    }

    private void post(MbufAllocator allocator, long line, int count, long first) {
        Frames.allocate(allocator, array, count, first);
        for (int i = 0; i < count; i++) {
            Mbuf.reference(Frames.get(array, i));
        }
        assertEquals(count, SideLine.transmit(line, array, count));
    }

    private void assertReferences(int count, int expected, String why) {
        for (int i = 0; i < count; i++) {
            assertEquals(expected, Mbuf.references(Frames.get(array, i)), why);
        }
    }

    private int receive(long line) {
        int n = SideLine.receive(line, received, BURST);
        for (int i = 0; i < n; i++) {
            Frames.numberOf(Frames.get(received, i));
        }
        Mbuf.free(received, n);
        return n;
    }

    private void awaitConnection(long near, long far, MbufAllocator allocator) {
        Await.until("frames go through", () -> {
            Frames.allocate(allocator, array, 1, 0);
            int taken = SideLine.transmit(near, array, 1);
            Mbuf.free(Frames.from(array, taken), 1 - taken);
            return receive(far) > 0;
        });
        while (receive(far) > 0) {}
    }

    /** Drivers that are done when they return need no wait, and one without a status has to be waited for blindly. */
    @Test
    void shouldKnowDriversByTheirNames() {
        MbufPool pool = MbufPool.create("kinds", 2047);
        assertKind(TxCompletion.AT_ONCE, "net_null7", pool);
        assertKind(TxCompletion.AT_ONCE, "net_ring7", pool);
        assertKind(TxCompletion.TIME, "net_memif7,role=server,socket-abstract=no,socket=" + folder.resolve("m"), pool);
        pool.close();
    }

    private static void assertKind(int kind, String devargs, MbufPool pool) {
        EthDev dev = EthDev.probe(devargs);
        start(dev, pool);
        assertEquals(kind, TxCompletion.of(TestLines.of(dev)), devargs);
        dev.stop();
        dev.remove();
    }

    private static void start(EthDev dev, MbufPool pool) {
        dev.configure(pool);
        dev.start();
    }
}
