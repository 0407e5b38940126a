package io.twinport.control.run;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.control.hotplug.SideLife;
import io.twinport.control.pcap.Capture;
import io.twinport.control.plan.Claims;
import io.twinport.control.plan.PortPlan;
import io.twinport.control.plan.SideSpec;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.conductor.PortMonitor;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dataplane.policy.PolicyText;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What an operator does with a port while it runs. One thing at a time is done; any thread. */
final class PortOperator {
    /** A poll loop obeys within microseconds, and a planned switch is over within 2 ms (U13). */
    private static final int SWITCH_MILLIS = 500;

    /** To leave the loop, send what is in the ring and close. */
    private static final int DETACH_MILLIS = 10_000;

    /** A device that is there joins within that; what waits for its far end is left to wait. */
    private static final int ATTACH_MILLIS = 3000;

    private static final int DRAIN_MILLIS = 3000;

    private static final int CARRIER_MILLIS = 200;

    /** A full ring of 512 frames of 1500 bytes takes 6 ms at 1 Gb/s. */
    private static final int QUIET_MILLIS = 50;

    private static final Set<SideLife.Phase> OUT = EnumSet.of(SideLife.Phase.DETACHED, SideLife.Phase.STOPPED);

    /** Without a device, and waiting for one. */
    private static final Set<SideLife.Phase> WAITING =
            EnumSet.of(SideLife.Phase.ABSENT, SideLife.Phase.REFUSED, SideLife.Phase.FAILED);

    private final PortRun port;
    private final PortViews views;
    private final AtomicBoolean capturing = new AtomicBoolean();

    PortOperator(PortRun port) {
        this.port = port;
        this.views = new PortViews(port);
    }

    PortView view() {
        return views.view();
    }

    /** What is seen of it. */
    PortViews views() {
        return views;
    }

    /** Says from now on what is of this level and above. */
    void logFrom(System.Logger.Level level) {
        port.logFrom(level);
    }

    /**
     * Forces the traffic onto a side, or leaves it to the policy again.
     *
     * @param to {@code primary}, {@code standby} or {@code auto}
     * @throws UserException if that side cannot have it; nothing has been changed
     */
    synchronized PortView switchTo(String to) {
        int side = to.equals("auto") ? Sides.NONE : side(to, ", or auto");
        PortMonitor monitor = port.monitor();
        if (side != Sides.NONE && !FailoverPolicy.isReady(monitor.state(), side)) {
            throw new UserException("the " + to + " of " + name() + " is not ready (" + whyNot(side)
                    + "): the traffic stays as it is, on "
                    + PolicyText.side(port.queues().counters().activeSide()) + ".");
        }
        port.decide(FailoverPolicy.FORCED_NONE + side);
        boolean done = Pause.until(() -> isForced(side), SWITCH_MILLIS);
        if (!done) {
            throw new UserException("the poll loop of " + name() + " did not answer within " + SWITCH_MILLIS
                    + " ms: look at 'show health'.");
        }
        return view();
    }

    private boolean isForced(int side) {
        int state = port.monitor().state();
        return FailoverPolicy.forced(state) == side
                && port.queues().counters().activeSide() == FailoverPolicy.active(state);
    }

    private String whyNot(int side) {
        int state = port.monitor().state();
        return life(side).isEmpty()
                ? "there is none"
                : FailoverPolicy.isHere(state, side)
                        ? "its link is down"
                        : "it is " + life(side).get().phase();
    }

    /**
     * Takes a side's device out: off the loop, what is in its ring sent, closed.
     *
     * @throws UserException if there is none
     */
    synchronized PortView detach(String role) {
        SideLife life = life(side(role, ""))
                .orElseThrow(() -> new UserException(name() + " has no " + role + ": there is nothing to detach."));
        if (OUT.contains(life.phase())) {
            throw new UserException("the " + role + " of " + name() + " is out already. 'attach' takes it in again.");
        }
        life.detach();
        if (!Pause.until(() -> OUT.contains(life.phase()), DETACH_MILLIS)) {
            throw new UserException("the " + role + " " + life.plan().name() + " of " + name() + " is "
                    + life.phase() + " after " + DETACH_MILLIS / 1000
                    + " s: it will be taken out when it can.");
        }
        return view();
    }

    /**
     * What is to be attached as a side: the device that was detached, or another one, had as that one was.
     *
     * @throws UserException if it is none
     */
    SideSpec wanted(String role, Optional<String> devargs) {
        int side = side(role, "");
        return devargs.map(text -> port.plan().side(side, text))
                .or(() -> life(side).map(PortRun::spec))
                .orElseThrow(() -> new UserException(name() + " has no " + role + " yet: give a device."));
    }

    /** Adds what the port has now, and a device that it is to have in place of the one of that side. */
    void claim(Claims claims, Optional<SideSpec> coming) {
        List<SideSpec> sides = new ArrayList<>();
        port.lives().stream()
                .filter(life -> !OUT.contains(life.phase()))
                .map(PortRun::spec)
                .filter(spec -> coming.map(SideSpec::side)
                        .filter(side -> side == spec.side())
                        .isEmpty())
                .forEach(sides::add);
        coming.ifPresent(sides::add);
        claims.add(name(), sides, port.plan().handler());
    }

