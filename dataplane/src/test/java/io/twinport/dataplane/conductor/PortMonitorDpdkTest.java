package io.twinport.dataplane.conductor;

import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.PolicyInput;
import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.handler.EthernetHeader;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.TestLines;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.policy.DetectionSettings;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dataplane.policy.StandbyHealth;
import io.twinport.dataplane.policy.StandbyHealth.Verdict;
import io.twinport.dataplane.testing.Detection;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.LinkSettings;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.Frames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** U9, U10, R51 over a loop that runs: a net_ring's link is up whatever comes by it, which is what the test decides. */
@SuppressWarnings("NullAway.Init") // each test starts it as it needs it
class PortMonitorDpdkTest {
    private static final MacAddress OURS = MacAddress.parse("02:00:00:00:00:01");
    private static final long OTHER = 0x02_00_00_00_00_09L;
    private static final long ALL = 0xffff_ffff_ffffL;

    @TempDir
    Path folder;

    private LoopRig rig;
    private PollLoop loop;
    private PortMonitor monitor;
    private Traffic traffic;
    private Side primary;
    private Side standby;
    private final List<String> told = new ArrayList<>();
    private int lastState;

    private void start(DetectionSettings settings) {
        traffic = new Traffic(rig.queue());
        rig.port().mac(OURS);
        loop = rig.newLoop(traffic, rig.queue());
        FrameSender sender = new FrameSender(loop.proxy(0), rig.pool());
        monitor = new PortMonitor(
                0,
                rig.cnc().counters(),
                loop.proxy(0),
                rig.counters(),
                settings,
                rig.conductor(),
                () -> sender.accept(frame(ALL)));
        rig.conductor().add(monitor);
        rig.conductor().add(new Conductor.Listener() {
            @Override
            public void onSwitch(SwitchRecord record) {
                told.add(record.causeText());
            }

            @Override
            public void onInput(PolicyInput input) {
                lastState = input.after();
            }

            @Override
            public void onHealth(int port, StandbyHealth.Report health, long nanos) {
                told.add(health.verdict().toString());
            }
        });
        rig.start(loop, traffic);
        primary = join("net_ring1", PRIMARY);
        standby = join("net_ring2", STANDBY);
        awaitActive(PRIMARY);
    }

    @BeforeEach
    void makeRig() {
        rig = new LoopRig(folder);
    }

    @AfterEach
    void endRig() {
        monitor.end();
        assertTrue(primary.letGo() && standby.letGo());
        traffic.empties.set(2);
        Await.until("the rings are empty", () -> traffic.empties.get() == 0);
        for (Side side : List.of(primary, standby)) {
            monitor.leave(side);
            side.stop();
            side.close();
        }
        rig.close();
    }

    @Test
    void shouldLeavePrimaryThatIsSilentAndComeBackWithFrame() {
        start(new DetectionSettings(Duration.ofMillis(100), Duration.ZERO, false, Duration.ZERO));
        traffic.toPrimary.set(1);
        Await.until("the primary receives", () -> work() && rig.counters().get(PortCounter.RECEIVED) > 0);
        // It has gone deaf, and what is ours comes by the standby.
        Await.until("the primary is left", () -> {
            traffic.toStandby.compareAndSet(0, 1);
            work();
            return rig.counters().activeSide() == STANDBY;
        });
        assertTrue(rig.counters().idleToUs(STANDBY) > 0);
        traffic.toPrimary.set(1);
        awaitActive(PRIMARY);
        Await.until("both switches are told", () -> work() && told.contains("a frame received on the primary"));
        assertTrue(told.contains("primary silent"), told::toString);
    }

    /** What is off is off, and what both receive is no silence. */
    @Test
    void shouldStayOnSilentPrimaryWhereNobodyAskedForIt() throws InterruptedException {
        start(Detection.LINKS);
        for (int i = 0; i < 50; i++) {
            traffic.toStandby.compareAndSet(0, 1);
            work();
            Thread.sleep(10);
        }
        assertEquals(PRIMARY, rig.counters().activeSide());
        assertEquals(1, rig.counters().get(PortCounter.SWITCHES));
    }

