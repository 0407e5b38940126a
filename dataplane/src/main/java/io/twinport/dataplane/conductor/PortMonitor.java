package io.twinport.dataplane.conductor;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.PolicyInput;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.policy.DetectionSettings;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dataplane.policy.QueueWatch;
import io.twinport.dataplane.policy.SilenceWatch;
import io.twinport.dataplane.policy.StallWatch;
import io.twinport.dataplane.policy.StandbyHealth;
import io.twinport.dpdk.LinkSettings;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;
import org.jspecify.annotations.Nullable;

/**
 * What the control side watches of one port, in {@code twinport.cnc}: the statistics of its devices, its carrier and link
 * settings, the health of its standby; and what it finds beside links that are down, which it tells the port's policy.
 *
 * <p>Listens on the conductor's thread, which tells the others. Sides come and go on their own threads.
 */
public final class PortMonitor implements Conductor.Listener {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long STATISTICS_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Where this thread looks so late, or the loop passes so late, the look tells nothing of the time between. */
    private static final long GAP_NANOS = 3 * LOOK_NANOS;

    /** The policy obeys a word at once; where it does not, the monitor says it again after so long. */
    private static final long REPEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** What the sides that are there at the start need to join. */
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final int port;
    private final LoopProxy decider;
    private final PortCounters own;
    private final PortStatistics statistics;
    private final Conductor conductor;
    private final Runnable broadcast;
    private final AtomicCounter carrier;
    private final AtomicCounter speed;
    private final AtomicCounter healthCounter;
    private final AtomicCounter[] failed;
    private final @Nullable Side[] sides = new @Nullable Side[2];
    private final long startNanos = System.nanoTime();

    private DetectionSettings settings;
    private StandbyHealth health;
    private SilenceWatch silence;
    private StallWatch stall;
    private @Nullable Side sender;
    private QueueWatch queues = new QueueWatch(0);
    private int state = FailoverPolicy.INITIAL;
    private long takenBefore;
    private long stalledAt;
    private long lastPasses = -1;
    private long lastMoved = startNanos;
    private long lastLook = startNanos;
    private long lastStatistics = startNanos;
    private long lastWord = startNanos - REPEAT_NANOS;
    private long lastBroadcast = startNanos;
    private volatile boolean ended;
    private volatile StandbyHealth.@Nullable Report report;

    /**
     * @param counters of {@code twinport.cnc}
     * @param decider the queue of the port that decides
     * @param own what the port itself counts
     * @param broadcast sends a broadcast by the side that transmits
     */
    public PortMonitor(
            int port,
            CountersManager counters,
            LoopProxy decider,
            PortCounters own,
            DetectionSettings settings,
            Conductor conductor,
            Runnable broadcast) {
        this.port = port;
        this.decider = decider;
        this.own = own;
        this.conductor = conductor;
        this.settings = settings;
        this.broadcast = broadcast;
        this.statistics = new PortStatistics(counters, port);
        this.health = new StandbyHealth(settings.standbyDownExpected());
        this.silence = new SilenceWatch(settings.rxSilence());
        this.stall = new StallWatch(settings.txStall());
        this.carrier = counters.newCounter("port " + port + " carrier");
        this.speed = counters.newCounter("port " + port + " link speed, Mb/s (-1 unknown)");
        this.healthCounter = counters.newCounter(
                "port " + port + " standby health (0 healthy, 1 unproven, 2 expected-down, 3 dead)");
        this.failed = new AtomicCounter[] {
            counters.newCounter("port " + port + " primary failed (0 no, 1 yes)"),
            counters.newCounter("port " + port + " standby failed (0 no, 1 yes)")
        };
        this.speed.setRelease(LinkSettings.UNKNOWN_SPEED);
        this.healthCounter.setRelease(StandbyHealth.Verdict.UNPROVEN.code());
    }

    /** From now on other things count as faults; what was seen so far is forgotten. */
    public synchronized void use(DetectionSettings other) {
        settings = other;
        health = new StandbyHealth(other.standbyDownExpected());
        silence = new SilenceWatch(other.rxSilence());
        stall = new StallWatch(other.txStall());
    }

    /** A side has joined, or was started again. */
    public synchronized void join(Side side) {
        statistics.join(side);
        sides[Sides.index(side.side())] = side;
        sender = null;
        if (side.side() == Sides.PRIMARY) {
            takenBefore = own.get(PortCounter.SENT_BY_PRIMARY);
        }
    }

    /** A side that the loop has left is about to be stopped; on return nobody asks its device any more. */
    public synchronized void leave(Side side) {
        statistics.leave(side);
        if (sides[Sides.index(side.side())] == side) {
            sides[Sides.index(side.side())] = null;
        }
    }

