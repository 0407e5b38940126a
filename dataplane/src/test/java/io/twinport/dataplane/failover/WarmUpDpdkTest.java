package io.twinport.dataplane.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.TestEal;
import org.junit.jupiter.api.Test;

class WarmUpDpdkTest {
    @Test
    void shouldHaveAllMbufsBack() throws Exception {
        TestEal.start();
        MbufPool pool = MbufPool.create("warm", 1023);
        long start = System.nanoTime();
        EalWorker.run(() -> WarmUp.run(pool, 1));
        System.out.println("warm-up: " + (System.nanoTime() - start) / 1_000_000 + " ms");
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    /** The queues that it uses take as many as there are. */
    @Test
    void shouldDoWithFewMbufs() throws Exception {
        TestEal.start();
        MbufPool pool = MbufPool.create("few", 400);
        EalWorker.run(() -> WarmUp.run(pool, 2));
        assertEquals(pool.size(), pool.available());
        pool.close();
    }
}
