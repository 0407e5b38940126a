package io.twinport.dataplane.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.virtqueue.DeviceEnd;
import io.twinport.dataplane.virtqueue.SplitQueue;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** U4, with a driver that frees by 32 what its device has sent: at a low rate it never does that by itself. */
@SuppressWarnings("NullAway.Init") // start() makes them
class InFlightDpdkTest {
    private static final int SLOTS = 256;
    private static final int FRAMES = 64;
    private static final long HOLD_NANOS = 1000;

    /** Fewer than the driver frees at a time. */
    private static final int FEW = 3;

    private final long array = Frames.array(FRAMES);
    private final InFlight inFlight = new InFlight(FRAMES, HOLD_NANOS);
    private long line;
    private MbufPool pool;
    private SplitQueue queue;
    private DeviceEnd device;

    @BeforeEach
    void start() {
        TestEal.start();
        pool = MbufPool.create("inflight", 1023);
        queue = new SplitQueue(1, SLOTS, false);
        queue.clear();
        device = DeviceEnd.of(queue.address());
        line = SideLineSetup.allocate();
        SideLineSetup.writeVirtio(line, 0, queue.address(), SLOTS, true);
    }

    @AfterEach
    void end() {
        inFlight.clear();
        queue.freeMbufs();
        queue.close();
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    private void post(int count) {
        Frames.allocate(MbufAllocator.ofThisThread(pool), array, count, 0);
        assertEquals(count, inFlight.post(line, array, count, 0));
    }

    @Test
    void shouldNotCallOverdueWhatHasArrivedThoughItsDriverKeepsIt() throws Exception {
        EalWorker.run(() -> {
            post(FEW);
            device.complete(FEW, 0);
            inFlight.release(line, HOLD_NANOS);
            assertEquals(0, inFlight.overdue());
            inFlight.cut(line, HOLD_NANOS);
            assertEquals(0, inFlight.overdue());
        });
    }

    @Test
    void shouldCallOverdueWhatHasNotArrived() throws Exception {
        EalWorker.run(() -> {
            post(FEW);
            device.complete(1, 0);
            inFlight.release(line, HOLD_NANOS);
            assertEquals(FEW - 1, inFlight.overdue());
        });
    }

    @Test
    void shouldCallOverdueOnlyWhatHasNotArrivedWhereThereIsNoRoom() throws Exception {
        EalWorker.run(() -> {
            post(FRAMES / 2);
            post(FRAMES / 2);
            device.complete(FEW, 0);
            post(FEW + 1);
            assertEquals(1, inFlight.overdue());
        });
    }
}
