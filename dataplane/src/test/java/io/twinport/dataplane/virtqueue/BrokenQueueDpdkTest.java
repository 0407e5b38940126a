package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.testing.Frames;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both queues against a device that does what it must not. */
class BrokenQueueDpdkTest extends QueueRig {
    // ---- receive

    @Test
    void shouldDropFramesThatAreNoneOrDoNotFit() throws Exception {
        asReceiver(() -> {
            int room = Mbuf.room(mbufOf(0));
            int[] lengths = {0, NET_HEADER, NET_HEADER + room + 1, -1, NET_HEADER + room};
            for (int length : lengths) {
                device.use(device.next(), length);
            }
            device.publish();
            assertEquals(1, receive(BURST));
            assertEquals(room, Mbuf.packetLength(Frames.get(array, 0)));
            Mbuf.free(array, 1);
            assertEquals(4, counter(DROPPED));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {SLOTS, -1, 1 << 20})
    void shouldLeaveQueueAloneWhenDeviceUsesWhatItWasNotGiven(int id) throws Exception {
        asReceiver(() -> {
            device.complete(2, NET_HEADER + 60);
            for (int i = 0; i < 10; i++) {
                device.use(id, NET_HEADER + 60);
            }
            device.publish();
            assertEquals(2, receive(BURST), "what came before is good");
            Mbuf.free(array, 2);
            assertTrue(queue.isBroken());
            assertEquals(2, queue.received());
            device.complete(1, NET_HEADER + 60);
            assertEquals(0, receive(BURST));
            assertEquals(2, queue.received());
        });
    }

    @Test
    void shouldLeaveQueueAloneWhenDeviceUsesBufferTwice() throws Exception {
        asReceiver(() -> {
            int id = device.next();
            device.use(id, NET_HEADER + 60);
            device.use(id, NET_HEADER + 60);
            device.publish();
            assertEquals(1, receive(BURST));
            Mbuf.free(array, 1);
            assertTrue(queue.isBroken());
        });
    }

    /** Further than what it has: elements of the last lap name buffers that were given to it anew. */
    @ParameterizedTest
    @ValueSource(ints = {SLOTS + 1, 0x4000, 0x8000, -1})
    void shouldDeliverNothingWhenUsedIndexJumps(int jump) throws Exception {
        asReceiver(() -> {
            for (int lap = 0; lap < 2; lap++) {
                assertEquals(SLOTS, device.complete(SLOTS, NET_HEADER + 60));
                Mbuf.free(array, receive(BURST));
            }
            jump(jump);
            for (int i = 0; i < 3; i++) {
                assertEquals(0, receive(4));
                assertTrue(queue.isBroken());
            }
            assertEquals(2 * SLOTS, queue.received());
        });
    }

    private void jump(int by) {
        long idx = counter(USED) + RING_IDX;
        UnsafeApi.putShortRelease(null, idx, (short) (UnsafeApi.getShort(idx) + by));
    }

    // ---- transmit

    @Test
    void shouldTakeNothingOnceDeviceCompletesWhatItWasNotGiven() throws Exception {
        make(256);
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            assertEquals(BURST, send(allocator, BURST, 0));
            for (int i = 0; i < BURST; i++) {
                device.use(1, 0); // the second half of a pair is no chain
            }
            device.publish();
            for (int i = 0; i < 3; i++) {
                assertEquals(0, send(allocator, BURST, 0));
                assertTrue(queue.isBroken());
                device.complete(4, 0);
                assertEquals(0, transmit(0));
            }
            assertFalse(VirtioTransmit.isSent(queue.address()), "nobody knows");
            VirtioTransmit.reap(queue.address());
            assertEquals(pool.size() - BURST, pool.available(), "they are the device's until it is reset");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 9, 0x4000, -1})
    void shouldFreeNothingWhenUsedIndexJumps(int jump) throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            assertEquals(8, send(allocator, 8, 0));
            assertEquals(8, device.complete(8, 0));
            VirtioTransmit.reap(queue.address());
            assertEquals(4, send(allocator, 4, 0));
            assertEquals(8, queue.completed());
            jump(jump);
            VirtioTransmit.reap(queue.address());
            assertEquals(0, send(allocator, 1, 0));
            assertTrue(queue.isBroken());
            assertEquals(pool.size() - 4, pool.available());
            assertFalse(VirtioTransmit.isSent(queue.address()));
        });
    }

    /** A statistic that falls is taken for a reset of the device. */
    @Test
    void shouldNeverCountBackWhateverTheIndexSays() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            assertEquals(8, send(allocator, 8, 0));
            device.complete(8, 0);
            assertEquals(8, queue.completed());
            for (int i = 0; i < 1000; i++) {
                UnsafeApi.putShort(counter(USED) + RING_IDX, (short) random.nextInt());
                assertEquals(8, queue.completed(), "seed " + seed);
            }
            restart();
            assertEquals(0, queue.completed());
        });
    }
}
