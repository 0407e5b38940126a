package io.twinport.perf.failover;

import io.twinport.control.Engine;
import io.twinport.control.Pause;
import io.twinport.control.cli.Commands;
import io.twinport.control.traffic.Wire;
import io.twinport.dataplane.BarePort;
import io.twinport.dataplane.Lcore;
import io.twinport.dataplane.PollLoop;
import io.twinport.dataplane.failover.FailoverPolicy;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortEvents;
import io.twinport.dataplane.failover.SwitchRecord;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthEvents;
import io.twinport.dpdk.EventLine;
import io.twinport.perf.launch.Launch;
import io.twinport.perf.launch.Rig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final String PRIMARY_DEVICE = "net_virtio_user" + FailoverPolicy.PRIMARY;

    private static final int SETTLE_MILLIS = 500;
    private static final long BEFORE_CUT_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long SLOTS_MILLIS =
            TimeUnit.NANOSECONDS.toMillis(FailoverTraffic.SLOTS * FailoverTraffic.SLOT_NANOS) + 1;
    private static final int SWITCH_MILLIS = 500;
    private static final int DWELL_MILLIS = 10;
    private static final int QUIET_MILLIS = 3;
    private static final int QUIET_PASSES = 1000;

    private final Engine engine;
    private final int cuts;
    private final Switches switches = new Switches();
    private final BarePort[] far = {new BarePort(), new BarePort(), new BarePort()};
    private final long events =
            Arena.global().allocate(EventLine.LENGTH, EventLine.LENGTH).address();

    /** Tells when the interrupt came even where the port had no need of it. */
    private final long interrupts =
            Arena.global().allocate(EventLine.LENGTH, EventLine.LENGTH).address();

    private final FailoverTraffic traffic;
    private final PollLoop loop;
    private final Random random = new Random(1);

    private FailoverChild(Engine engine, int cuts, long packetsPerSecond) {
        this.engine = engine;
        this.cuts = cuts;
        FailoverPort near = new FailoverPort(
                0,
                events,
                new PortCounters(engine.cnc().counters(), 0),
                new PortEvents(engine.cnc().events()));
        this.traffic = new FailoverTraffic(near, far, packetsPerSecond);
        this.loop = engine.newLoop(
                "poll", traffic, List.of(near, far[FailoverPolicy.PRIMARY], far[FailoverPolicy.STANDBY]));
    }

    /** Arguments that {@link #main} understands. */
    static List<String> arguments(Rig rig, int cuts, long packetsPerSecond, Path folder) {
        return List.of(rig.toText(), "" + cuts, "" + packetsPerSecond, folder.toString());
    }

    public static void main(String[] arguments) throws IOException {
        try {
            run(
                    Rig.parse(arguments[0]),
                    Integer.parseInt(arguments[1]),
                    Long.parseLong(arguments[2]),
                    Path.of(arguments[3]));
        } catch (RuntimeException e) {
            if (!Commands.isToMend(e)) {
                throw e;
            }
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private static void run(Rig rig, int cuts, long packetsPerSecond, Path folder) throws IOException {
        // Where the product has it too: on a disk its pages would be written back from under the loop.
        Path cnc =
                Path.of("/dev/shm", "twinport-bench-" + ProcessHandle.current().pid() + ".cnc");
        try (Engine engine = Engine.start(rig.eal(), cnc, Rig.MBUFS)) {
            System.out.println(Eal.version());
            new FailoverChild(engine, cuts, packetsPerSecond).run(folder);
        } finally {
            Files.deleteIfExists(cnc);
        }
    }

    private void run(Path folder) throws IOException {
        engine.conductor().add(switches);
        Lcore lcore = engine.run(loop, traffic, engine.pollCpu());
        Wire primary = Wire.lay(FailoverPolicy.PRIMARY, folder, MAC, engine.pool(), loop, events);
        Wire standby = Wire.lay(FailoverPolicy.STANDBY, folder, MAC, engine.pool(), loop, events);
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
        long missingBefore = missing();
        long refusedBefore = traffic.refused();
        traffic.sending(true);
        dwell();
        switches.forget();
        var _ = EventLine.takeEventNanos(interrupts);
        long recordedFrom = traffic.beginRecord();
        LockSupport.parkNanos(BEFORE_CUT_NANOS);
        long cutAt = primary.cut();
        SwitchRecord failover = awaitSwitch(FailoverPolicy.STANDBY);
        Pause.millis(SLOTS_MILLIS);
        traffic.endRecord();
        drain();
        long lost = missing() - missingBefore;
        long refused = traffic.refused() - refusedBefore;
        long interrupt = EventLine.takeEventNanos(interrupts);
        if (number == cuts) {
            System.out.println(new Timeline(
                            cutAt - recordedFrom,
                            traffic.arrivals(FailoverPolicy.PRIMARY),
                            traffic.arrivals(FailoverPolicy.STANDBY))
                    .toLine());
        }

        traffic.sending(true);
        dwell();
        switches.forget();
        primary.restore();
        SwitchRecord failback = awaitSwitch(FailoverPolicy.PRIMARY);
        if (failback == null) {
            throw new DpdkException("the primary has not been used again after its restoration");
        }
        Pause.millis(2);
        drain();
        System.out.println(cut(number, cutAt, interrupt, failover, failback, lost, refused, missing() - missingBefore)
                .toLine());
    }

    private static Cut cut(
            int number,
            long cutAt,
            long interrupt,
            @Nullable SwitchRecord failover,
            SwitchRecord failback,
            long lost,
            long refused,
            long lostForGood) {
        boolean before = failover != null && failover.isSeenBeforeEvent();
        long event = failover == null || before ? interrupt : failover.eventNanos();
        boolean told = failover != null && failover.firstBurstNanos() != 0;
        return new Cut(
                number,
                event == 0 ? Cut.UNKNOWN : event - cutAt,
                failover == null ? Cut.UNKNOWN : before ? 0 : failover.decisionNanos() - event,
                failover != null && told ? failover.firstBurstNanos() - failover.decisionNanos() : Cut.UNKNOWN,
                failover != null && told ? failover.eventToBurstNanos() : Cut.UNKNOWN,
                failover != null && told ? failover.firstBurstNanos() - cutAt : Cut.UNKNOWN,
                before,
                lost,
                refused,
                failback.eventToBurstNanos(),
                lostForGood,
                0);
    }

    private @Nullable SwitchRecord awaitSwitch(int side) {
        Pause.until(() -> isTo(switches.last(), side), SWITCH_MILLIS);
        SwitchRecord record = switches.last();
        return isTo(record, side) ? record : null;
    }

    private static boolean isTo(@Nullable SwitchRecord record, int side) {
        return record != null && record.to() == side;
    }

    private long missing() {
        return traffic.sent() - traffic.arrived();
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
