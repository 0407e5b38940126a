package io.twinport.dataplane.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class EpochTest {
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Epoch epoch = new Epoch();

    @Test
    void shouldCountPasses() {
        epoch.pass();
        epoch.pass();
        assertEquals(2, epoch.passes());
    }

    @Test
    void shouldWaitUntilCommandIsExecuted() {
        epoch.executed(4);
        epoch.pass();
        assertFalse(epoch.await(5, SHORT));
    }

    /** The pass in which the command was executed may have begun with the old line in its hands. */
    @Test
    void shouldWaitForPassAfterCommand() throws Exception {
        epoch.pass();
        epoch.executed(5);
        assertFalse(epoch.await(5, SHORT));
        FutureTask<Boolean> waiting = new FutureTask<>(() -> epoch.await(5, LONG));
        Thread.ofPlatform().start(waiting);
        while (!waiting.isDone()) {
            epoch.pass();
            Thread.sleep(1);
        }
        assertTrue(waiting.get());
    }

    @Test
    void shouldTakeLaterCommandForEarlierOne() throws Exception {
        epoch.executed(7);
        FutureTask<Boolean> waiting = new FutureTask<>(() -> epoch.await(5, LONG));
        Thread.ofPlatform().start(waiting);
        while (!waiting.isDone()) {
            epoch.pass();
            Thread.sleep(1);
        }
        assertTrue(waiting.get());
    }

    @Test
    void shouldNotWaitForLoopThatHasEnded() {
        epoch.end();
        assertEquals(Long.MAX_VALUE, epoch.passes());
        assertTrue(epoch.await(5, Duration.ZERO));
    }
}
