package io.twinport.dataplane.line;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.virtqueue.DeviceEnd;
import io.twinport.dataplane.virtqueue.SplitQueue;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.agrona.UnsafeApi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Queues of a port that share a transmit queue (U7), over rings of our own driver whose device takes what the test says. */
@SuppressWarnings("NullAway.Init") // the poll loop's thread makes them
class SharedQueueDpdkTest {
    private static final int BURST = MbufBurst.CAPACITY;
    private static final int PASSES = 4000;

    private final long array = Frames.array(BURST);
    private MbufPool pool;
    private MbufAllocator allocator;
    private SplitQueue rx;
    private SplitQueue tx;
    private DeviceEnd device;
    private long owner;

    /** What a driver in Java does when frames are sent by it. */
    private Runnable onSend = () -> {};

    private @Nullable AssertionError thrown;

    private int sendsAtMost = Integer.MAX_VALUE;
    private final List<Long> sent = new ArrayList<>();

    @BeforeEach
    void start() {
        TestEal.start();
        pool = MbufPool.create("shared", 8191);
        rx = new SplitQueue(0, 256, false);
        tx = new SplitQueue(1, 128, false);
    }

    @AfterEach
    void end() {
        rx.freeMbufs();
        tx.freeMbufs();
        assertEquals(pool.size(), pool.available(), "mbufs are missing");
        rx.close();
        tx.close();
        pool.close();
    }

    private void onLoop(EalWorker.Task task) throws Exception {
        EalWorker.run(() -> {
            allocator = MbufAllocator.ofThisThread(pool);
            rx.clear();
            tx.clear();
            rx.fill(pool);
            device = DeviceEnd.of(tx.address());
            owner = SideLineSetup.allocate();
            SideLineSetup.writeVirtio(owner, rx.address(), tx.address(), tx.size(), true);
            task.run();
        });
    }

    /** Lines of queues that relay to the owner's. */
    private long[] relays(int count) {
        long[] lines = new long[count];
        for (int i = 0; i < count; i++) {
            lines[i] = SideLineSetup.allocate();
            TestLines.relay(lines[i], owner);
        }
        return lines;
    }

    /** Offers frames; those that are refused are freed. How many were taken. */
    private int offer(long line, int count) {
        Frames.allocate(allocator, array, count, 0);
        int taken = SideLine.transmit(line, array, count);
        Mbuf.free(Frames.from(array, taken), count - taken);
        return taken;
    }

    private static int waiting(long line) {
        return TransmitRelay.size(SideLine.txQueue(line));
    }

    private static void free(long... lines) {
        for (long line : lines) {
            TransmitRelay.free(SideLine.txQueue(line));
        }
    }

    /** Whatever the device takes at a time: less than a burst, more, and what no burst divides. */
    @ParameterizedTest
    @CsvSource({"2, 32", "2, 1", "2, 5", "2, 40", "2, 64", "3, 8", "3, 40", "5, 32", "5, 100", "15, 32", "15, 7"})
    void shouldGiveEachAnEqualShareUnderOverload(int queues, int taken) throws Exception {
        onLoop(() -> {
            long[] lines = relays(queues);
            long[] put = new long[queues];
            for (int pass = 0; pass < PASSES; pass++) {
                for (int i = 0; i < queues; i++) {
                    put[i] += offer(lines[i], BURST);
                }
                TestLines.forward(owner);
                device.complete(taken, 0);
            }
            long[] sentBy = new long[queues];
            for (int i = 0; i < queues; i++) {
                sentBy[i] = put[i] - waiting(lines[i]);
            }
            long mean = Arrays.stream(sentBy).sum() / queues;
            assertEquals(1, (double) mean * queues / ((long) PASSES * taken), 0.05, "what the device took");
            for (long one : sentBy) {
                assertEquals(1, (double) one / mean, 0.1, () -> "of " + Arrays.toString(sentBy));
            }
            free(lines);
        });
    }

    /** Who asks for less than its share loses nothing to those who ask for more than there is. */
    @Test
    void shouldNotHaveGreedyQueuesTakeTheShareOfModestOne() throws Exception {
        onLoop(() -> {
            long[] lines = relays(3);
            for (int pass = 0; pass < PASSES; pass++) {
                offer(lines[0], BURST);
                assertEquals(4, offer(lines[1], 4), "of the modest one");
                offer(lines[2], BURST);
                TestLines.forward(owner);
                device.complete(20, 0);
            }
            assertTrue(waiting(lines[1]) < BURST, () -> waiting(lines[1]) + " wait");
            free(lines);
        });
    }

