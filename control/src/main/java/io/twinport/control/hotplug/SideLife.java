package io.twinport.control.hotplug;

import io.twinport.control.Log;
import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.dataplane.device.AdmissionException;
import io.twinport.dataplane.device.SideDevice;
import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dpdk.DpdkException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One side's life, on a thread of its own: nothing that befalls it, or keeps it waiting, touches the other side.
 *
 * <pre>
 *   ABSENT --there--> PROBING --MAC matches, joined--> JOINED --wanted back, or gone--> LEAVING --removed--> ABSENT ...
 *                       |  |                            |  ^
 *                       |  +--not the port's-->REFUSED  |  +-- left, stopped, started, joined: link back (U12)
 *                       |       until it is another     +--detach--> DETACHED
 *                       +--cannot be had--> FAILED      +--stop--> STOPPED
 *                            tried again after a pause that grows, for ever
 * </pre>
 *
 * What touches DPDK's devices is done under one lock for all sides: EAL's lists have none.
 */
public final class SideLife {
    /** What a side is doing. */
    public enum Phase {
        /** There is no device, or none that it may have. */
        ABSENT,
        PROBING,
        JOINED,
        /** Out of the loop or on the way, not yet removed. */
        LEAVING,
        /** There is a device that will not do, and never will. */
        REFUSED,
        /** The device could not be had when it was last tried, and is tried again. */
        FAILED,
        DETACHED,
        STOPPED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A device that is not the port's: no time makes it so. */
    private static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedException(RuntimeException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private static final String TRIED_AGAIN = " It is tried again after 1 s, and ever less often, up to every 30 s.";

    private static final long LOOK_MILLIS = 100;

    /** How late a request may be seen: a park of 0.5 ms costs a control CPU some 2 %, and nothing on the poll CPU. */
    private static final long REQUEST_LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    /**
     * A device that has only just appeared may need its time: firmware, a PF that has not yet served its VF, an operator
     * who gives the VF its address after having made it, because before he cannot.
     */
    private static final int PROBE_ATTEMPTS = 8;

    private static final long PROBE_PAUSE_MILLIS = 200;

    private final SidePlan plan;
    private final Slot slot;
    private final DeviceLock devices;
    private final Log log;
    private final RemovalRequests requests = new RemovalRequests();
    private final List<Release> releases = new ArrayList<>();
    private final RetryPause pause;
    private final Thread thread;
    private volatile Phase phase = Phase.PROBING;
    private volatile boolean stopping;
    private volatile boolean detached;
    private volatile boolean isHad;
    private volatile @Nullable Throwable failure;
    private volatile int attempts;
    private volatile @Nullable Occupant refused;
    private @Nullable Occupant released;
    private boolean wasTaken;
    private boolean hasWaited;
    private String told = "";

    /**
     * @param devices held while DPDK's devices are touched; the same for all sides
     * @param log told what happens
     */
    public SideLife(SidePlan plan, Slot slot, DeviceLock devices, Log log) {
        this(plan, slot, devices, log, new RetryPause());
    }

    /** @param pause between two attempts */
    SideLife(SidePlan plan, Slot slot, DeviceLock devices, Log log, RetryPause pause) {
        this.plan = plan;
        this.slot = slot;
        this.devices = devices;
        this.log = log;
        this.pause = pause;
        this.thread = Thread.ofPlatform().daemon().name("side-" + plan.role()).unstarted(this::live);
    }

    public void start() {
        thread.start();
    }

    public SidePlan plan() {
        return plan;
    }

    public Phase phase() {
        return phase;
    }

    /** Why the last device could not join; empty where there was none such. */
    public String trouble() {
        Throwable last = failure;
        String present = slot.trouble();
        return !present.isEmpty() || last == null ? present : text(last);
    }

    /** Whether it has joined, or can say why it has not: what it waits for, or what has failed. */
    public boolean isSettled() {
        return isHad
                || failure != null
                || phase == Phase.ABSENT
                || !slot.trouble().isEmpty();
    }

    /** Whether it has joined at least once. */
    public boolean isHad() {
        return isHad;
    }

    /** What no time mends, but only the user: there is no such driver, or a virtual device is none for the port. */
    public Optional<RuntimeException> mistake() {
        Throwable last = failure;
        boolean isMistake = last instanceof UserException
                || last instanceof DpdkException call && call.isUnknownDevice()
                || last instanceof AdmissionException && !slot.comesAndGoes();
        return isMistake && last instanceof RuntimeException mistake ? Optional.of(mistake) : Optional.empty();
    }

    /** How often what was there could not be had, so far. */
    public int attempts() {
        return attempts + slot.failures();
    }

    /** Tries again at once what would be tried later, and what was refused. */
    public void tryNow() {
        refused = null;
        pause.end();
        slot.tryNow();
        LockSupport.unpark(thread);
    }

    /** Ends the side's life as the kernel's request ends a device's: what is in its ring is sent first. Does not wait. */
    public void detach() {
        detached = true;
        LockSupport.unpark(thread);
    }

    /** Whether the kernel waits for the device; any thread. */
    public boolean isWantedBack() {
        return requests.isPending();
    }

    /** All devices given back so far, on request or because they had gone. */
    public List<Release> releases() {
        synchronized (releases) {
            return List.copyOf(releases);
        }
    }

    /** Has the side go away and its life end; {@link #awaitStop} waits for that. */
    public void stop() {
        stopping = true;
        LockSupport.unpark(thread);
    }

    /**
     * Waits for {@link #stop}.
     *
     * @return false if that is not done in time: a probe or a driver hangs, or the loop still uses the device
     */
    public boolean awaitStop(Duration time) {
        try {
            return thread.getState() == Thread.State.NEW || thread.join(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isEnding() {
        return stopping || detached;
    }

    private void live() {
        while (!isEnding()) {
            try {
                Occupant device = awaitDevice();
                if (device != null) {
                    meet(device);
                }
            } catch (RefusedException e) {
                refuse(e);
            } catch (RuntimeException | Error e) {
                fail(e);
                Pause.millis(LOOK_MILLIS);
            }
        }
        giveBack();
        phase = stopping ? Phase.STOPPED : Phase.DETACHED;
    }

    private void meet(Occupant device) {
        try {
            JoinedDevice joined = take(device);
            if (joined != null) {
                serve(device, joined);
            }
        } catch (StuckLoopException e) {
            // The loop may take the device yet: then it leaves it again.
            log.warn(named() + ": " + e.getMessage());
            leave(new JoinedDevice(named(), plan.stuck(), devices, requests, log)
                    .drop("was not taken by the poll loop"));
        }
    }

    private void giveBack() {
        try {
            slot.giveBack();
        } catch (RuntimeException e) {
            log.warn(named() + " was given back, but not all of it is restored: " + e.getMessage());
        }
    }

    /** A device that may be had, or null when the side's life ends. */
    private @Nullable Occupant awaitDevice() {
        while (!isEnding()) {
            Optional<Occupant> there = slot.look();
            if (there.isEmpty()) {
                phase = slot.trouble().isEmpty() ? Phase.ABSENT : Phase.FAILED;
                hasWaited = true;
                refused = null;
                released = null;
                pause.reset();
                tell(slot.trouble().isEmpty() ? "" : sentence(slot.trouble()) + TRIED_AGAIN);
            } else if (pause.isOver() && isToBeHad(there.get())) {
                phase = Phase.PROBING;
                return there.get();
            }
            Pause.millis(LOOK_MILLIS);
        }
        return null;
    }

    private boolean isToBeHad(Occupant device) {
        if (device.equals(refused)) {
            return false;
        }
        Occupant last = released;
        if (last != null && last.isSameDevice(device)) {
            // It was wanted back and is still there: on its way out, or wanted for something else. It is ours again
            // only when somebody has taken it from us and then lent it anew.
            wasTaken |= !device.isLent();
            if (!device.isLent() || !wasTaken) {
                phase = Phase.ABSENT;
                return false;
            }
        }
        if (device.isLent() || slot.takesFromTheKernel()) {
            return true;
        }
        if (phase != Phase.REFUSED) {
            log.say(named() + " is there, bound to " + (device.driver().isEmpty() ? "no driver" : device.driver())
                    + ": waiting until it is lent to DPDK (dpdk-devbind.py --bind=vfio-pci " + plan.name() + ")");
        }
        phase = Phase.REFUSED;
        hasWaited = true;
        return false;
    }

    /** Null if the side's life ends. */
    private @Nullable JoinedDevice take(Occupant device) {
        int most = slot.comesAndGoes() && hasWaited ? PROBE_ATTEMPTS : 1;
        for (int attempt = 1; ; attempt++) {
            try {
                slot.take(device).ifPresent(what -> log.say(named() + " " + what));
                return open();
            } catch (RuntimeException e) {
                boolean isThere = slot.look().filter(device::isSameDevice).isPresent();
                if (attempt >= most || isEnding() || !isThere) {
                    throw e;
                }
                Pause.millis(PROBE_PAUSE_MILLIS);
            }
        }
    }

    private @Nullable JoinedDevice open() {
        devices.lock();
        try {
            return isEnding() ? null : join(plan.open());
        } finally {
            devices.unlock();
        }
    }

    private JoinedDevice join(SideDevice dev) {
        Membership member;
        try {
            dev.watchRemoval(requests.line());
            admit(dev);
            member = plan.join(dev);
        } catch (StuckLoopException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            dev.remove();
            requests.answer();
            throw e;
        }
        phase = Phase.JOINED;
        isHad = true;
        refused = null;
        failure = null;
        told = "";
        log.say(plan.role() + " " + dev + " joined");
        return new JoinedDevice(named(), member, devices, requests, log);
    }

    private void admit(SideDevice dev) {
        try {
            plan.admit(dev);
        } catch (RuntimeException e) {
            throw new RefusedException(e);
        }
    }

    /** In the loop, until the device has to leave. */
    private void serve(Occupant device, JoinedDevice joined) {
        pause.reset();
        Optional<Occupant> there = slot.look();
        long nextLook = nextLook();
        while (!stopping) {
            if (requests.isPending()) {
                leave(joined, "released on request");
                released = device;
                wasTaken = !isLentYet(device);
                return;
            }
            if (detached) {
                leave(joined, "detached");
                return;
            }
            if (slot.comesAndGoes() && System.nanoTime() - nextLook >= 0) {
                there = slot.look();
                nextLook = nextLook();
            }
            if (there.filter(device::isSameDevice).isEmpty() || joined.isGone()) {
                phase = Phase.LEAVING;
                leave(joined.drop("has gone"));
                pause.begin(); // what is there yet its driver has given up
                return;
            }
            if (!there.get().isLent()) {
                requests.raise(); // the kernel takes the driver's link away before it asks, and waits for us
            } else if (joined.needsRestart() && !joined.restart()) {
                hasWaited = true; // to be probed anew
                return;
            } else {
                LockSupport.parkNanos(
                        slot.comesAndGoes() ? REQUEST_LOOK_NANOS : TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
            }
        }
        phase = Phase.LEAVING;
        joined.depart();
    }

    private static long nextLook() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
    }

    private boolean isLentYet(Occupant device) {
        return slot.look()
                .filter(there -> there.isSameDevice(device) && there.isLent())
                .isPresent();
    }

    private void leave(JoinedDevice joined, String why) {
        phase = Phase.LEAVING;
        leave(joined.release(why));
    }

    private void leave(Release release) {
        synchronized (releases) {
            releases.add(release);
        }
        hasWaited = true;
        phase = Phase.ABSENT;
    }

    /** Left alone until it is another device, or has another driver. */
    private void refuse(RefusedException e) {
        attempts++;
        if (slot.looksFurther()) {
            log.say(named() + " is another device: " + e.getMessage());
            giveBack();
            return;
        }
        failure = e.getCause();
        tell(text(e));
        giveBack();
        refused = slot.look().orElse(null); // as it is now, given back
        phase = Phase.REFUSED;
    }

    /** Tried again for ever: time mends most of what a device or its far end suffers from. */
    private void fail(Throwable e) {
        attempts++;
        if (slot.looksFurther()) {
            log.say(named() + " is another device: " + text(e));
            giveBack();
            return;
        }
        failure = e;
        pause.begin();
        tell(sentence(trouble()) + TRIED_AGAIN);
        hasWaited = false; // what has just appeared was tried in quick succession, and is not new any more
        phase = Phase.FAILED;
    }

    /** Says once why it cannot join, until that is something else. */
    private void tell(String why) {
        if (!why.isEmpty() && !why.equals(told)) {
            log.warn(named() + " cannot join: " + why);
        }
        told = why;
    }

    private static String sentence(String text) {
        return text.endsWith(".") || text.endsWith("?") ? text : text + ".";
    }

    private static String text(Throwable e) {
        return e instanceof RuntimeException && e.getMessage() != null ? e.getMessage() : e.toString();
    }

    private String named() {
        return plan.role() + " " + plan.name();
    }
}
