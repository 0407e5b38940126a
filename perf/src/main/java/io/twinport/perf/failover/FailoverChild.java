package io.twinport.perf.failover;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.control.lab.Wire;
import io.twinport.control.lab.WireDriver;
import io.twinport.control.lab.Wiring;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.engine.Engine;
import io.twinport.dataplane.engine.Lcore;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.HoldSettings;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthEvents;
import io.twinport.dpdk.EventLine;
import io.twinport.perf.launch.Launch;
import io.twinport.perf.launch.Rig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One launch of ours, a process of its own: the product's poll loop, failover port, conductor and wires, by the
 * procedure of {@code baseline/failover.c}. Prints a line for each cut.
 */
final class FailoverChild {
    private static final String MAC = "02:00:00:00:00:01";

    /** As the wire calls its near end; to probe it again is to ask for it. */
    private static final String PRIMARY_DEVICE = "net_virtio_user" + Sides.PRIMARY;

    private static final int SETTLE_MILLIS = 500;
    private static final long BEFORE_CUT_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final int AFTER_SWITCH_MILLIS = 5;
    private static final Duration HOLD = Duration.ofMillis(100);
    private static final int SWITCH_MILLIS = 500;
    private static final int DWELL_MILLIS = 10;
    private static final int QUIET_MILLIS = 3;
    private static final int QUIET_PASSES = 1000;

    private final Engine engine;
    private final FailoverCase what;
    private final int cuts;
    private final Switches switches = new Switches();
    private final BarePort[] far = {new BarePort(), new BarePort(), new BarePort()};
    private final long events = EventLine.allocate();

    /** Tells when the interrupt came even where the port had no need of it. */
    private final long interrupts = EventLine.allocate();

    private final FailoverPort near;
    private final FailoverTraffic traffic;
    private final PollLoop loop;
    private final Random random = new Random(1);

    private FailoverChild(Engine engine, FailoverCase what, int cuts, long packetsPerSecond) {
        this.engine = engine;
        this.what = what;
        this.cuts = cuts;
        this.near = new FailoverPort(
                0,
                events,
                new PortCounters(engine.cnc().counters(), 0),
                engine.newPortEvents(),
                PortSettings.DEFAULT.with(what == FailoverCase.HOLD ? HoldSettings.of(HOLD) : HoldSettings.OFF));
        this.traffic = new FailoverTraffic(near.queue(0), far, packetsPerSecond, what.isNumbered());
        this.loop = engine.newLoop("poll", traffic, List.of(near.queue(0), far[Sides.PRIMARY], far[Sides.STANDBY]));
    }

    /** Arguments that {@link #main} understands. */
    static List<String> arguments(FailoverCase what, Rig rig, int cuts, long packetsPerSecond, Path folder) {
        return List.of(what.name(), rig.toText(), "" + cuts, "" + packetsPerSecond, folder.toString());
    }

    public static void main(String[] arguments) throws IOException {
        Rig rig = Rig.parse(arguments[1]);
        // Where the product has it too: on a disk its pages would be written back from under the loop.
        Path cnc =
                Path.of("/dev/shm", "twinport-bench-" + ProcessHandle.current().pid() + ".cnc");
        try (Engine engine = Engine.start(rig.eal(), cnc, Rig.MBUFS)) {
            System.out.println(Eal.version());
            new FailoverChild(
                            engine,
                            FailoverCase.valueOf(arguments[0]),
                            Integer.parseInt(arguments[2]),
                            Long.parseLong(arguments[3]))
                    .run(Path.of(arguments[4]));
        } catch (RuntimeException e) {
            if (!UserException.isToMend(e)) {
                throw e;
            }
            System.err.println(e.getMessage());
            System.exit(2);
        } finally {
            Files.deleteIfExists(cnc);
        }
    }

    private void run(Path folder) throws IOException {
        engine.conductor().add(switches);
        engine.warmUp(near.settings(), 1);
        Lcore lcore = engine.run(loop, traffic, engine.pollCpu());
        Wiring wiring = new Wiring(WireDriver.DPDK, folder, MAC, engine.pool(), loop, events);
        Wire primary = wiring.lay(Sides.PRIMARY);
        Wire standby = wiring.lay(Sides.STANDBY);
        int port = EthDev.probe(PRIMARY_DEVICE).port();
        EthEvents.register(port, interrupts);
        traffic.sending(true);
        Pause.millis(SETTLE_MILLIS);
        drain();
        for (int number = 1; number <= cuts; number++) {
            cutAndRestore(primary, number);
        }
        System.out.println(Launch.END);
        var _ = System.in.read();
        EthEvents.unregister(port, interrupts);
        primary.remove();
        standby.remove();
        lcore.close();
        if (engine.pool().available() != engine.pool().size()) {
            throw new DpdkException("of " + engine.pool().size() + " mbufs only "
                    + engine.pool().available() + " are back in the pool");
        }
    }

