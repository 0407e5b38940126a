package io.twinport.dataplane.line;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.device.EthSide;
import io.twinport.dpdk.Abi;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthStats;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import io.twinport.dpdk.testing.VirtioWire;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a far end says of a frame's length is held against the mbuf. A net_ring gives back what a test has put in. */
@SuppressWarnings("NullAway.Init") // the poll loop's thread makes them
class LengthCheckDpdkTest {
    private static final int BURST = MbufBurst.CAPACITY;

    /** In a class of its own, for the test's is there before DPDK is. */
    private static final class Field {
        static final int DATA_LEN = Abi.offset("rte_mbuf", "data_len");
        static final int PKT_LEN = Abi.offset("rte_mbuf", "pkt_len");
        static final int NB_SEGS = Abi.offset("rte_mbuf", "nb_segs");
        static final int DATA_OFF = Abi.offset("rte_mbuf", "data_off");
    }

    /** What is claimed of a frame of 60 bytes, in one mbuf or in three. */
    private enum Claim {
        /** A used length of 0xffff in DPDK's virtio driver, less its header. */
        LONGER_THAN_MBUF {
            @Override
            void make(long mbuf) {
                Mbuf.length(mbuf, 65523);
            }
        },
        BY_ONE_BYTE {
            @Override
            void make(long mbuf) {
                Mbuf.length(mbuf, Mbuf.room(mbuf) + 1);
            }
        },
        /** A used length of 0xffffffff: 32 bits of it in one field, 16 in the other. */
        LARGEST {
            @Override
            void make(long mbuf) {
                UnsafeApi.putInt(mbuf + Field.PKT_LEN, -13);
                UnsafeApi.putShort(mbuf + Field.DATA_LEN, (short) -13);
            }
        },
        /** Of 65,536 bytes more than the 16 bits show. */
        BEYOND_16_BITS {
            @Override
            void make(long mbuf) {
                UnsafeApi.putInt(mbuf + Field.PKT_LEN, 65536 + Frames.SHORTEST);
            }
        },
        EMPTY {
            @Override
            void make(long mbuf) {
                Mbuf.length(mbuf, 0);
            }
        },
        WITHOUT_HEADER {
            @Override
            void make(long mbuf) {
                Mbuf.length(mbuf, 13);
            }
        },
        MORE_SEGMENTS_THAN_THERE_ARE {
            @Override
            void make(long mbuf) {
                UnsafeApi.putShort(mbuf + Field.NB_SEGS, (short) (Mbuf.segments(mbuf) + 1));
            }
        },
        NO_SEGMENTS {
            @Override
            void make(long mbuf) {
                UnsafeApi.putShort(mbuf + Field.NB_SEGS, (short) 0);
            }
        },
        BEFORE_ITS_BUFFER_ENDS {
            @Override
            void make(long mbuf) {
                UnsafeApi.putShort(mbuf + Field.DATA_OFF, (short) 0xffff);
            }
        };

        abstract void make(long mbuf);
    }

    @TempDir
    Path folder;

    private final long array = Frames.array(BURST);
    private final long segments = Frames.array(2);
    private MbufPool pool;
    private MbufAllocator allocator;
    private EthSide side;
    private long line;

    @BeforeEach
    void start() {
        TestEal.start();
        pool = MbufPool.create("lengths", 2047);
        line = SideLineSetup.allocate();
        side = new EthSide(EthDev.probe("net_ring5"));
        side.configure(pool, 1);
        side.start(new long[] {line}, 0);
    }

    @AfterEach
    void end() {
        side.stop();
        side.remove();
        assertEquals(pool.size(), pool.available(), "mbufs are missing");
        pool.close();
    }

    private void onLoop(EalWorker.Task task) throws Exception {
        EalWorker.run(() -> {
            allocator = MbufAllocator.ofThisThread(pool);
            task.run();
        });
    }

