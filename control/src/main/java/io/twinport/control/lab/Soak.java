package io.twinport.control.lab;

import io.twinport.control.Machine;
import io.twinport.control.Pause;
import io.twinport.control.run.EngineEnd;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.engine.Engine;
import io.twinport.dataplane.engine.Lcore;
import io.twinport.dataplane.failover.FailbackSettings;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EalArguments;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.InterruptThread;
import io.twinport.posix.Folder;
import io.twinport.posix.SystemFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/** Runs the soak: one fault after the other, after most of them a look whether the traffic flows, and the balance. */
public final class Soak {
    private static final String MAC = "02:00:00:00:00:01";
    private static final int MBUFS = 8191;
    private static final int PORT = 0;
    private static final int LAST_FAULTS = 30;

    /** Longer than a busy machine keeps any thread from its CPU: what has not come by then does not come. */
    private static final int BOUND_MILLIS = 30_000;

    private static final int DRAIN_MILLIS = 50;

    private static final int MOST_STALL_MILLIS = 300;

    /** One fault in so many comes on top of the one before, without a look at what that has done. */
    private static final int UNSEEN = 4;

    private static final PortSettings SETTINGS = PortSettings.DEFAULT.with(
            new FailbackSettings(FailoverPolicy.FAILBACK_AT_ONCE, Duration.ofMillis(10), false));

    private final SoakOptions options;
    private final EalArguments eal;
    private final SoakView view;
    private final Engine engine;
    private final Random random;
    private final long events;
    private final PortCounters counters;
    private final SoakTraffic traffic;
    private final PollLoop loop;
    private final Disruptions disruptions = new Disruptions();
    private final Expectation expectation = new Expectation();
    private final SoakSide primary;
    private final SoakSide standby;
    private final Map<Fault, Long> counts = new EnumMap<>(Fault.class);
    private final Deque<String> last = new ArrayDeque<>();
    private final List<String> violations = new ArrayList<>();
    private final Histogram recovery = new Histogram(60_000_000L, 3);
    private long faults;

    private Soak(SoakOptions options, EalArguments eal, SoakView view, Engine engine, Path folder) {
        this.options = options;
        this.eal = eal;
        this.view = view;
        this.engine = engine;
        this.random = new Random(options.seed());
        this.events = EventLine.allocate();
        this.counters = new PortCounters(engine.cnc().counters(), PORT);
        FailoverQueue near = new FailoverPort(PORT, events, counters, engine.newPortEvents(), SETTINGS).queue(0);
        BarePort[] far = {new BarePort(), new BarePort(), new BarePort()};
        this.traffic = new SoakTraffic(near, far, disruptions, options.packetsPerSecond());
        this.loop = engine.newLoop("poll", traffic, List.of(near, far[Sides.PRIMARY], far[Sides.STANDBY]));
        Wiring wiring = new Wiring(options.driver(), folder, MAC, engine.pool(), loop, events);
        this.primary = side(Sides.PRIMARY, wiring);
        this.standby = side(Sides.STANDBY, wiring);
    }

    private SoakSide side(int side, Wiring wiring) {
        return new SoakSide(side, disruptions, () -> wiring.lay(side), new HostileVisit(side, wiring));
    }

    /**
     * Runs it and ends everything that it has started, also when it fails.
     *
     * @param stop asked before each fault; true ends the soak early, with its balance
     */
    public static SoakResult run(
            SoakOptions options, EalArguments eal, SoakView view, Path cncFile, BooleanSupplier stop) {
        try (Folder folder = Folder.create("twinport-soak")) {
            return EngineEnd.after(
                    () -> Engine.start(eal, cncFile, MBUFS),
                    engine -> new Soak(options, eal, view, engine, folder.path()).run(stop));
        }
    }