    /**
     * Takes a side's device in: that which was detached, or is waited for, at once, or another one.
     *
     * @throws UserException if it cannot be; then the side is as it was
     */
    synchronized PortView attach(SideSpec spec) {
        int side = spec.side();
        String role = spec.role();
        Optional<SideLife> before = life(side);
        Optional<SideLife> waiting = before.filter(life -> WAITING.contains(life.phase()));
        if (waiting.map(life -> PortRun.spec(life).devargs())
                .filter(spec.devargs()::equals)
                .isPresent()) {
            tryNow(role, waiting.get());
            return view();
        }
        before.filter(life -> !OUT.contains(life.phase()) && !WAITING.contains(life.phase()))
                .ifPresent(life -> {
                    throw new UserException("the " + role + " of " + name() + " is "
                            + life.plan().name() + " at present: detach that first.");
                });
        port.check(spec);
        SideLife life = port.newLife(spec);
        life.start();
        boolean ignored = Pause.until(
                () -> life.phase() == SideLife.Phase.JOINED || !life.trouble().isEmpty(), ATTACH_MILLIS);
        String trouble = life.trouble();
        if (!trouble.isEmpty()) {
            life.stop();
            throw new UserException("the " + role + " of " + name() + " cannot be " + spec.name() + ": " + trouble);
        }
        before.ifPresent(old -> {
            old.stop();
            port.lives().remove(old);
        });
        port.lives().add(side == Sides.PRIMARY ? 0 : port.lives().size(), life);
        return view();
    }

    private void tryNow(String role, SideLife life) {
        int before = life.attempts();
        life.tryNow();
        boolean ignored =
                Pause.until(() -> life.phase() == SideLife.Phase.JOINED || life.attempts() != before, ATTACH_MILLIS);
        if (life.attempts() != before) {
            throw new UserException("the " + role + " " + life.plan().name() + " of " + name() + " cannot join: "
                    + life.trouble() + ". It is tried again.");
        }
    }

    /**
     * What goes through the port from now on.
     *
     * @throws UserException if somebody captures already
     */
    Capture capture(Capture.Limits limits) {
        if (!capturing.compareAndSet(false, true)) {
            throw new UserException("a capture of " + name() + " is running already: one at a time.");
        }
        return new Capture(name(), port.queues().captured(), limits, capturing);
    }

    /**
     * Takes the carrier from the port's interface, so that the kernel sends nothing more by it, and waits until what it had
     * sent is out; or gives the carrier back.
     *
     * @throws UserException if the port has no interface
     */
    synchronized PortView drain(boolean on) {
        if (port.queues().tap().isEmpty()) {
            throw new UserException("the handler of " + name() + " is "
                    + port.plan().handler().text()
                    + ": only a kernel interface (tap:NAME) can be drained.");
        }
        port.close(on);
        // The conductor tells of it within milliseconds; given back, there is one only while a side is ready.
        boolean ignored = Pause.until(() -> port.monitor().hasCarrier() != on, CARRIER_MILLIS);
        if (on && !awaitQuiet()) {
            throw new UserException(name() + " has no carrier now and still sends after " + DRAIN_MILLIS / 1000
                    + " s. 'drain --undo' gives the carrier back.");
        }
        return view();
    }

    private boolean awaitQuiet() {
        PortCounters counters = port.queues().counters();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRAIN_MILLIS);
        long before = -1;
        for (long now = sent(counters); now != before && System.nanoTime() < deadline; now = sent(counters)) {
            before = now;
            Pause.millis(QUIET_MILLIS);
        }
        return sent(counters) == before;
    }

    private static long sent(PortCounters counters) {
        return counters.get(PortCounter.SENT_BY_PRIMARY) + counters.get(PortCounter.SENT_BY_STANDBY);
    }

    PortPlan plan() {
        return port.plan();
    }

    /**
     * Brings the port to a new plan, other devices included; its queues and its handler do not change.
     *
     * @throws RuntimeException if a part is refused; then the port has its former plan, as far as its devices can be had again
     */
    synchronized void use(PortPlan wanted) {
        PortPlan before = port.plan();
        port.use(wanted);
        try {
            Sides.BOTH.forEach(side -> replace(side, before, wanted));
        } catch (RuntimeException e) {
            try {
                port.use(before);
                Sides.BOTH.forEach(side -> replace(side, wanted, before));
            } catch (RuntimeException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private void replace(int side, PortPlan before, PortPlan wanted) {
        Optional<String> there = life(side)
                .filter(life -> !OUT.contains(life.phase()))
                .map(life -> PortRun.spec(life).devargs());
        Optional<String> now = wanted.side(side).map(SideSpec::devargs);
        if (now.equals(before.side(side).map(SideSpec::devargs)) || now.equals(there)) {
            return;
        }
        String role = PolicyText.side(side);
        if (there.isPresent()) {
            detach(role);
        }
        wanted.side(side).ifPresentOrElse(this::attach, () -> life(side).ifPresent(port.lives()::remove));
    }

    private Optional<SideLife> life(int side) {
        return port.lives().stream()
                .filter(life -> PortRun.spec(life).side() == side)
                .findFirst();
    }

    private static int side(String role, String more) {
        return switch (role) {
            case "primary" -> Sides.PRIMARY;
            case "standby" -> Sides.STANDBY;
            default -> throw new UserException("'" + role + "' is no side: give primary, standby" + more + ".");
        };
    }

    private String name() {
        return port.plan().name();
    }
}
