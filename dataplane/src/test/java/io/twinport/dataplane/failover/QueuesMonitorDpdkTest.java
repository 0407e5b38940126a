package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.conductor.FrameSender;
import io.twinport.dataplane.conductor.PortMonitor;
import io.twinport.dataplane.device.EthSide;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.handler.EthernetHeader;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.TestLines;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.policy.DetectionSettings;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dataplane.policy.StandbyHealth;
import io.twinport.dataplane.policy.StandbyHealth.Verdict;
import io.twinport.dataplane.testing.Detection;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.Frames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * U9 and U10 of a port with two queues: what proves a side, or shows that it is deaf, may come by either. A net_ring gives back what
 * it was sent, queue by queue, so that the test decides what comes where.
 */
@SuppressWarnings("NullAway.Init") // each test starts it as it needs it
class QueuesMonitorDpdkTest {
    private static final MacAddress OURS = MacAddress.parse("02:00:00:00:00:01");
    private static final long OTHER = 0x02_00_00_00_00_09L;
    private static final long ALL = 0xffff_ffff_ffffL;
    private static final int PORT = 1;
    private static final int QUEUES = 2;
    private static final int SECOND = 1;

    /** Many times the silence that is taken for one. */
    private static final int LOOKS = 60;

    private static final PortSettings LONG_WINDOW = PortSettings.DEFAULT.with(new ReceiveSettings(
            ReceiveSettings.DEFAULT.mode(), ReceiveSettings.DEFAULT.lookback(), ReceiveSettings.LONGEST_WINDOW));

    private static final Duration SILENCE = Duration.ofMillis(100);
    private static final int LOOK_MILLIS = 10;

    @TempDir
    Path folder;

    private LoopRig rig;
    private FailoverPort port;
    private PortCounters counters;
    private PollLoop loop;
    private PortMonitor monitor;
    private Wires wires;
    private Side primary;
    private Side standby;

    @BeforeEach
    void makeRig() {
        rig = new LoopRig(folder);
    }

    private void start(DetectionSettings settings) {
        counters = PortCounters.ofQueues(rig.cnc().counters(), PORT, QUEUES);
        port = new FailoverPort(
                PORT, rig.events(), counters, new PortEvents(rig.cnc().events()), LONG_WINDOW);
        port.mac(OURS);
        FailoverQueue first = port.queue(0);
        FailoverQueue second =
                port.addQueue(counters.queue(SECOND), new PortEvents(rig.cnc().events()));
        wires = new Wires(first, second);
        loop = rig.newLoop(wires, first, second);
        FrameSender sender = new FrameSender(loop.proxy(0), rig.pool());
        monitor = new PortMonitor(
                PORT,
                rig.cnc().counters(),
                loop.proxy(0),
                counters,
                settings,
                rig.conductor(),
                () -> sender.accept(broadcast()));
        rig.conductor().add(monitor);
        rig.start(loop, wires);
        primary = join("net_ring1", PRIMARY);
        standby = join("net_ring2", STANDBY);
        awaitActive(PRIMARY);
    }

    private Side join(String devargs, int side) {
        EthDev dev = EthDev.probe(devargs);
        List<LoopProxy> queues = List.of(loop.proxy(0), loop.proxy(SECOND));
        Side joined = Side.join(new EthSide(dev), rig.pool(), rig.events(), queues, side);
        for (int q = 0; q < QUEUES; q++) {
            wires.lines[side][q] = TestLines.of(dev, q);
        }
        monitor.join(joined);
        return joined;
    }

    @AfterEach
    void endRig() {
        monitor.end();
        assertTrue(primary.letGo() && standby.letGo());
        wires.empty.set(1);
        Await.until("the rings are empty", () -> wires.empty.get() == 0);
        for (Side side : List.of(primary, standby)) {
            monitor.leave(side);
            side.stop();
            side.close();
        }
        rig.close();
    }

    /** The conductor's thread is the test's. */
    private boolean work() {
        rig.conductor().doWork();
        return true;
    }

    private void awaitActive(int side) {
        Await.until(PolicyText.side(side) + " transmits", () -> work() && counters.activeSide() == side);
    }

    private void awaitVerdict(Verdict verdict) {
        Await.until("the standby is " + verdict, () -> {
            work();
            StandbyHealth.Report report = monitor.standbyHealth();
            return report != null && report.verdict() == verdict;
        });
    }

    private static byte[] broadcast() {
        byte[] frame = new byte[60];
        for (int i = 0; i < OURS.bytes().length; i++) {
            frame[i] = (byte) 0xff;
            frame[6 + i] = OURS.bytes()[i];
        }
        return frame;
    }

    /** U9: the network may bring the port's own broadcast back by any queue of the standby. */
    @Test
    void shouldProveIdleStandbyByOwnBroadcastOnSecondQueue() {
        start(new DetectionSettings(Duration.ZERO, Duration.ZERO, false, Duration.ofSeconds(1)));
        awaitVerdict(Verdict.UNPROVEN);
        Await.until("it was checked", () -> work() && counters.get(PortCounter.ANNOUNCED) > 0);
        wires.put(STANDBY, SECOND, ALL, OURS.value());
        awaitVerdict(Verdict.HEALTHY);
        assertEquals(1, counters.idleOwn(STANDBY));
        assertEquals(1, counters.queue(SECOND).idleOwn(STANDBY));
        assertEquals(0, counters.queue(0).idleFrames(STANDBY));
        // No more of them come.
        awaitVerdict(Verdict.DEAD);
        assertEquals(0, counters.get(PortCounter.SENT_BY_STANDBY), "nothing is sent on an idle side");
    }

