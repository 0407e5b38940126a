package io.twinport.dataplane.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.PolicyInput;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.cnc.SwitchOutcome;
import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.line.TestLines;
import io.twinport.dataplane.line.TxCompletion;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.OffloadRequests;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.CountersManager;

/**
 * A failover port over two net_rings, driven by the test's thread, so that each poll is the test's. A net_ring gives
 * back what it was sent: what the port sends can be looked at, and what is put in the ring arrives at the port.
 */
final class RingedPort implements AutoCloseable {
    /** After so many polls the port has looked after its idle side and its links. */
    static final int HOUSEKEEPING_POLLS = 32;

    private static final int BURST = MbufBurst.CAPACITY;

    private final MbufPool pool = MbufPool.create("ringed", 4095);
    private final MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
    private final EthDev[] devs = {start("net_ring1"), start("net_ring2")};
    private final long[] lines = {TestLines.of(devs[0]), TestLines.of(devs[1])};
    private final long events = EventLine.allocate();
    private final RingBuffer told = new ManyToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect((1 << 16) + RingBufferDescriptor.TRAILER_LENGTH)));
    private final PortCounters counters = new PortCounters(
            new CountersManager(
                    new UnsafeBuffer(ByteBuffer.allocateDirect(64 * 512)),
                    new UnsafeBuffer(ByteBuffer.allocateDirect(64 * 128))),
            0);
    private final FailoverPort whole;
    private final FailoverQueue port;
    private final long array = Frames.array(BURST);
    private final long segment = Frames.array(1);
    private final List<SwitchOutcome> outcomes = new ArrayList<>();
    private long nextNumber;

    RingedPort(PortSettings settings, NanoClock clock) {
        // A simulated clock costs nothing: it is read at each look at the idle side.
        whole = new FailoverPort(0, events, counters, new PortEvents(told), settings, clock, 1);
        port = whole.queue(0);
    }

    /** Both sides are members, their links down. */
    static RingedPort withBothSides() {
        return withBothSides(PortSettings.DEFAULT, SystemNanoClock.INSTANCE);
    }

    private static RingedPort withBothSides(PortSettings settings, NanoClock clock) {
        RingedPort port = new RingedPort(settings, clock);
        port.join(Sides.PRIMARY);
        port.join(Sides.STANDBY);
        return port;
    }

    /** Both sides are members and up, the port has seen it and transmits on the primary; its housekeeping is just over. */
    static RingedPort ready() {
        return ready(FailbackSettings.AT_ONCE);
    }

    /** {@link #ready()} with other settings. */
    static RingedPort ready(FailbackSettings failback) {
        return ready(PortSettings.DEFAULT.with(failback), SystemNanoClock.INSTANCE);
    }

    /** {@link #ready()} with other settings and another clock. */
    static RingedPort ready(PortSettings settings, NanoClock clock) {
        RingedPort port = withBothSides(settings, clock);
        port.link(Sides.PRIMARY, true);
        port.link(Sides.STANDBY, true);
        port.receive(HOUSEKEEPING_POLLS);
        return port;
    }

    /** From now on it is known in that way what a side has sent, of {@link TxCompletion}. */
    void completion(int side, int kind) {
        TestLines.completion(lines[side - 1], kind);
    }

    /**
     * From now on another loop owns a side's transmit queue.
     *
     * @return that loop's line, for {@link TestLines#forward}
     */
    long relay(int side) {
        long owner = TestLines.of(devs[side - 1]);
        TestLines.completion(owner, TxCompletion.of(lines[side - 1]));
        TestLines.relay(lines[side - 1], owner);
        return owner;
    }

    void join(int side) {
        port.join(side, lines[side - 1]);
    }

    void leave(int side) {
        port.leave(side);
    }

    /** A link changes, and an event says that something has happened. */
    void link(int side, boolean up) {
        linkWithoutEvent(side, up);
        edge();
    }

    /** An interrupt, whatever for. */
    void edge() {
        EventLine.edge(events, System.nanoTime());
    }

    void linkWithoutEvent(int side, boolean up) {
        SideLine.reportLink(lines[side - 1], up);
    }

    /** Sends frames, numbered on from the last; those refused are freed, their numbers are gone. How many were taken. */
    int send(int count) {
        Frames.allocate(allocator, array, count, nextNumber);
        nextNumber += count;
        int taken = port.txBurst(array, count);
        Mbuf.free(Frames.from(array, taken), count - taken);
        return taken;
    }

    /** {@link #send} of frames that lie in so many mbufs each. */
    int sendChained(int count, int segments) {
        Frames.allocate(allocator, array, count, nextNumber);
        nextNumber += count;
        for (int i = 0; i < count; i++) {
            for (int j = 1; j < segments; j++) {
                assertEquals(1, allocator.allocate(segment, 1));
                Mbuf.length(Frames.get(segment, 0), 1);
                Frames.append(Frames.get(array, i), Frames.get(segment, 0));
            }
        }
        int taken = port.txBurst(array, count);
        Mbuf.free(Frames.from(array, taken), count - taken);
        return taken;
    }

    /** Sends a frame of that length. */
    void sendOne(int length, long number) {
        assertEquals(1, allocator.allocate(array, 1));
        Frames.write(Frames.get(array, 0), number, length);
        assertEquals(1, port.txBurst(array, 1));
    }

    /** From now on a side's device has offloads promised that it lacks, of {@code EthOffloads}. */
    void offload(int side, long lacks) {
        SideLineSetup.offload(lines[side - 1], 0, lacks);
    }

    /** {@link #send} of frames that are to get a tag. */
    int sendTagged(int count) {
        Frames.allocate(allocator, array, count, nextNumber);
        nextNumber += count;
        for (int i = 0; i < count; i++) {
            OffloadRequests.vlan(Frames.get(array, i), 5);
        }
        int taken = port.txBurst(array, count);
        Mbuf.free(Frames.from(array, taken), count - taken);
        return taken;
    }

    /** Takes the frames out that are in a side's ring. */
    List<byte[]> bytesFrom(int side) {
        List<byte[]> frames = new ArrayList<>();
        int n;
        while ((n = SideLine.receive(lines[side - 1], array, BURST)) > 0) {
            for (int i = 0; i < n; i++) {
                long mbuf = Frames.get(array, i);
                byte[] frame = new byte[Mbuf.dataLength(mbuf)];
                new UnsafeBuffer(Mbuf.data(mbuf), frame.length).getBytes(0, frame);
                frames.add(frame);
            }
            Mbuf.free(array, n);
        }
        return frames;
    }

    /** Takes the frames out that are in a side's ring, and gives their numbers. */
    List<Long> takeFrom(int side) {
        List<Long> numbers = new ArrayList<>();
        while (take(numbers, SideLine.receive(lines[side - 1], array, BURST)) > 0) {}
        return numbers;
    }

    /** Frames arrive at a side. */
    void arriveAt(int side, int count, long firstNumber) {
        for (int done = 0; done < count; done += BURST) {
            int burst = Math.min(BURST, count - done);
            Frames.allocate(allocator, array, burst, firstNumber + done);
            assertEquals(burst, SideLine.transmit(lines[side - 1], array, burst));
        }
    }

    /** One poll: the numbers of the frames that the port delivers. */
    List<Long> receive() {
        List<Long> numbers = new ArrayList<>();
        take(numbers, port.rxBurst(array, BURST));
        return numbers;
    }

    /** So many polls: the numbers of all frames that the port delivers. */
    List<Long> receive(int polls) {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < polls; i++) {
            numbers.addAll(receive());
        }
        return numbers;
    }

    private int take(List<Long> numbers, int count) {
        for (int i = 0; i < count; i++) {
            numbers.add(Frames.numberOf(Frames.get(array, i)));
        }
        Mbuf.free(array, count);
        return count;
    }

    /** A frame of a control thread. */
    void inject(long number) {
        Frames.allocate(allocator, array, 1, number);
        port.inject(Frames.get(array, 0));
    }

    /** The port's own address. */
    void mac(MacAddress address) {
        whole.mac(address);
    }

    void decide(int event) {
        port.decide(event);
    }

    int active() {
        return port.activeSide();
    }

    /** The side that gets the frames. */
    int transmitting() {
        return port.transmittingSide();
    }

    /** Nobody holds an mbuf. */
    void assertPoolFull() {
        assertEquals(pool.size(), pool.available(), "mbufs are missing");
    }

    /** The port's counters, up to date. */
    PortCounters counters() {
        port.publish();
        return counters;
    }

    /** Frames that a side's ring holds; both must be empty. */
    int ringCapacity() {
        int capacity = 0;
        int taken;
        do {
            Frames.allocate(allocator, array, BURST, 0);
            taken = SideLine.transmit(lines[0], array, BURST);
            Mbuf.free(Frames.from(array, taken), BURST - taken);
            capacity += taken;
        } while (taken == BURST);
        takeFrom(Sides.PRIMARY);
        return capacity;
    }

    /** Mbufs that nobody has. */
    int freeMbufs() {
        return pool.available();
    }

    int txRing() {
        return devs[0].txDescriptors();
    }

    /** What the port has told since the last call; records as they are, links and first bursts in words. */
    List<Object> told() {
        List<Object> all = new ArrayList<>();
        PortEvents.Listener listener = new PortEvents.Listener() {
            @Override
            public void onSwitch(SwitchRecord record) {
                all.add(record);
            }

            @Override
            public void onFirstBurst(int id, long sequence, long nanos) {
                all.add("first burst of switch " + sequence);
            }

            @Override
            public void onOutcome(int id, long sequence, SwitchOutcome outcome) {
                outcomes.add(outcome);
            }

            @Override
            public void onLink(int id, int side, boolean up, long nanos) {
                all.add(PolicyText.side(side) + (up ? " up" : " down"));
            }

            @Override
            public void onInput(PolicyInput input) {
                assertEquals(input.after(), input.decide());
            }
        };
        while (told.size() > 0) {
            told.read((type, buffer, index, length) -> PortEvents.dispatch(type, buffer, index, listener));
        }
        return all;
    }

    /** What has come of switches, as far as the port has told since the last call; {@link #told} leaves that out. */
    List<SwitchOutcome> outcomes() {
        told();
        List<SwitchOutcome> all = List.copyOf(outcomes);
        outcomes.clear();
        return all;
    }

    /** The switches among {@link #told}. */
    List<SwitchRecord> switches() {
        return told().stream()
                .filter(SwitchRecord.class::isInstance)
                .map(SwitchRecord.class::cast)
                .toList();
    }

    /** Numbers from first on. */
    static List<Long> numbers(long first, int count) {
        return LongStream.range(first, first + count).boxed().toList();
    }

    /** Ends it, and checks that each mbuf is back once the rings are empty. */
    @Override
    public void close() {
        for (int side : new int[] {Sides.PRIMARY, Sides.STANDBY}) {
            port.leave(side);
            takeFrom(side);
        }
        for (EthDev dev : devs) {
            dev.stop();
            dev.remove();
        }
        assertEquals(pool.size(), pool.available(), "mbufs are missing");
        pool.close();
    }

    private EthDev start(String devargs) {
        EthDev dev = EthDev.probe(devargs);
        dev.configure(pool);
        dev.start();
        return dev;
    }
}