    @Test
    void shouldKeepTheOrderOfEachQueue() throws Exception {
        onLoop(() -> {
            long line = driverInJava();
            long[] lines = relays(2);
            long[] next = new long[2];
            for (int pass = 0; pass < 1000; pass++) {
                for (int q = 0; q < 2; q++) {
                    assertEquals(7, allocator.allocate(array, 7));
                    for (int i = 0; i < 7; i++) {
                        long mbuf = Frames.get(array, i);
                        UnsafeApi.putLong(Mbuf.data(mbuf), ((long) q << Integer.SIZE) + next[q] + i);
                        Mbuf.length(mbuf, Frames.SHORTEST);
                    }
                    int taken = SideLine.transmit(lines[q], array, 7);
                    next[q] += taken;
                    Mbuf.free(Frames.from(array, taken), 7 - taken);
                }
                sendsAtMost = pass % 23;
                TestLines.forward(line);
            }
            sendsAtMost = BURST;
            TestLines.forward(line);
            for (int q = 0; q < 2; q++) {
                long first = (long) q << Integer.SIZE;
                List<Long> ofQueue = sent.stream()
                        .filter(number -> number >>> Integer.SIZE == first >>> Integer.SIZE)
                        .toList();
                assertEquals(LongStream.range(first, first + next[q]).boxed().toList(), ofQueue);
            }
        });
    }

    /** A loop that puts frames in as fast as they go out does not keep the owner in its round. */
    @Test
    void shouldSendNoMoreThanWaitedWhenTheRoundBegan() throws Exception {
        onLoop(() -> {
            long line = driverInJava();
            long[] lines = relays(2);
            offer(lines[0], BURST);
            offer(lines[1], 10);
            onSend = () -> {
                offer(lines[0], BURST);
                offer(lines[1], BURST);
            };
            TestLines.forward(line);
            assertNull(thrown);
            assertEquals(BURST + 10, sent.size());
            onSend = () -> {};
            free(lines);
        });
    }

    /** The queue of the serving loop goes through a relay too, or it would take all; its frames are out when the call returns. */
    @Test
    void shouldSendAtOnceWhatTheServingLoopSends() throws Exception {
        onLoop(() -> {
            driverInJava();
            long[] lines = relays(2);
            TestLines.serve(lines[0], SideLine.served(owner));
            assertEquals(5, offer(lines[0], 5));
            assertEquals(5, sent.size());
            assertEquals(3, offer(lines[1], 3));
            assertEquals(5, sent.size(), "another loop's wait for the one that serves");
            assertEquals(5, offer(lines[0], 5));
            assertEquals(13, sent.size());
        });
    }

    /** A full relay has room again as soon as the ring takes what is in it. */
    @Test
    void shouldNotRefuseWhatTheRingHasRoomFor() throws Exception {
        onLoop(() -> {
            driverInJava();
            sendsAtMost = 0;
            long[] lines = relays(1);
            TestLines.serve(lines[0], SideLine.served(owner));
            for (int i = 0; i < TransmitRelay.SLOTS / BURST; i++) {
                assertEquals(BURST, offer(lines[0], BURST));
            }
            assertEquals(0, offer(lines[0], BURST));
            sendsAtMost = BURST;
            assertEquals(BURST, offer(lines[0], BURST));
            free(lines);
        });
    }

    /** Makes the owner's driver one that is written here: it checks the order of what it is given, and frees it. */
    private long driverInJava() {
        FunctionDescriptor burst = FunctionDescriptor.of(
                ValueLayout.JAVA_SHORT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_SHORT);
        try {
            var send = MethodHandles.lookup().bind(this, "send", burst.toMethodType());
            long function = Linker.nativeLinker()
                    .upcallStub(send, burst, Arena.global())
                    .address();
            TestLines.driver(owner, function, 512);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        return owner;
    }

    /** What is thrown in an upcall ends the JVM. */
    @SuppressWarnings("unused") // an upcall
    private short send(long queue, long packets, short count) {
        int n = Math.min(count, sendsAtMost);
        for (int i = 0; i < n; i++) {
            sent.add(UnsafeApi.getLong(Mbuf.data(UnsafeApi.getLong(packets + (long) i * Long.BYTES))));
        }
        Mbuf.free(packets, n);
        try {
            onSend.run();
        } catch (AssertionError e) {
            thrown = e;
        }
        return (short) n;
    }
}
