package io.twinport.control.lab;

import io.twinport.control.Machine;
import io.twinport.control.Pause;
import io.twinport.control.run.EngineEnd;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.engine.Engine;
import io.twinport.dataplane.engine.Lcore;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.HoldSettings;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EalArguments;
import io.twinport.dpdk.EventLine;
import io.twinport.posix.Folder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/** Runs the demo: lays two wires, sends, cuts and restores the primary's again and again, and draws the balance. */
public final class Demo {
    private static final String MAC = "02:00:00:00:00:01";
    private static final int MBUFS = 8191;
    private static final int SETTLE_MILLIS = 500;
    private static final int DWELL_MILLIS = 25;
    private static final int EVENT_MILLIS = 5000;
    private static final int DRAIN_MILLIS = 50;

    /** As long as a cut may go unnoticed; what has arrived meanwhile is not held. */
    private static final Duration HOLD = Duration.ofMillis(EVENT_MILLIS);

    private final DemoOptions options;
    private final EalArguments eal;
    private final DemoView view;
    private final SwitchTimes times = new SwitchTimes();
    private final Disruptions disruptions = new Disruptions();
    private final FailoverPort near;
    private final BarePort[] far = {new BarePort(), new BarePort(), new BarePort()};
    private final NumberedTraffic traffic;
    private final PortCounters counters;
    private final Engine engine;
    private final PollLoop loop;
    private final long events;
    // Instants at which the primary was cut must not beat with any period of the machine.
    private final Random random = new Random(1);

    private Demo(DemoOptions options, EalArguments eal, DemoView view, Engine engine) {
        this.options = options;
        this.eal = eal;
        this.view = view;
        this.engine = engine;
        this.events = EventLine.allocate();
        this.counters = new PortCounters(engine.cnc().counters(), 0);
        this.near = new FailoverPort(
                0,
                events,
                counters,
                engine.newPortEvents(),
                PortSettings.DEFAULT.with(options.hold() ? HoldSettings.of(HOLD) : HoldSettings.OFF));
        Payloads payloads = options.payload().isEmpty() ? Payloads.smallest() : Payloads.of(options.payload());
        this.traffic = new NumberedTraffic(
                near.queue(0), far, disruptions, payloads, options.packetsPerSecond(), options.both());
        this.loop = engine.newLoop("poll", traffic, List.of(near.queue(0), far[Sides.PRIMARY], far[Sides.STANDBY]));
    }

    /**
     * Runs it and ends everything that it has started, also when it fails.
     *
     * @param stop asked before each cut; true ends the demo early, with its balance
     */
    public static Outcome run(
            DemoOptions options, EalArguments eal, DemoView view, Path cncFile, BooleanSupplier stop) {
        return EngineEnd.after(
                () -> Engine.start(eal, cncFile, MBUFS), engine -> new Demo(options, eal, view, engine).run(stop));
    }

    /** The result, and the distribution of the failovers' event-to-first-burst times for the plot and the file. */
    public record Outcome(DemoResult result, Histogram eventToBurst) {}

    private Outcome run(BooleanSupplier stop) {
        engine.conductor().add(times);
        engine.warmUp(near.settings(), 1);
        Lcore lcore = engine.run(loop, traffic, engine.pollCpu());
        double seconds;
        double mpps;
        try (Folder folder = Folder.create("twinport-demo")) {
            Wiring wiring = new Wiring(options.driver(), folder.path(), MAC, engine.pool(), loop, events);
            Wire primary = wiring.lay(Sides.PRIMARY);
            Wire standby = wiring.lay(Sides.STANDBY);
            await(Sides.PRIMARY, "the primary's link has not come up");
            traffic.sending(true);
            Pause.millis(SETTLE_MILLIS);
            times.start();
            long start = System.nanoTime();
            long delivered = traffic.progress();
            view.start();
            for (int i = 0; i < options.switches() && !stop.getAsBoolean(); i++) {
                if (options.planned()) {
                    moveAndBack();
                } else {
                    cutAndRestore(primary);
                }
            }
            seconds = (System.nanoTime() - start) / 1e9;
            mpps = (traffic.progress() - delivered) / seconds / 1e6;
            traffic.sending(false);
            times.end();
            Pause.millis(DRAIN_MILLIS);
            primary.remove();
            standby.remove();
        }
        lcore.close();
        return outcome(seconds, mpps);
    }