    /** The port is about to be taken apart, and what is seen of that is no finding. */
    public void end() {
        ended = true;
    }

    public PortStatistics statistics() {
        return statistics;
    }

    /** The policy's state, as the loop has told it. Any thread. */
    public synchronized int state() {
        return state;
    }

    /** Whether the port has a carrier (R49). Any thread. */
    public boolean hasCarrier() {
        return carrier.get() == 1;
    }

    /** What is thought of the standby; null while nothing is known of one. Any thread. */
    public StandbyHealth.@Nullable Report standbyHealth() {
        return report;
    }

    /** Why a side is not to be relied upon though its link is up; empty if there is no such reason. Any thread. */
    public synchronized String failure(int side) {
        Side present = sides[Sides.index(side)];
        return present == null ? "" : present.failure();
    }

    /** Whether there is such a reason, as was told last. Any thread; it does not wait. */
    public boolean isFailed(int side) {
        return failed[Sides.index(side)].get() != 0;
    }

    /** R51: the primary's if that is ready, else the standby's if that is ready, else unknown. Any thread. */
    public synchronized LinkSettings linkSettings() {
        for (Side side : sides) {
            if (side != null && FailoverPolicy.isReady(state, side.side())) {
                return side.dev().linkSettings();
            }
        }
        return LinkSettings.UNKNOWN;
    }

    @Override
    public synchronized void onInput(PolicyInput input) {
        if (input.port() == port) {
            state = input.after();
            if (FailoverPolicy.isPrimaryStalled(state) && !FailoverPolicy.isPrimaryStalled(input.before())) {
                stalledAt = sentByPrimary();
            }
            forgive(input);
        }
    }

    /** Another far end may have come, or an operator may know better: the side is looked at anew. */
    private void forgive(PolicyInput input) {
        for (Side side : sides) {
            if (side != null
                    && (!FailoverPolicy.isLinkUp(state, side.side())
                            || input.event() == FailoverPolicy.FAILBACK_COMMANDED)) {
                side.fail("");
                sender = null;
            }
        }
    }

    @Override
    public void onCarrier(int carrierPort, boolean on, long nanos) {
        if (carrierPort == port) {
            carrier.setRelease(on ? 1 : 0);
            speed.setRelease(linkSettings().megabits());
        }
    }

    @Override
    public void onTick(long nanos) {
        if (ended || nanos - lastLook < LOOK_NANOS) {
            return;
        }
        StandbyHealth.Report before = report;
        synchronized (this) {
            boolean isGap = nanos - lastLook > GAP_NANOS || nanos - lastMoved > GAP_NANOS;
            lastLook = nanos;
            long passes = decider.epoch().passes();
            if (passes != lastPasses) {
                lastPasses = passes;
                lastMoved = nanos;
            }
            if (nanos - lastStatistics >= STATISTICS_NANOS) {
                lastStatistics = nanos;
                statistics.refresh();
                speed.setRelease(linkSettings().megabits());
            }
            judgeQueues(nanos);
            judgeStandby(nanos);
            judgePrimary(isGap, nanos);
        }
        tellFailures(nanos);
        StandbyHealth.Report now = report;
        if (now != null && (before == null || before.verdict() != now.verdict())) {
            healthCounter.setRelease(now.verdict().code());
            conductor.tellHealth(port, now, nanos);
        }
    }

    private void judgeStandby(long nanos) {
        boolean isHere = FailoverPolicy.isHere(state, Sides.STANDBY);
        if (report == null && !isHere && nanos - startNanos < START_NANOS) {
            return;
        }
        boolean isUp = FailoverPolicy.isReady(state, Sides.STANDBY);
        StandbyHealth.Report now = health.observe(
                new StandbyHealth.Sight(
                        isHere,
                        isUp,
                        FailoverPolicy.active(state) == Sides.STANDBY,
                        own.idleFrames(Sides.STANDBY),
                        own.idleOwn(Sides.STANDBY),
                        own.get(PortCounter.RECEIVED),
                        own.get(PortCounter.ANNOUNCED)),
                nanos);
        report = now;
        boolean isDead = isUp && (now.verdict() == StandbyHealth.Verdict.DEAD || hasFailed(Sides.STANDBY));
        if (isDead != FailoverPolicy.isStandbyDead(state)) {
            tell(isDead ? FailoverPolicy.STANDBY_DEAD : FailoverPolicy.STANDBY_ALIVE, nanos);
        }
        if (isUp && FailoverPolicy.active(state) == Sides.PRIMARY) {
            check(now, nanos);
        }
    }

