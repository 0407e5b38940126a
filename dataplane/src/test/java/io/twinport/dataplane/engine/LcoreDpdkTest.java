package io.twinport.dataplane.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dpdk.testing.TestEal;
import io.twinport.posix.Affinity;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LcoreDpdkTest {
    private static final int MILLIS = 100;

    @TempDir
    Path folder;

    /** Whoever tries again must not take it for ended: what the loop uses would be freed under it. */
    @Test
    void shouldSayEachTimeThatTheLoopHasNotEnded() throws InterruptedException {
        TestEal.start();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (CncFile cnc = CncFile.create(folder.resolve("lcore.cnc"))) {
            PollLoop loop = new PollLoop("hanging", () -> hang(begun, end), List.of(), cnc.commands(0));
            Lcore lcore = Lcore.start(Affinity.ofThisProcess().last(), loop, () -> {}, error -> {});
            begun.await();
            StuckLoopException e = assertThrows(StuckLoopException.class, () -> lcore.close(MILLIS));
            assertTrue(
                    String.valueOf(e.getMessage()).startsWith("the poll loop hanging does not end within "),
                    e::toString);
            assertThrows(StuckLoopException.class, () -> lcore.close(MILLIS));
            assertTrue(lcore.thread().isAlive());
            end.countDown();
            lcore.thread().join();
            lcore.close();
            assertFalse(lcore.thread().isAlive());
        }
    }

    /** As a driver does that never returns: an interrupt does not help. */
    private static int hang(CountDownLatch begun, CountDownLatch end) {
        begun.countDown();
        while (end.getCount() > 0) {
            Thread.onSpinWait();
        }
        return 0;
    }

    /** It is closed before its thread has come to it. */
    @Test
    void shouldEndLoopThatHasOnlyJustBegun() {
        TestEal.start();
        try (CncFile cnc = CncFile.create(folder.resolve("short.cnc"))) {
            for (int i = 0; i < 500; i++) {
                PollLoop loop = new PollLoop("short", () -> 0, List.of(), cnc.commands(0));
                Lcore lcore = Lcore.start(Affinity.ofThisProcess().last(), loop, () -> {}, error -> {});
                lcore.close();
                assertFalse(lcore.thread().isAlive());
            }
        }
    }
}