    private void cutAndRestore(Wire primary) {
        int failovers = times.failovers();
        disruptions.begin(Sides.PRIMARY);
        long nanos = primary.cut();
        awaitSwitch(() -> times.failovers() > failovers, "cutting the primary's link has not made the port switch");
        times.cutAt(nanos);
        dwell();
        int failbacks = times.failbacks();
        primary.restore();
        disruptions.end(Sides.PRIMARY);
        awaitSwitch(() -> times.failbacks() > failbacks, "the port has not gone back to the restored primary");
        dwell();
    }

    /** As an operator does it, and the release of a device that is wanted back. */
    private void moveAndBack() {
        int failovers = times.failovers();
        loop.proxy(0).decide(FailoverPolicy.FORCED_STANDBY);
        awaitSwitch(() -> times.failovers() > failovers, "the port has not gone to the standby when told");
        dwell();
        int failbacks = times.failbacks();
        loop.proxy(0).decide(FailoverPolicy.FORCED_PRIMARY);
        awaitSwitch(() -> times.failbacks() > failbacks, "the port has not gone back to the primary when told");
        dwell();
    }

    private void awaitSwitch(BooleanSupplier condition, String otherwise) {
        if (!Pause.until(condition, EVENT_MILLIS)) {
            throw new DpdkException(otherwise + " within " + EVENT_MILLIS + " ms");
        }
    }

    private void await(int side, String otherwise) {
        awaitSwitch(() -> counters.activeSide() == side, otherwise);
    }

    private void dwell() {
        Pause.millis(DWELL_MILLIS + random.nextInt(DWELL_MILLIS));
        show();
    }

    private void show() {
        view.show(times, counters.activeSide(), traffic.progress());
    }

    private Outcome outcome(double seconds, double mpps) {
        NumberedTraffic.Stream out = traffic.out();
        NumberedTraffic.Stream back = traffic.back();
        long sent = out.sent() + (back == null ? 0 : back.sent());
        long refused = out.refused() + (back == null ? 0 : back.refused());
        long delivered =
                out.ledger().delivered() + (back == null ? 0 : back.ledger().delivered());
        long lost = out.ledger().lost() + (back == null ? 0 : back.ledger().lost());
        DemoResult result = new DemoResult(
                options.planned() ? "planned" : "cut",
                options.driver(),
                options.hold() ? HOLD.toMillis() : 0,
                Math.min(times.failovers(), times.failbacks()),
                times.failovers(),
                times.failbacks(),
                sent,
                delivered,
                lost,
                out.ledger().duplicated() + (back == null ? 0 : back.ledger().duplicated()),
                out.ledger().reordered() + (back == null ? 0 : back.ledger().reordered()),
                refused,
                sent - refused - delivered - lost,
                DemoResult.Percentiles.of(times.eventToBurst()),
                DemoResult.Percentiles.of(times.eventFirstToBurst()),
                DemoResult.Percentiles.of(times.cutToBurst()),
                DemoResult.Percentiles.of(times.failbackEventToBurst()),
                times.seenBeforeEvent(),
                DemoResult.Percentiles.of(times.decisionToBurst()),
                counters.get(PortCounter.NOT_DRAINED),
                counters.get(PortCounter.HELD),
                counters.get(PortCounter.RESENT),
                counters.get(PortCounter.DROPPED) + counters.get(PortCounter.HOLD_DROPPED),
                mpps,
                seconds,
                engine.pool().available() == engine.pool().size(),
                new TreeMap<>(Map.of(
                        "primary",
                        new DemoResult.SideCount(
                                counters.get(PortCounter.SENT_BY_PRIMARY), traffic.receivedAtFarEnd(Sides.PRIMARY)),
                        "standby",
                        new DemoResult.SideCount(
                                counters.get(PortCounter.SENT_BY_STANDBY), traffic.receivedAtFarEnd(Sides.STANDBY)))),
                options.both() ? "both" : "tx",
                eal.usesHugePages() ? "hugepages" : "no hugepages",
                Eal.version(),
                Machine.jdk(),
                Machine.describe());
        return new Outcome(result, times.eventToBurst());
    }
}
