package io.twinport.dataplane.warmup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.TxCompletion;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScratchDeviceDpdkTest {
    private static final int BURST = 32;

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    /** As a driver: an array of no mbufs is not looked at, whatever is in it. */
    @ParameterizedTest
    @ValueSource(
            ints = {
                TxCompletion.AT_ONCE,
                TxCompletion.REFERENCES,
                TxCompletion.REAPED_REFERENCES,
                TxCompletion.DESCRIPTORS,
                TxCompletion.TIME
            })
    void shouldTakeBurstsOfAnySizeAndGiveTheMbufsBack(int completion) throws Exception {
        try (MbufPool pool = MbufPool.create("scratch", 1023)) {
            EalWorker.run(() -> {
                long array = Frames.array(BURST);
                MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
                ScratchDevice device = new ScratchDevice(pool, completion);
                assertEquals(0, SideLine.transmit(device.line(), array, 0));
                for (int count = 1; count <= BURST; count++) {
                    assertEquals(count, allocator.allocate(array, count));
                    int taken = SideLine.transmit(device.line(), array, count);
                    assertTrue(taken >= count - 1, taken + " of " + count);
                    Mbuf.free(array + (long) taken * Long.BYTES, count - taken);
                    assertEquals(0, SideLine.transmit(device.line(), array, 0));
                }
                device.close();
            });
            assertEquals(pool.size(), pool.available());
        }
    }
}
