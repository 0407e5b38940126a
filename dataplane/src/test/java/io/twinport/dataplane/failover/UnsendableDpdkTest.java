package io.twinport.dataplane.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.line.TestLines;
import io.twinport.dataplane.line.TxCompletion;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthOffloads;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufOffloads;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.OffloadRequests;
import io.twinport.dpdk.testing.TestEal;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * U5: a frame that can never be made ready, or that no ring could hold, is freed and counted wherever it is, and those behind
 * it go on. Over net_rings, whose lines lack what the port promises.
 */
@SuppressWarnings("NullAway.Init") // the poll loop's thread makes them
class UnsendableDpdkTest {
    private static final int BURST = MbufBurst.CAPACITY;
    private static final int PORT_SLOTS = 64;

    /** Why a frame cannot be sent. */
    private enum Kind {
        /** Its tag has to be inserted, and there is no room in front of it. */
        WITHOUT_HEADROOM,
        /** Its checksum has to be written, and its headers are not where it says. */
        WITHOUT_HEADERS,
        /** The driver's own preparation does not like it. */
        REFUSED_BY_DRIVER,
        /** It would have to be written into, and somebody else has it too. */
        SHARED
    }

    private final long array = Frames.array(BURST);
    private final long got = Frames.array(BURST);
    private final List<Long> shared = new ArrayList<>();
    private final PortCounters counters = new PortCounters(
            new CountersManager(
                    new UnsafeBuffer(ByteBuffer.allocateDirect(64 * CountersReader.METADATA_LENGTH)),
                    new UnsafeBuffer(ByteBuffer.allocateDirect(64 * CountersReader.COUNTER_LENGTH))),
            0);
    private final RingBuffer events = new ManyToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect((1 << 12) + RingBufferDescriptor.TRAILER_LENGTH)));
    private MbufPool pool;
    private MbufAllocator allocator;
    private final List<EthDev> devs = new ArrayList<>();
    private long now = 1;
    private long nextNumber;

    @BeforeEach
    void start() {
        TestEal.start();
        pool = MbufPool.create("unsendable", 4095);
    }

    @AfterEach
    void end() {
        for (EthDev dev : devs) {
            dev.stop();
            dev.remove();
        }
        assertEquals(pool.size(), pool.available(), "mbufs are missing");
        pool.close();
    }

    private void onLoop(EalWorker.Task task) throws Exception {
        EalWorker.run(() -> {
            allocator = MbufAllocator.ofThisThread(pool);
            task.run();
        });
    }

    /** The line of a net_ring, which gives back what it was sent. */
    private long line(String device) {
        EthDev dev = EthDev.probe(device);
        dev.configure(pool);
        dev.start();
        devs.add(dev);
        return TestLines.of(dev);
    }

    /** The line of one that can do nothing of what is promised, and whose driver looks at the frames first. */
    private long lacking(String device) {
        long line = line(device);
        SideLineSetup.offload(line, Preparation.function(), EthOffloads.VLAN_INSERT | EthOffloads.UDP_CHECKSUM);
        return line;
    }

    /** A driver's {@code tx_pkt_prepare}: no frame that is to be a TCP one. */
    private static final class Preparation {
        static long function() {
            FunctionDescriptor type = FunctionDescriptor.of(
                    ValueLayout.JAVA_SHORT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_SHORT);
            try {
                var prepare = MethodHandles.lookup().findStatic(Preparation.class, "prepare", type.toMethodType());
                return Linker.nativeLinker()
                        .upcallStub(prepare, type, Arena.global())
                        .address();
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }

        @SuppressWarnings("unused") // an upcall
        private static short prepare(long queue, long packets, short count) {
            for (int i = 0; i < count; i++) {
                long flags = MbufOffloads.flags(UnsafeApi.getLong(packets + (long) i * Long.BYTES));
                if ((flags & MbufOffloads.L4_MASK) == MbufOffloads.TCP_CHECKSUM) {
                    return (short) i;
                }
            }
            return count;
        }
    }

    private void spoil(long mbuf, Kind kind) {
        switch (kind) {
            case WITHOUT_HEADROOM -> {
                long number = Frames.numberOf(mbuf);
                Mbuf.prepend(mbuf, Mbuf.headroom(mbuf));
                Frames.write(mbuf, number, Frames.SHORTEST);
                OffloadRequests.vlan(mbuf, 5);
            }
            case WITHOUT_HEADERS ->
                OffloadRequests.checksums(mbuf, MbufOffloads.IPV4 | MbufOffloads.UDP_CHECKSUM, 14, 100);
            case REFUSED_BY_DRIVER ->
                OffloadRequests.checksums(mbuf, MbufOffloads.IPV4 | MbufOffloads.TCP_CHECKSUM, 14, 20);
            case SHARED -> {
                OffloadRequests.vlan(mbuf, 5);
                Mbuf.reference(mbuf);
                shared.add(mbuf);
            }
        }
    }

    private void freeShared() {
        for (long mbuf : shared) {
            UnsafeApi.putLong(got, mbuf);
            Mbuf.free(got, 1);
        }
        shared.clear();
    }

    /** Numbered frames, one after the other. */
    private void frames(int count) {
        Frames.allocate(allocator, array, count, nextNumber);
        nextNumber += count;
    }

    /** Takes out what has arrived at the other end of a line. */
    private List<Long> arrived(long line) {
        List<Long> numbers = new ArrayList<>();
        int n;
        while ((n = SideLine.receive(line, got, BURST)) > 0) {
            for (int i = 0; i < n; i++) {
                numbers.add(Frames.numberOf(Frames.get(got, i)));
            }
            Mbuf.free(got, n);
        }
        return numbers;
    }

    private static List<Long> without(long end, List<Long> bad) {
        return LongStream.range(0, end).boxed().filter(n -> !bad.contains(n)).toList();
    }

    /** In a burst of the handler's, at any place, several together too. */
    @ParameterizedTest
    @EnumSource
    void shouldFreeItInBurstOfTheHandler(Kind kind) throws Exception {
        long seed = new Random().nextLong();
        onLoop(() -> {
            Random random = new Random(seed);
            long line = lacking("net_ring5");
            List<Long> bad = new ArrayList<>();
            List<Long> all = new ArrayList<>();
            for (int burst = 0; burst < 50; burst++) {
                long first = nextNumber;
                frames(8);
                for (int i = 0; i < 8; i++) {
                    if (random.nextInt(3) == 0) {
                        spoil(Frames.get(array, i), kind);
                        bad.add(first + i);
                    }
                }
                assertEquals(8, SideLine.transmit(line, array, 8), "seed " + seed);
                all.addAll(arrived(line));
            }
            assertEquals(without(nextNumber, bad), all, "seed " + seed);
            assertEquals(bad.size(), SideLine.unsendable(line));
            freeShared();
        });
    }

    /** What a full ring refuses is given back as always, the bad one among it too: nobody knows yet that it is one. */
    @Test
    void shouldGiveBackWhatComesAfterRingIsFull() throws Exception {
        onLoop(() -> {
            long line = lacking("net_ring5");
            int taken = BURST;
            while (taken == BURST) {
                frames(BURST);
                spoil(Frames.get(array, BURST - 1), Kind.WITHOUT_HEADROOM);
                taken = SideLine.transmit(line, array, BURST);
                Mbuf.free(Frames.from(array, taken), BURST - taken);
            }
            long before = SideLine.unsendable(line);
            frames(3);
            spoil(Frames.get(array, 1), Kind.WITHOUT_HEADROOM);
            assertEquals(0, SideLine.transmit(line, array, 3));
            Mbuf.free(array, 3);
            assertEquals(before, SideLine.unsendable(line));
            arrived(line);
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldFreeItInRelay(Kind kind) throws Exception {
        onLoop(() -> {
            long owner = lacking("net_ring5");
            long line = SideLineSetup.allocate();
            TestLines.relay(line, owner);
            List<Long> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                frames(8);
                if (i == 0) {
                    spoil(Frames.get(array, 0), kind);
                    spoil(Frames.get(array, 7), kind);
                }
                assertEquals(8, SideLine.transmit(line, array, 8));
                TestLines.forward(owner);
                all.addAll(arrived(owner));
            }
            assertEquals(without(800, List.of(0L, 7L)), all);
            assertEquals(2, SideLine.unsendable(line), "counted with the queue whose frame it was");
            assertEquals(0, SideLine.unsendable(owner));
            freeShared();
        });
    }

    /** A planned switch: kept for a primary that could have sent it, and the standby cannot. */
    @ParameterizedTest
    @EnumSource
    void shouldFreeItInBacklogOfPlannedSwitch(Kind kind) throws Exception {
        onLoop(() -> {
            long primary = line("net_ring5");
            long standby = lacking("net_ring6");
            TestLines.completion(primary, TxCompletion.REFERENCES);
            PortTotals totals = new PortTotals();
            totals.use(Sides.STANDBY, standby);
            TransmitQueue tx = new TransmitQueue(totals, new HoldSettings(Duration.ZERO, PORT_SLOTS));
            tx.turnTo(Sides.PRIMARY, primary, false, now);
            tx.turnTo(Sides.STANDBY, standby, true, now);
            frames(1);
            assertEquals(1, tx.transmit(array, 1, now), "the last burst");
            frames(5);
            spoil(Frames.get(array, 2), kind);
            spoil(Frames.get(array, 3), kind);
            assertEquals(5, tx.transmit(array, 5, now));
            assertEquals(List.of(0L), arrived(primary));
            List<Long> all = new ArrayList<>(List.of(0L));
            for (int i = 0; i < 100; i++) {
                now += 1_000_000;
                frames(8);
                assertEquals(8, tx.transmit(array, 8, now));
                all.addAll(arrived(standby));
            }
            assertEquals(without(nextNumber, List.of(3L, 4L)), all);
            assertBalanced(totals, standby, 2);
            freeShared();
        });
    }

    /** Held, and sent again by a side that cannot send them: lost, and counted, and all others are not. */
    @ParameterizedTest
    @EnumSource
    void shouldFreeItAmongHeldFramesThatAreSentAgain(Kind kind) throws Exception {
        onLoop(() -> {
            long primary = line("net_ring5");
            long standby = lacking("net_ring6");
            TestLines.completion(primary, TxCompletion.REFERENCES);
            PortTotals totals = new PortTotals();
            totals.use(Sides.STANDBY, standby);
            TransmitQueue tx = new TransmitQueue(totals, new HoldSettings(Duration.ofSeconds(1), PORT_SLOTS));
            tx.turnTo(Sides.PRIMARY, primary, false, now);
            frames(6);
            spoil(Frames.get(array, 1), kind);
            spoil(Frames.get(array, 5), kind);
            assertEquals(6, tx.transmit(array, 6, now));
            tx.turnTo(Sides.STANDBY, standby, false, now);
            frames(2);
            assertEquals(2, tx.transmit(array, 2, now));
            assertEquals(without(8, List.of(1L, 5L)), arrived(standby));
            assertEquals(6, arrived(primary).size(), "its hardware could");
            assertBalanced(totals, standby, 2);
            tx.abandon();
            freeShared();
        });
    }

    /** {@code offered = tx_packets - tx_resent + tx_refused + tx_dropped + tx_hold_dropped + waiting}, of dataplane/README. */
    private void assertBalanced(PortTotals totals, long standby, int unsendable) {
        assertEquals(
                nextNumber,
                totals.sentBy(Sides.PRIMARY)
                        + totals.sentBy(Sides.STANDBY)
                        - totals.resent
                        + totals.refused
                        + totals.dropped
                        + totals.holdDropped);
        assertEquals(unsendable, SideLine.unsendable(standby));
        totals.bookUnsendable();
        assertEquals(unsendable, totals.unsendable);
    }

    /** What a line has counted for another port, or before it joined this one, is not this one's. */
    @Test
    void shouldCountForThePortWhileTheSideIsAMember() throws Exception {
        onLoop(() -> {
            long line = lacking("net_ring5");
            sendOneOfTwo(line, packets -> SideLine.transmit(line, packets, 2));
            SideLine.reportLink(line, true);
            FailoverQueue port = new FailoverPort(0, EventLine.allocate(), counters, new PortEvents(events)).queue(0);
            port.join(Sides.PRIMARY, line);
            sendOneOfTwo(line, packets -> port.txBurst(packets, 2));
            port.publish();
            assertEquals(1, counters.get(PortCounter.UNSENDABLE));
            port.leave(Sides.PRIMARY);
            sendOneOfTwo(line, packets -> SideLine.transmit(line, packets, 2));
            port.publish();
            assertEquals(1, counters.get(PortCounter.UNSENDABLE));
            assertEquals(3, SideLine.unsendable(line));
        });
    }

    private void sendOneOfTwo(long line, LongUnaryOperator sending) {
        frames(2);
        spoil(Frames.get(array, 0), Kind.REFUSED_BY_DRIVER);
        assertEquals(2, sending.applyAsLong(array));
        assertEquals(1, arrived(line).size());
    }

    /** More segments than the ring has slots: DPDK's virtio driver, for one, waits for room that there will never be. */
    @Test
    void shouldFreeWhatNoRingCouldHold() throws Exception {
        onLoop(() -> {
            long line = SideLineSetup.allocate();
            PickyDriver driver = new PickyDriver(8);
            driver.write(line);
            frames(3);
            Frames.allocate(allocator, got, 9, 0);
            for (int i = 0; i < 9; i++) {
                Frames.append(Frames.get(array, 1), Frames.get(got, i));
            }
            assertEquals(3, SideLine.transmit(line, array, 3));
            assertEquals(2, driver.taken);
            assertEquals(1, SideLine.unsendable(line));

            driver.full = true;
            frames(2);
            assertEquals(0, SideLine.transmit(line, array, 2), "these will go later");
            Mbuf.free(array, 2);
            assertEquals(1, SideLine.unsendable(line));
            assertTrue(driver.offered > driver.taken);
        });
    }

    /** Frees what it is given; a frame that needs more slots than its ring has is refused for ever, with all behind it. */
    private static final class PickyDriver {
        private final int slots;
        private boolean full;
        private int taken;
        private int offered;

        PickyDriver(int slots) {
            this.slots = slots;
        }

        void write(long line) {
            FunctionDescriptor type = FunctionDescriptor.of(
                    ValueLayout.JAVA_SHORT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_SHORT);
            try {
                var send = MethodHandles.lookup().bind(this, "send", type.toMethodType());
                TestLines.driver(
                        line,
                        Linker.nativeLinker()
                                .upcallStub(send, type, Arena.global())
                                .address(),
                        slots);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }

        @SuppressWarnings("unused") // an upcall
        private short send(long queue, long packets, short count) {
            int n = 0;
            offered += count;
            while (!full && n < count && Mbuf.segments(UnsafeApi.getLong(packets + (long) n * Long.BYTES)) < slots) {
                n++;
            }
            Mbuf.free(packets, n);
            taken += n;
            return (short) n;
        }
    }
}
