package io.twinport.dataplane.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.TestEal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WarmUpDpdkTest {
    @Test
    void shouldHaveAllMbufsBack() throws Exception {
        TestEal.start();
        MbufPool pool = MbufPool.create("warm", 1023);
        long start = System.nanoTime();
        EalWorker.run(() -> WarmUp.run(pool, PortSettings.DEFAULT, 1));
        System.out.println("warm-up: " + (System.nanoTime() - start) / 1_000_000 + " ms");
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    /** The queues that it uses take as many as there are. */
    @Test
    void shouldDoWithFewMbufs() throws Exception {
        TestEal.start();
        MbufPool pool = MbufPool.create("few", 400);
        EalWorker.run(() -> WarmUp.run(pool, PortSettings.DEFAULT, 2));
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    @Test
    void shouldHaveAllMbufsBackOfPortThatHoldsFramesAndReceivesByBothSides() throws Exception {
        TestEal.start();
        MbufPool pool = MbufPool.create("held", 8191);
        PortSettings settings = PortSettings.DEFAULT
                .with(HoldSettings.of(Duration.ofMillis(1)))
                .with(new ReceiveSettings(ReceiveSettings.Mode.BOTH, Duration.ofMillis(1), Duration.ofMillis(100)));
        EalWorker.run(() -> WarmUp.run(pool, settings, 2));
        assertEquals(pool.size(), pool.available());
        pool.close();
    }
}