    /** Begins and ends with nothing under way. */
    private void cutAndRestore(Wire primary, int number) {
        long missingBefore = traffic.missing();
        long duplicatedBefore = traffic.duplicated();
        long refusedBefore = traffic.refused();
        traffic.beginNumbers();
        traffic.sending(true);
        dwell();
        switches.forget();
        var _ = EventLine.takeEventNanos(interrupts);
        long recordedFrom = traffic.beginRecord();
        LockSupport.parkNanos(BEFORE_CUT_NANOS);
        long cutAt = cut(primary);
        SwitchRecord failover = awaitSwitch(Sides.STANDBY);
        Pause.millis(AFTER_SWITCH_MILLIS);
        traffic.endRecord();
        drain();
        long lost = traffic.missing() - missingBefore;
        long refused = traffic.refused() - refusedBefore;
        long interrupt = EventLine.takeEventNanos(interrupts);
        if (number == cuts) {
            System.out.println(
                    new Timeline(cutAt - recordedFrom, traffic.arrivals(Sides.PRIMARY), traffic.arrivals(Sides.STANDBY))
                            .toLine());
        }

        traffic.sending(true);
        dwell();
        switches.forget();
        restore(primary);
        SwitchRecord failback = awaitSwitch(Sides.PRIMARY);
        if (failback == null) {
            throw new DpdkException("the primary has not been used again after its restoration");
        }
        Pause.millis(2);
        drain();
        Times times =
                what == FailoverCase.PLANNED ? Times.planned(cutAt, failover) : Times.of(cutAt, interrupt, failover);
        System.out.println(new Cut(
                        number,
                        times.cutToEvent,
                        times.eventToDecision,
                        times.decisionToBurst,
                        times.eventToBurst,
                        times.cutToBurst,
                        times.beforeEvent,
                        lost,
                        refused,
                        what.isNumbered() ? traffic.duplicated() - duplicatedBefore : Cut.UNKNOWN,
                        traffic.reordered(),
                        what == FailoverCase.PLANNED ? Cut.UNKNOWN : failback.eventToBurstNanos(),
                        traffic.missing() - missingBefore,
                        Cut.UNKNOWN)
                .toLine());
    }

    /** The instant of the cut, or of the command to change sides. */
    private long cut(Wire primary) {
        if (what != FailoverCase.PLANNED) {
            return primary.cut();
        }
        long now = System.nanoTime();
        loop.proxy(0).decide(FailoverPolicy.FORCED_STANDBY);
        return now;
    }

    private void restore(Wire primary) {
        if (what == FailoverCase.PLANNED) {
            loop.proxy(0).decide(FailoverPolicy.FORCED_PRIMARY);
        } else {
            primary.restore();
        }
    }

    /** The times of a {@link Cut}. */
    private record Times(
            long cutToEvent,
            long eventToDecision,
            long decisionToBurst,
            long eventToBurst,
            long cutToBurst,
            boolean beforeEvent) {
        /** @param interrupt entry of the callback, 0 if there was none */
        static Times of(long cutAt, long interrupt, @Nullable SwitchRecord record) {
            if (record == null) {
                return nothing(interrupt == 0 ? Cut.UNKNOWN : interrupt - cutAt);
            }
            boolean before = record.isSeenBeforeEvent();
            long event = before ? interrupt : record.eventNanos();
            boolean told = record.firstBurstNanos() != 0;
            return new Times(
                    event == 0 ? Cut.UNKNOWN : event - cutAt,
                    before ? 0 : record.decisionNanos() - event,
                    told ? record.firstBurstNanos() - record.decisionNanos() : Cut.UNKNOWN,
                    record.eventToBurstNanos(),
                    told ? record.firstBurstNanos() - cutAt : Cut.UNKNOWN,
                    before);
        }

        static Times planned(long toldAt, @Nullable SwitchRecord record) {
            return record == null || record.firstBurstNanos() == 0
                    ? nothing(Cut.UNKNOWN)
                    : new Times(
                            Cut.UNKNOWN,
                            Cut.UNKNOWN,
                            record.firstBurstNanos() - record.decisionNanos(),
                            Cut.UNKNOWN,
                            record.firstBurstNanos() - toldAt,
                            false);
        }

        private static Times nothing(long cutToEvent) {
            return new Times(cutToEvent, Cut.UNKNOWN, Cut.UNKNOWN, Cut.UNKNOWN, Cut.UNKNOWN, false);
        }
    }

    private @Nullable SwitchRecord awaitSwitch(int side) {
        Pause.until(() -> isTo(switches.last(), side), SWITCH_MILLIS);
        SwitchRecord record = switches.last();
        return isTo(record, side) ? record : null;
    }

    private static boolean isTo(@Nullable SwitchRecord record, int side) {
        return record != null && record.to() == side;
    }

    /** Ends the sending and waits until nothing arrives any more. */
    private void drain() {
        traffic.sending(false);
        long arrived;
        do {
            arrived = traffic.arrived();
            long passes = traffic.passes();
            while (traffic.passes() - passes < QUIET_PASSES) {
                Pause.millis(1);
            }
            Pause.millis(QUIET_MILLIS);
        } while (traffic.arrived() != arrived);
    }

    /** At random, so that cuts do not beat with any period of the machine. */
    private void dwell() {
        Pause.millis(DWELL_MILLIS + random.nextInt(DWELL_MILLIS));
    }
}