    /** U9: proven by the port's own broadcast, asked for; dead when it misses them; and nothing ever sent on it. */
    @Test
    void shouldProveIdleStandbyByBroadcastOfPrimary() {
        start(new DetectionSettings(Duration.ZERO, Duration.ZERO, false, Duration.ofSeconds(1)));
        awaitVerdict(Verdict.UNPROVEN);
        Await.until("it was checked", () -> work() && rig.counters().get(PortCounter.ANNOUNCED) > 0);
        traffic.ownToStandby.set(1);
        awaitVerdict(Verdict.HEALTHY);
        assertEquals(1, rig.counters().idleOwn(STANDBY));
        // The network brings no more of them.
        awaitVerdict(Verdict.DEAD);
        Await.until("the policy knows", () -> work() && FailoverPolicy.isStandbyDead(lastState));
        loop.proxy(0).decide(FailoverPolicy.PRIMARY_LEAVING);
        work();
        long passes = loop.epoch().passes();
        Await.until("the loop has heard it", () -> loop.epoch().passes() > passes + 100);
        assertEquals(PRIMARY, rig.counters().activeSide(), "no switch to a dead standby");
        traffic.toStandby.set(1);
        awaitActive(STANDBY);
        assertEquals(0, rig.counters().get(PortCounter.SENT_BY_STANDBY));
        assertTrue(told.containsAll(List.of("unproven", "healthy", "dead")), told::toString);
    }

    /** R51: the primary's while that is ready, then the standby's, then unknown. */
    @Test
    void shouldTellLinkSettingsOfReadySide() {
        start(Detection.LINKS);
        LinkSettings settings = primary.dev().linkSettings();
        assertEquals(10_000, settings.megabits(), "a net_ring's");
        Await.until("the port has it", () -> work() && settings.equals(monitor.linkSettings()));
        assertTrue(primary.letGo());
        primary.stop();
        monitor.leave(primary);
        Await.until("the standby transmits", () -> work() && rig.counters().activeSide() == STANDBY);
        assertEquals(standby.dev().linkSettings(), monitor.linkSettings());
        assertTrue(standby.letGo());
        standby.stop();
        monitor.leave(standby);
        Await.until("nobody transmits", () -> work() && rig.counters().activeSide() == Sides.NONE);
        assertEquals(LinkSettings.UNKNOWN, monitor.linkSettings());
        primary.rejoin();
        standby.rejoin();
    }

    private Side join(String devargs, int side) {
        EthDev dev = EthDev.probe(devargs);
        Side joined = Side.join(dev, rig.pool(), rig.events(), loop.proxy(0), side);
        traffic.lines[side] = TestLines.of(dev);
        monitor.join(joined);
        return joined;
    }

    /** The conductor's thread is the test's. */
    private boolean work() {
        rig.conductor().doWork();
        return true;
    }

    private void awaitActive(int side) {
        Await.until(
                PolicyText.side(side) + " transmits",
                () -> work() && rig.counters().activeSide() == side);
    }

    private void awaitVerdict(Verdict verdict) {
        Await.until("the standby is " + verdict, () -> {
            work();
            StandbyHealth.Report report = monitor.standbyHealth();
            return report != null && report.verdict() == verdict;
        });
    }

    private static byte[] frame(long destination) {
        byte[] frame = new byte[60];
        for (int i = 0; i < 6; i++) {
            frame[i] = (byte) (destination >>> 8 * (5 - i));
            frame[6 + i] = OURS.bytes()[i];
        }
        return frame;
    }

    /** The wires: the test asks, the loop's thread puts frames into the rings. */
    private static final class Traffic implements PacketHandler {
        private final FailoverQueue port;
        private final MbufBurst burst = new MbufBurst();
        private final MbufBurst out = new MbufBurst();
        private final long[] lines = {SideLine.NOTHING, SideLine.NOTHING, SideLine.NOTHING};
        private final AtomicInteger toPrimary = new AtomicInteger();
        private final AtomicInteger toStandby = new AtomicInteger();
        private final AtomicInteger ownToStandby = new AtomicInteger();
        private final AtomicInteger empties = new AtomicInteger();
        private MbufAllocator allocator;

        Traffic(FailoverQueue port) {
            this.port = port;
        }

        @Override
        public void start(MbufPool pool) {
            allocator = MbufAllocator.ofThisThread(pool);
        }

        @Override
        public int poll() {
            put(toPrimary, PRIMARY, OURS.value(), OTHER);
            put(toStandby, STANDBY, OURS.value(), OTHER);
            put(ownToStandby, STANDBY, ALL, OURS.value());
            int n = port.rxBurst(burst.address(), MbufBurst.CAPACITY);
            burst.free(0, n);
            if (empties.get() > 0) {
                int side = empties.getAndDecrement();
                burst.free(0, SideLine.receive(lines[side], burst.address(), MbufBurst.CAPACITY));
            }
            return n;
        }

        private void put(AtomicInteger wanted, int side, long destination, long source) {
            if (wanted.get() > 0) {
                Frames.allocate(allocator, out.address(), 1, 0);
                EthernetHeader.write(Mbuf.data(out.get(0)), destination, source, EthernetHeader.LOCAL_EXPERIMENTAL);
                out.free(SideLine.transmit(lines[side], out.address(), 1), 1);
                wanted.decrementAndGet();
            }
        }
    }
}
