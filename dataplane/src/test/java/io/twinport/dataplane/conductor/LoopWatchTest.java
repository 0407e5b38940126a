package io.twinport.dataplane.conductor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dpdk.testing.Await;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.CountersManager;
import org.junit.jupiter.api.Test;

class LoopWatchTest {
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    private final CountersManager counters = new CountersManager(
            new UnsafeBuffer(ByteBuffer.allocateDirect(16 * 512)),
            new UnsafeBuffer(ByteBuffer.allocateDirect(16 * 128)));
    private final List<Long> ended = new ArrayList<>();
    private long now = 77 * MILLISECOND;

    @Test
    void shouldCountAStallOnceAndAllOfItsTime() {
        PollLoop loop = loop(() -> 0);
        LoopWatch watch = watch(loop);
        loop.doWork();
        watch.look();

        lookAfter(watch, 5);
        assertEquals(1, watch.stalls(), "while it lasts");
        lookAfter(watch, 5);
        lookAfter(watch, 20);

        assertEquals(1, watch.stalls());
        assertEquals(30 * MILLISECOND, counter("stalled_ns"));
        assertEquals(List.of(), ended);
        loop.doWork();
        lookAfter(watch, 5);
        assertEquals(List.of(30 * MILLISECOND), ended);

        lookAfter(watch, 7);
        loop.doWork();
        lookAfter(watch, 1);
        assertEquals(2, watch.stalls());
        assertEquals(37 * MILLISECOND, counter("stalled_ns"));
        assertEquals(30 * MILLISECOND, counter("longest_stall_ns"));
        assertEquals(List.of(30 * MILLISECOND, 7 * MILLISECOND), ended);
    }

    @Test
    void shouldFindNothingInALoopThatTurns() {
        PollLoop loop = loop(() -> 0);
        LoopWatch watch = watch(loop);
        for (int i = 0; i < 100; i++) {
            loop.doWork();
            lookAfter(watch, 1000);
        }
        // Two looks that follow each other closely are within one pass, too.
        lookAfter(watch, 1);
        assertEquals(0, watch.stalls());
    }

    @Test
    void shouldNotTakeALoopForStalledThatHasNotBegunOrHasEnded() {
        PollLoop loop = loop(() -> 0);
        LoopWatch watch = watch(loop);
        lookAfter(watch, 1000);
        lookAfter(watch, 1000);
        loop.doWork();
        watch.look();
        loop.onClose();
        lookAfter(watch, 1000);
        lookAfter(watch, 1000);
        assertEquals(0, watch.stalls());
    }

    /** A real one: the handler of a loop that runs waits once, and the test looks. */
    @Test
    void shouldSeeHandlerThatWaits() throws InterruptedException {
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        AtomicLong polls = new AtomicLong();
        PollLoop loop = loop(() -> {
            if (polls.incrementAndGet() == 1000) {
                waits.countDown();
                awaitUninterruptibly(goesOn);
            }
            return 0;
        });
        LoopWatch watch = new LoopWatch(loop, counters);
        watch.setListener(ended::add);
        try (AgentRunner runner = new AgentRunner(NoOpIdleStrategy.INSTANCE, e -> {}, null, loop)) {
            AgentRunner.startOnThread(runner);
            waits.await();
            watch.look();
            long before = counter("stalled_ns");
            TimeUnit.MILLISECONDS.sleep(30);
            watch.look();
            long stalled = counter("stalled_ns") - before;
            assertTrue(stalled >= 29 * MILLISECOND, () -> stalled + " ns");
            assertEquals(1, watch.stalls());

            goesOn.countDown();
            Await.until("the loop turns", () -> polls.get() > 2000);
            watch.look();
            assertEquals(List.of(counter("stalled_ns")), ended);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What others read of it. */
    private long counter(String name) {
        AtomicLong value = new AtomicLong(-1);
        counters.forEach((id, label) -> {
            if (label.equals("loop poll " + name)) {
                value.set(counters.getCounterValue(id));
            }
        });
        return value.get();
    }

    private void lookAfter(LoopWatch watch, int millis) {
        now += millis * MILLISECOND;
        watch.look();
    }

    private LoopWatch watch(PollLoop loop) {
        LoopWatch watch = new LoopWatch(loop, counters, () -> now);
        watch.setListener(ended::add);
        return watch;
    }

    private static PollLoop loop(PacketHandler handler) {
        return new PollLoop(
                "poll",
                handler,
                List.of(),
                new ManyToOneRingBuffer(
                        new UnsafeBuffer(ByteBuffer.allocateDirect(4096 + RingBufferDescriptor.TRAILER_LENGTH))));
    }
}
