package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.lang.foreign.Arena;
import java.util.HashSet;
import java.util.Set;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MbufDpdkTest {
    private static final int SIZE = 1023;
    private static final int BURST = 32;

    private MbufPool pool;
    private final long array = Frames.array(SIZE);

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    @BeforeEach
    void createPool() {
        pool = MbufPool.create("mbufs", SIZE);
    }

    @AfterEach
    void findPoolFull() {
        assertEquals(SIZE, pool.available());
        pool.close();
    }

    @Test
    void shouldTellWhetherDevicesAreGivenVirtualAddresses() throws Exception {
        EalWorker.run(() -> {
            assertEquals(1, MbufAllocator.ofThisThread(pool).allocate(array, 1));
            long mbuf = Frames.get(array, 0);
            assertEquals(Mbuf.deviceAddress(mbuf, Mbuf.addressField(false)) == Mbuf.data(mbuf), Eal.iovaIsVirtual());
            Mbuf.free(array, 1);
        });
    }

    /** Each pool that a test makes is asked too, and has the layout that is known. */
    @Test
    void shouldRefuseLayoutWithoutAddressForDevices() {
        try (Arena arena = Arena.ofConfined()) {
            long mbuf = arena.allocate(Abi.size("rte_mbuf"), 64).address();
            DpdkException e = assertThrows(DpdkException.class, () -> Mbuf.checkLayout(mbuf));
            assertTrue(e.toString().contains("enable_iova_as_pa"), e::toString);
        }
    }

    @Test
    void shouldGiveEachMbufToOneOwner() throws Exception {
        EalWorker.run(() -> {
            int taken = takeAll(MbufAllocator.ofThisThread(pool));

            Set<Long> distinct = new HashSet<>();
            for (int i = 0; i < taken; i++) {
                distinct.add(Frames.get(array, i));
            }
            assertEquals(taken, distinct.size());
            assertEquals(SIZE - taken, pool.available());
            Mbuf.free(array, taken);
        });
    }

    /** 1023 mbufs are 31 bursts of 32 and 31 mbufs: all bursts must be had, though the cache is filled by 256. */
    @Test
    void shouldReturnNothingOnlyWhenPoolHasNotAsMany() throws Exception {
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            int taken = takeAll(allocator);
            assertEquals(SIZE / BURST * BURST, taken);

            assertEquals(0, allocator.allocate(Frames.from(array, taken), BURST));
            assertEquals(SIZE - taken, pool.available());
            assertEquals(SIZE - taken, allocator.allocate(Frames.from(array, taken), SIZE - taken));
            Mbuf.free(array, SIZE);
        });
    }

    @Test
    void shouldGiveEveryMbufAgainAfterExhaustion() throws Exception {
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int round = 0; round < 10; round++) {
                Mbuf.free(array, takeAll(allocator));
                assertEquals(SIZE, pool.available());
            }
        });
    }

    @Test
    void shouldHandOutEmptyMbufsWhateverTheyHeldBefore() throws Exception {
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            int taken = takeAll(allocator);
            for (int i = 0; i < taken; i++) {
                Frames.write(Frames.get(array, i), i, 1500);
            }
            Mbuf.free(array, taken);

            assertEquals(BURST, allocator.allocate(array, BURST));
            for (int i = 0; i < BURST; i++) {
                long mbuf = Frames.get(array, i);
                assertEquals(0, Mbuf.dataLength(mbuf));
                assertEquals(0, Mbuf.packetLength(mbuf));
                assertTrue(Mbuf.isContiguous(mbuf));
                assertEquals(2048, Mbuf.room(mbuf));
            }
            Mbuf.free(array, BURST);
        });
    }

    /** A reference count that is not 1 would make the free a mere decrement, and leak. */
    @Test
    void shouldFreeWhatItHasReset() throws Exception {
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int i = 0; i < 10 * SIZE; i++) {
                assertEquals(1, allocator.allocate(array, 1));
                Mbuf.free(array, 1);
            }
            assertEquals(SIZE, pool.available());
        });
    }

    /** U4: a frame that may have to be sent again is there until its last owner frees it, each of its segments. */
    @Test
    void shouldBeFreeWhenEachOwnerHasFreedIt() throws Exception {
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int segments = 1; segments <= 3; segments++) {
                long head = chain(allocator, segments);
                Mbuf.reference(head);
                assertEquals(2, Mbuf.references(head));
                Mbuf.reference(head);
                assertEquals(3, Mbuf.references(head));
                Mbuf.unreference(head);
                Mbuf.free(array, 1);
                assertEquals(1, Mbuf.references(head));
                assertEquals(segments, Mbuf.segments(head));
                assertEquals(SIZE - segments, pool.available());
                Mbuf.free(array, 1);
                assertEquals(SIZE, pool.available());
            }
        });
    }

    /** A frame of so many segments, the only one in the array. */
    private long chain(MbufAllocator allocator, int segments) {
        assertEquals(segments, allocator.allocate(array, segments));
        for (int i = 0; i + 1 < segments; i++) {
            UnsafeApi.putLong(Frames.get(array, i) + Abi.offset("rte_mbuf", "next"), Frames.get(array, i + 1));
        }
        UnsafeApi.putShort(Frames.get(array, 0) + Abi.offset("rte_mbuf", "nb_segs"), (short) segments);
        return Frames.get(array, 0);
    }

    @Test
    void shouldKeepLengthOfOneSegmentInBothPlaces() throws Exception {
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            assertEquals(1, allocator.allocate(array, 1));
            long mbuf = Frames.get(array, 0);
            Mbuf.length(mbuf, 1514);
            UnsafeApi.putByte(Mbuf.data(mbuf) + 1513, (byte) 42);
            assertEquals(1514, Mbuf.dataLength(mbuf));
            assertEquals(1514, Mbuf.packetLength(mbuf));
            Mbuf.free(array, 1);
        });
    }

    @Test
    void shouldRefuseThreadThatIsNotRegistered() {
        assertEquals(-1, EalThread.lcore());
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> MbufAllocator.ofThisThread(pool));
        assertTrue(String.valueOf(e.getMessage()).contains("EalThread.register()"), e::toString);
    }

    @Test
    void shouldGiveEachRegisteredThreadItsOwnLcore() throws Exception {
        EalWorker.run(() -> {
            int lcore = EalThread.lcore();
            assertTrue(lcore >= 0);
            EalWorker.run(() -> assertNotEquals(lcore, EalThread.lcore()));
            assertEquals(lcore, EalThread.lcore());
            EalThread.unregister();
            assertEquals(-1, EalThread.lcore());
        });
    }

    @Test
    void shouldSayWhichPoolCannotBeMade() {
        DpdkException e = assertThrows(DpdkException.class, () -> MbufPool.create("mbufs", SIZE));
        assertEquals(17, e.code());
        assertTrue(
                String.valueOf(e.getMessage())
                        .startsWith("rte_pktmbuf_pool_create(mbufs, 1023 mbufs) failed: -17 EEXIST"),
                e::toString);
    }

    private int takeAll(MbufAllocator allocator) {
        int taken = 0;
        while (taken + BURST <= SIZE && allocator.allocate(Frames.from(array, taken), BURST) == BURST) {
            taken += BURST;
        }
        return taken;
    }
}