    /** U10: one frame for this port, by whatever queue, is what should have come by the primary. */
    @Test
    void shouldLeavePrimaryThatIsSilentForWhatComesBySecondQueueOfStandby() {
        start(new DetectionSettings(SILENCE, Duration.ZERO, false, Duration.ZERO));
        wires.put(PRIMARY, 0, OURS.value(), OTHER);
        Await.until("the primary receives", () -> work() && counters.get(PortCounter.RECEIVED) > 0);
        Await.until("the primary is left", () -> {
            // Again and again: what comes in a gap of this machine's tells nothing.
            wires.put(STANDBY, SECOND, OURS.value(), OTHER);
            work();
            return counters.activeSide() == STANDBY;
        });
        assertEquals(counters.queue(SECOND).idleToUs(STANDBY), counters.idleToUs(STANDBY));
        wires.put(PRIMARY, SECOND, OURS.value(), OTHER);
        awaitActive(PRIMARY);
    }

    /** U10: what comes by one queue of the primary is heard, however silent the other one is. */
    @Test
    void shouldStayOnPrimaryThatReceivesBySecondQueueAlone() throws InterruptedException {
        start(new DetectionSettings(SILENCE, Duration.ZERO, false, Duration.ZERO));
        for (int i = 0; i < LOOKS; i++) {
            wires.put(PRIMARY, SECOND, OURS.value(), OTHER);
            wires.put(STANDBY, 0, OURS.value(), OTHER);
            work();
            Thread.sleep(LOOK_MILLIS);
        }
        assertEquals(PRIMARY, counters.activeSide());
        assertEquals(0, counters.queue(0).get(PortCounter.RECEIVED));
        assertTrue(counters.queue(0).idleToUs(STANDBY) > 0);
        assertEquals(1, counters.get(PortCounter.SWITCHES));
    }

    /** What was sent to all by the side that was left, and comes back by the other one, is nobody's, whatever queue it comes by. */
    @Test
    void shouldNotDeliverItsOwnBroadcastAfterASwitch() {
        start(Detection.LINKS);
        loop.proxy(0).decide(FailoverPolicy.FORCED_STANDBY);
        awaitActive(STANDBY);
        wires.put(STANDBY, SECOND, ALL, OURS.value());
        wires.put(STANDBY, SECOND, OURS.value(), OTHER);
        Await.until("what is for this port has come", () -> work() && counters.get(PortCounter.RECEIVED) > 0);
        assertEquals(1, counters.get(PortCounter.RECEIVED));
        assertEquals(1, counters.queue(SECOND).get(PortCounter.SUPPRESSED));
    }

    /** The test asks for a frame and the loop's thread puts it into a ring. */
    private static final class Wires implements PacketHandler {
        private final PacketPort[] ports;
        private final MbufBurst burst = new MbufBurst();
        private final MbufBurst out = new MbufBurst();
        private final long[][] lines = {
            {SideLine.NOTHING, SideLine.NOTHING},
            {SideLine.NOTHING, SideLine.NOTHING},
            {SideLine.NOTHING, SideLine.NOTHING}
        };
        private final AtomicIntegerArray wanted = new AtomicIntegerArray(2);
        private final AtomicLong empty = new AtomicLong();
        private volatile long destination;
        private volatile long source;
        private volatile boolean asked;
        private MbufAllocator allocator;

        Wires(PacketPort... ports) {
            this.ports = ports;
        }

        /** Returns when the frame is in the ring. */
        void put(int side, int queue, long to, long from) {
            destination = to;
            source = from;
            wanted.set(0, side);
            wanted.set(1, queue);
            asked = true;
            Await.until("the frame is in the ring", () -> !asked);
        }

        @Override
        public void start(MbufPool pool) {
            allocator = MbufAllocator.ofThisThread(pool);
        }

        @Override
        public int poll() {
            if (asked) {
                Frames.allocate(allocator, out.address(), 1, 0);
                EthernetHeader.write(Mbuf.data(out.get(0)), destination, source, EthernetHeader.LOCAL_EXPERIMENTAL);
                out.free(SideLine.transmit(lines[wanted.get(0)][wanted.get(1)], out.address(), 1), 1);
                asked = false;
            }
            int all = 0;
            for (PacketPort each : ports) {
                int n = each.rxBurst(burst.address(), MbufBurst.CAPACITY);
                burst.free(0, n);
                all += n;
            }
            if (empty.get() > 0) {
                for (int q = 0; q < QUEUES; q++) {
                    burst.free(0, SideLine.receive(lines[PRIMARY][q], burst.address(), MbufBurst.CAPACITY));
                    burst.free(0, SideLine.receive(lines[STANDBY][q], burst.address(), MbufBurst.CAPACITY));
                }
                empty.set(0);
            }
            return all;
        }
    }
}
