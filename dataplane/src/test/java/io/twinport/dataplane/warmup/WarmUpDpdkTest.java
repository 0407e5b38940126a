package io.twinport.dataplane.warmup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.failover.FailbackSettings;
import io.twinport.dataplane.failover.HoldSettings;
import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.failover.ReceiveSettings;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.TestEal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WarmUpDpdkTest {
    private static final PortSettings HOLDING = PortSettings.DEFAULT
            .with(HoldSettings.of(Duration.ofMillis(1)))
            .with(new ReceiveSettings(ReceiveSettings.Mode.BOTH, Duration.ofMillis(1), Duration.ofMillis(100)));

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    /** Each kind of port, with a queue that follows. */
    @Test
    void shouldEndWithAllMbufsBack() throws Exception {
        for (PortSettings settings : List.of(PortSettings.DEFAULT.with(FailbackSettings.WHEN_PROVEN), HOLDING)) {
            MbufPool pool = MbufPool.create("warm", 2047);
            int[] rounds = new int[1];
            EalWorker.run(() -> WarmUp.run(pool, settings, 2, () -> rounds[0]++ == 5000));
            // Or fewer: it may have found before that it gets no faster.
            assertTrue(rounds[0] > 256 && rounds[0] <= 5001, rounds[0] + " rounds");
            assertEquals(pool.size(), pool.available());
            pool.close();
        }
    }

    @Test
    void shouldEndByItself() throws Exception {
        long start = System.nanoTime();
        EalWorker.run(() -> WarmUp.run(PortSettings.DEFAULT, 1, () -> false));
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertTrue(millis < 10_000, millis + " ms");
        System.out.println("warm-up: " + millis + " ms");
    }
}