    /** Has the primary send what the standby should receive, when its last proof has become old. */
    private void check(StandbyHealth.Report now, long nanos) {
        long every = settings.standbyCheck().toNanos();
        boolean isProven = now.verdict() == StandbyHealth.Verdict.HEALTHY && nanos - now.nanos() < every;
        if (every != 0 && !isProven && nanos - lastBroadcast >= every) {
            lastBroadcast = nanos;
            broadcast.run();
        }
    }

    /** Whether a transmit queue of the side that transmits is dead while others of it work. */
    private void judgeQueues(long nanos) {
        int active = FailoverPolicy.active(state);
        Side side = active == Sides.NONE ? null : sides[Sides.index(active)];
        if (side != sender) {
            sender = side;
            queues = new QueueWatch(side == null ? 0 : side.txQueues());
        }
        if (side == null) {
            return;
        }
        int dead = queues.look(sights(side), nanos);
        if (dead != QueueWatch.NONE && side.failure().isEmpty()) {
            side.fail("its transmit queue " + dead + " of " + side.txQueues() + " has taken no frame for "
                    + TimeUnit.NANOSECONDS.toMillis(QueueWatch.DEAD_NANOS)
                    + " ms, though there were some for it and its other queues took theirs:"
                    + " perhaps its far end serves fewer queues now");
        }
    }

    private QueueWatch.Sight[] sights(Side side) {
        int n = side.txQueues();
        QueueWatch.Sight[] sights = new QueueWatch.Sight[n];
        for (int t = 0; t < n; t++) {
            long taken = 0;
            long refused = 0;
            for (int q = t; q < own.queueCount(); q += n) {
                PortCounters queue = own.queueCount() == 1 ? own : own.queue(q);
                taken += queue.sentBy(side.side());
                refused += queue.get(PortCounter.REFUSED);
            }
            sights[t] = new QueueWatch.Sight(taken, refused, side.passes(t));
        }
        return sights;
    }

    private boolean hasFailed(int side) {
        return !failure(side).isEmpty();
    }

    /** Once each; listeners are not told under the lock. */
    private void tellFailures(long nanos) {
        for (int side : Sides.BOTH) {
            String reason = failure(side);
            long value = reason.isEmpty() ? 0 : 1;
            if (failed[Sides.index(side)].get() != value) {
                failed[Sides.index(side)].setRelease(value);
                conductor.tellFailure(port, side, reason, nanos);
            }
        }
    }

    private void judgePrimary(boolean isGap, long nanos) {
        boolean isWatched =
                FailoverPolicy.active(state) == Sides.PRIMARY && FailoverPolicy.isReady(state, Sides.STANDBY);
        boolean isSilent = silence.look(
                isWatched,
                isGap,
                own.get(PortCounter.RECEIVED),
                own.idleFrames(Sides.STANDBY),
                own.idleToUs(Sides.STANDBY),
                nanos);
        if (isSilent) {
            tell(FailoverPolicy.PRIMARY_SILENT, nanos);
        }
        if (isWatched && hasFailed(Sides.PRIMARY) && !FailoverPolicy.isStandbyDead(state)) {
            tell(FailoverPolicy.PRIMARY_FAILED, nanos);
        }
        if (stall.isOn()) {
            judgeTransmit(isWatched, isGap, nanos);
        }
    }

    private void judgeTransmit(boolean isWatched, boolean isGap, long nanos) {
        StandbyHealth.Report standby = report;
        boolean isHealthy = standby != null && standby.verdict() == StandbyHealth.Verdict.HEALTHY;
        long sent = sentByPrimary();
        if (stall.look(isWatched && isHealthy, isGap, givenToPrimary(), sent, nanos)) {
            tell(FailoverPolicy.PRIMARY_STALLED, nanos);
        } else if (FailoverPolicy.isPrimaryStalled(state) && sent > stalledAt) {
            tell(FailoverPolicy.PRIMARY_RESUMED, nanos);
        }
    }

    /** Frames that its driver has been given since it joined. */
    private long givenToPrimary() {
        Side primary = sides[0];
        return own.get(PortCounter.SENT_BY_PRIMARY) - takenBefore - (primary == null ? 0 : primary.unsendable());
    }

    /** As the device counts; -1 where it does not, or is not there. */
    private long sentByPrimary() {
        Side primary = sides[0];
        return primary == null ? -1 : primary.transmitted();
    }

    private void tell(int event, long nanos) {
        if (nanos - lastWord < REPEAT_NANOS) {
            return;
        }
        lastWord = nanos;
        try {
            decider.decide(event);
        } catch (IllegalStateException e) {
            // The loop reads no commands, or has ended: it is stuck, which others say.
            lastWord = nanos + REPEAT_NANOS;
        }
    }
}