    private SoakResult run(BooleanSupplier stop) {
        engine.warmUp(SETTINGS, 1);
        Lcore lcore = engine.run(loop, traffic, engine.pollCpu());
        long start = System.nanoTime();
        try {
            primary.plug();
            standby.plug();
            traffic.sending(true);
            awaitFlow();
            int descriptors = descriptors();
            view.start();
            while (!isOver(start) && !stop.getAsBoolean() && violations.isEmpty()) {
                next();
                view.show(faults, counters.get(PortCounter.SWITCHES), traffic, violations.size());
            }
            if (violations.isEmpty()) {
                endBothWaysByBothSides();
                check(
                        Pause.until(() -> descriptors() <= descriptors, BOUND_MILLIS),
                        descriptors() + " files are open, and " + descriptors + " were at the start");
            }
        } catch (StuckLoopException e) {
            throw hangs(e);
        } catch (RuntimeException e) {
            violation("exception: " + e);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        traffic.sending(false);
        Pause.millis(DRAIN_MILLIS);
        takeAway();
        lcore.close();
        return result(seconds);
    }

    /** There is no balance then: the loop still has it, and nobody may touch what the loop may use. */
    private StuckLoopException hangs(StuckLoopException e) {
        view.violations(List.of(e.getMessage()), List.copyOf(last), options.driver(), options.seed(), faults);
        return e;
    }

    private static int descriptors() {
        return SystemFiles.list(Path.of("/proc/self/fd")).size();
    }

    private boolean isOver(long start) {
        return faults >= options.faults()
                || System.nanoTime() - start >= options.time().toNanos();
    }

    private void next() {
        Fault fault = draw();
        faults++;
        counts.merge(fault, 1L, Long::sum);
        if (last.size() == LAST_FAULTS) {
            last.removeFirst();
        }
        last.addLast(faults + " " + fault);
        commit(fault);
        // Drawn also where it is not used: the order of the faults must not depend on what the traffic does.
        boolean look = random.nextInt(UNSEEN) != 0;
        if (look) {
            awaitFlow();
        }
    }

    private Fault draw() {
        Fault[] possible = Arrays.stream(Fault.values())
                .filter(fault -> fault.isPossible(primary, standby))
                .toArray(Fault[]::new);
        int all = Arrays.stream(possible).mapToInt(Fault::weight).sum();
        int ticket = random.nextInt(all);
        for (Fault fault : possible) {
            ticket -= fault.weight();
            if (ticket < 0) {
                return fault;
            }
        }
        throw new AssertionError("weights");
    }

    private void commit(Fault fault) {
        switch (fault) {
            case CUT_PRIMARY -> primary.cut();
            case CUT_STANDBY -> standby.cut();
            case RESTORE_PRIMARY -> primary.restore();
            case RESTORE_STANDBY -> standby.restore();
            case UNPLUG_PRIMARY -> primary.unplug(false);
            case UNPLUG_STANDBY -> standby.unplug(false);
            case UNPLUG_PRIMARY_WITH_NOTICE -> primary.unplug(true);
            case UNPLUG_STANDBY_WITH_NOTICE -> standby.unplug(true);
            case PLUG_PRIMARY -> primary.plug();
            case PLUG_STANDBY -> standby.plug();
            case CLOSE_PRIMARY -> primary.close(false);
            case CLOSE_STANDBY -> standby.close(false);
            case CLOSE_PRIMARY_WITH_NOTICE -> primary.close(true);
            case CLOSE_STANDBY_WITH_NOTICE -> standby.close(true);
            case OPEN_PRIMARY -> primary.open();
            case OPEN_STANDBY -> standby.open();
            case SPURIOUS_INTERRUPT -> EventLine.edge(events, System.nanoTime());
            case VISIT_TO_PRIMARY -> primary.visit(random.nextInt(Integer.MAX_VALUE));
            case VISIT_TO_STANDBY -> standby.visit(random.nextInt(Integer.MAX_VALUE));
            case LOOP_STALLS -> traffic.stall(stall());
            case INTERRUPTS_HANG -> InterruptThread.occupy(stall());
            case CUT_BOTH -> both(SoakSide::cut);
            case CLOSE_BOTH -> both(side -> side.close(false));
            case UNPLUG_BOTH -> both(side -> side.unplug(false));
            default -> {
                loop.proxy(PORT).decide(fault.event());
                expectation.told(fault);
            }
        }
    }

    private Duration stall() {
        return Duration.ofMillis(1L + random.nextInt(MOST_STALL_MILLIS));
    }

    private void both(Consumer<SoakSide> what) {
        boolean primaryFirst = random.nextBoolean();
        what.accept(primaryFirst ? primary : standby);
        what.accept(primaryFirst ? standby : primary);
    }

    /** Waits until frames arrive both ways by a side that is to carry them or, where none is ready, are not sent. */
    private void awaitFlow() {
        long start = System.nanoTime();
        Flow before = flow();
        if (!Pause.until(() -> flows(before), BOUND_MILLIS)) {
            violation(String.format(
                    Locale.ROOT,
                    "stuck: for %d ms after fault %d no traffic where it should flow. Primary %s, standby %s, the port"
                            + " transmits on %s, of which %s",
                    BOUND_MILLIS,
                    faults,
                    primary.state(),
                    standby.state(),
                    PolicyText.side(counters.activeSide()),
                    flow().since(before)));
            return;
        }
        recovery.recordValue((System.nanoTime() - start) / 1000);
    }

    private boolean flows(Flow before) {
        int active = counters.activeSide();
        if (!expectation.allows(active, primary.isReady(), standby.isReady())) {
            return false;
        }
        return active == Sides.NONE
                ? unsent() > before.unsent()
                : traffic.out().arrivals(active) > before.out()[active]
                        && traffic.back().arrivals(active) > before.back()[active];
    }

    /** Frames that the port has neither sent nor lost. */
    private long unsent() {
        return counters.get(PortCounter.REFUSED) + counters.get(PortCounter.DROPPED) + counters.get(PortCounter.HELD);
    }

    private Flow flow() {
        long[] out = new long[3];
        long[] back = new long[3];
        for (int side = 0; side < out.length; side++) {
            out[side] = traffic.out().arrivals(side);
            back[side] = traffic.back().arrivals(side);
        }
        return new Flow(unsent(), out, back);
    }

    /** What has arrived by each side. */
    private record Flow(long unsent, long[] out, long[] back) {
        String since(Flow before) {
            return String.format(
                    Locale.ROOT,
                    "arrived: primary %d out and %d back, standby %d out and %d back; not sent %d",
                    out[Sides.PRIMARY] - before.out[Sides.PRIMARY],
                    back[Sides.PRIMARY] - before.back[Sides.PRIMARY],
                    out[Sides.STANDBY] - before.out[Sides.STANDBY],
                    back[Sides.STANDBY] - before.back[Sides.STANDBY],
                    unsent - before.unsent);
        }
    }

    /** Everything is mended, and then each side has to carry both directions. */
    private void endBothWaysByBothSides() {
        primary.heal();
        standby.heal();
        for (Fault fault : List.of(Fault.FAILBACK_AT_ONCE, Fault.DAMPING_OFF, Fault.FORCE_PRIMARY)) {
            commit(fault);
        }
        last.addLast("all mended, primary forced");
        awaitFlow();
        commit(Fault.FORCE_STANDBY);
        last.addLast("all mended, standby forced");
        awaitFlow();
    }

    private void takeAway() {
        for (SoakSide side : List.of(primary, standby)) {
            try {
                if (side.state() != SoakSide.State.GONE) {
                    side.unplug(false);
                }
            } catch (StuckLoopException e) {
                throw hangs(e);
            } catch (RuntimeException e) {
                violation("exception at the end: " + e);
            }
        }
    }

    private void violation(String text) {
        violations.add(text);
    }

    private SoakResult result(double seconds) {
        SoakLedger out = traffic.out().ledger();
        SoakLedger back = traffic.back().ledger();
        out.end();
        back.end();
        boolean poolFull = engine.pool().available() == engine.pool().size();
        check(poolFull, engine.pool().size() - engine.pool().available() + " mbufs are missing");
        checkStream("out", traffic.out());
        checkStream("back", traffic.back());
        checkEqual(
                "frames that the port took",
                out.accepted(),
                counters.get(PortCounter.SENT_BY_PRIMARY)
                        + counters.get(PortCounter.SENT_BY_STANDBY)
                        - counters.get(PortCounter.RESENT)
                        + counters.get(PortCounter.DROPPED)
                        + counters.get(PortCounter.HOLD_DROPPED));
        check(
                out.dropped() <= counters.get(PortCounter.DROPPED) + counters.get(PortCounter.HOLD_DROPPED),
                out.dropped() + " frames out are missing since neither side was ready, and the port has counted "
                        + (counters.get(PortCounter.DROPPED) + counters.get(PortCounter.HOLD_DROPPED)) + " of these");
        checkEqual("frames refused", traffic.out().refused(), counters.get(PortCounter.REFUSED));
        checkEqual("frames received", back.delivered() + back.duplicated(), counters.get(PortCounter.RECEIVED));
        check(
                back.suppressed() <= counters.get(PortCounter.SUPPRESSED),
                back.suppressed() + " frames back are missing, and the port has counted "
                        + counters.get(PortCounter.SUPPRESSED) + " as suppressed");
        engine.errors().forEach(error -> violation("error in a loop: " + error));
        SoakResult.Direction outwards = SoakResult.Direction.of(traffic.out());
        SoakResult.Direction backwards = SoakResult.Direction.of(traffic.back());
        Map<String, Long> byKind = new TreeMap<>();
        counts.forEach((fault, count) -> byKind.put(fault.toString(), count));
        return new SoakResult(
                options.driver(),
                options.seed(),
                faults,
                byKind,
                counters.get(PortCounter.SWITCHES),
                outwards,
                backwards,
                outwards.unaccounted() + backwards.unaccounted(),
                poolFull,
                new SoakResult.Micros(
                        recovery.getValueAtPercentile(50),
                        recovery.getValueAtPercentile(99),
                        recovery.getMaxValue(),
                        recovery.getTotalCount()),
                (outwards.delivered() + backwards.delivered()) / seconds / 1e6,
                seconds,
                List.copyOf(violations),
                List.copyOf(last),
                eal.usesHugePages() ? "hugepages" : "no hugepages",
                Eal.version(),
                Machine.jdk(),
                Machine.describe());
    }

    private void checkStream(String name, SoakTraffic.Stream stream) {
        SoakLedger ledger = stream.ledger();
        check(
                ledger.unexplained() == 0,
                name + ": " + ledger.unexplained()
                        + " frames are missing though nobody has cut their wire, the first of" + " them number "
                        + ledger.firstUnexplained());
        check(ledger.strange() == 0, name + ": " + ledger.strange() + " frames arrived that were never accepted");
        check(stream.mangled() == 0, name + ": " + stream.mangled() + " frames arrived mangled");
    }

    private void checkEqual(String what, long here, long byPort) {
        check(here == byPort, what + ": " + here + ", and the port says " + byPort);
    }

    private void check(boolean good, String otherwise) {
        if (!good) {
            violation(otherwise);
        }
    }
}
