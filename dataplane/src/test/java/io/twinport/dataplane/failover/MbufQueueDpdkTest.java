package io.twinport.dataplane.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

/** Beside a list, which counts the mbufs of all its frames anew each time. */
class MbufQueueDpdkTest {
    private static final int CAPACITY = 64;
    private static final int STEPS = 20_000;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final MbufQueue queue = new MbufQueue(CAPACITY);
    private final List<Long> model = new ArrayList<>();
    private final long array = Frames.array(8);
    private final long one = Frames.array(1);

    @Test
    void shouldHaveRoomForAsManyMbufs() throws Exception {
        TestEal.start();
        MbufPool pool = MbufPool.create("queue", 1023);
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int i = 0; i < STEPS; i++) {
                step(allocator);
                check();
            }
            queue.free(queue.size());
        });
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    private void step(MbufAllocator allocator) {
        switch (random.nextInt(6)) {
            case 0, 1 -> add(allocator);
            case 2 -> free(random.nextInt(model.size() + 1));
            case 3 -> {
                int n = random.nextInt(model.size() + 1);
                queue.rotate(n);
                Collections.rotate(model, -n);
            }
            case 4 -> keepSome();
            default -> free(queue.surplus(random.nextInt(CAPACITY)));
        }
    }

    private void add(MbufAllocator allocator) {
        int count = 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            UnsafeApi.putLong(
                    Frames.from(array, i), chain(allocator, random.nextInt(3) == 0 ? 1 + random.nextInt(9) : 1));
        }
        int wanted = 0;
        int fitting = 0;
        for (int i = 0; i < count; i++) {
            wanted += Mbuf.segments(Frames.get(array, i));
            fitting += mbufs(model) + wanted <= CAPACITY ? 1 : 0;
        }
        assertEquals(wanted, MbufQueue.mbufsOf(array, count));
        fitting = Math.max(fitting, model.isEmpty() ? 1 : 0);
        assertEquals(fitting, queue.fitting(array, count), this::where);
        for (int i = 0; i < fitting; i++) {
            queue.add(Frames.get(array, i), i);
            model.add(Frames.get(array, i));
        }
        Mbuf.free(Frames.from(array, fitting), count - fitting);
    }

    private long chain(MbufAllocator allocator, int segments) {
        assertEquals(1, allocator.allocate(one, 1));
        long head = Frames.get(one, 0);
        for (int i = 1; i < segments; i++) {
            assertEquals(1, allocator.allocate(one, 1));
            Frames.append(head, Frames.get(one, 0));
        }
        return head;
    }

    private void free(int count) {
        queue.free(count);
        model.subList(0, count).clear();
    }

    /** Every other one stays, as after a cut. */
    private void keepSome() {
        List<Long> kept = new ArrayList<>();
        for (int i = 0; i < model.size(); i++) {
            if (i % 2 == 0) {
                queue.set(kept.size(), model.get(i), 0);
                kept.add(model.get(i));
            } else {
                UnsafeApi.putLong(one, model.get(i));
                Mbuf.free(one, 1);
            }
        }
        queue.truncate(kept.size());
        model.clear();
        model.addAll(kept);
    }

    private void check() {
        assertEquals(model.size(), queue.size(), this::where);
        for (int i = 0; i < model.size(); i++) {
            assertEquals(model.get(i), queue.mbuf(i), this::where);
        }
        int more = random.nextInt(CAPACITY);
        int surplus = queue.surplus(more);
        List<Long> left = model.subList(surplus, model.size());
        assertTrue(left.isEmpty() || mbufs(left) + more <= CAPACITY, this::where);
        assertTrue(surplus == 0 || mbufs(model.subList(surplus - 1, model.size())) + more > CAPACITY, this::where);
    }

    private static int mbufs(List<Long> frames) {
        return frames.stream().mapToInt(Mbuf::segments).sum();
    }

    private String where() {
        return "seed " + seed;
    }
}