    private void frames(int count, int segmentsOfEach) {
        Frames.allocate(allocator, array, count, 0);
        for (int i = 0; i < count; i++) {
            for (int s = 1; s < segmentsOfEach; s++) {
                Frames.allocate(allocator, segments, 1, 0);
                Frames.append(Frames.get(array, i), Frames.get(segments, 0));
            }
        }
    }

    private EthStats statistics() {
        return side.statistics().orElseThrow();
    }

    /** At random places of bursts, and those beside them are delivered, in their order. */
    @ParameterizedTest
    @EnumSource
    void shouldFreeAndCountWhatCannotBe(Claim claim) throws Exception {
        long seed = new Random().nextLong();
        onLoop(() -> {
            Random random = new Random(seed);
            long malformed = 0;
            long bytes = 0;
            for (int burst = 0; burst < 200; burst++) {
                int each = 1 + 2 * random.nextInt(2);
                frames(BURST, each);
                List<Long> good = new ArrayList<>();
                for (int i = 0; i < BURST; i++) {
                    long mbuf = Frames.get(array, i);
                    if (random.nextInt(4) == 0) {
                        claim.make(mbuf);
                        malformed++;
                    } else {
                        good.add(mbuf);
                        bytes += (long) each * Frames.SHORTEST;
                    }
                }
                assertEquals(BURST, SideLine.transmit(line, array, BURST));
                int n = SideLine.receive(line, array, BURST);
                List<Long> received = new ArrayList<>();
                for (int i = 0; i < n; i++) {
                    received.add(Frames.get(array, i));
                }
                Mbuf.free(array, n);
                assertEquals(good, received, "seed " + seed);
            }
            assertEquals(malformed, SideLine.malformed(line));
            assertEquals(malformed, statistics().rxErrors());
            assertEquals(bytes, statistics().rxBytes());
            assertEquals(200 * BURST - malformed, statistics().rxFrames());
        });
    }

    /** A segment behind the first one that is longer than its mbuf; and lengths that do not add up. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldFreeChainThatIsWrongFurtherOn(boolean longer) throws Exception {
        onLoop(() -> {
            frames(2, 3);
            long last = Mbuf.next(Mbuf.next(Frames.get(array, 0)));
            int claimed = longer ? Mbuf.room(last) + 1 : Mbuf.dataLength(last) - 1;
            UnsafeApi.putShort(last + Field.DATA_LEN, (short) claimed);
            if (longer) {
                UnsafeApi.putInt(Frames.get(array, 0) + Field.PKT_LEN, 2 * Frames.SHORTEST + claimed);
            }
            assertEquals(2, SideLine.transmit(line, array, 2));
            assertEquals(1, SideLine.receive(line, array, BURST));
            Mbuf.free(array, 1);
            assertEquals(1, SideLine.malformed(line));
        });
    }

    /** What fills its mbuf to the last byte is a frame as any other. */
    @Test
    void shouldDeliverWhatJustFits() throws Exception {
        onLoop(() -> {
            frames(1, 1);
            Mbuf.length(Frames.get(array, 0), Mbuf.room(Frames.get(array, 0)));
            assertEquals(1, SideLine.transmit(line, array, 1));
            assertEquals(1, SideLine.receive(line, array, 1));
            Mbuf.free(array, 1);
        });
    }

    /** Whoever cannot make up lengths is not checked, and pays nothing. */
    @Test
    void shouldCheckWhatHasItsLengthsFromAnotherProgram() throws Exception {
        assertTrue(SideLine.isChecked(line));
        EthDev none = EthDev.probe("net_null5");
        assertFalse(LengthCheck.isDueOn(none));
        none.remove();
        VirtioWire wire = VirtioWire.lay(folder, 0, "02:00:00:00:00:01", far -> {
            far.configure(pool);
            far.start();
        });
        assertTrue(LengthCheck.isDueOn(wire.near()));
        assertTrue(LengthCheck.isDueOn(wire.far()));
        wire.near().remove();
        wire.far().stop();
        wire.far().remove();
    }
}
