package io.twinport.control.hotplug;

import io.twinport.control.Log;
import io.twinport.control.Pause;
import io.twinport.dataplane.SideDevice;
import io.twinport.dataplane.StuckLoopException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One side's life, on a thread of its own, because a virtual device's probe may wait for its far end for ever and
 * neither that nor a driver that hangs may hold up the other side.
 *
 * <pre>
 *   ABSENT --plugged--> PROBING --MAC matches, joined--> JOINED --request--> LEAVING --removed--> ABSENT ...
 *                          |                               |  ^
 *                          +--wrong MAC, no driver         |  +-- left, stopped, started, joined: link back (U12)
 *                             that can--> REFUSED          +--detach--> DETACHED
 *                               until it is another device +--stop--> STOPPED
 * </pre>
 *
 * What touches DPDK's devices is done under one lock for both sides: EAL's lists have none.
 */
public final class SideLife {
    /** What a side is doing. */
    public enum Phase {
        /** There is no device, or none that it may have. */
        ABSENT,
        /** In its probe; a server waits there for its far end. */
        PROBING,
        JOINED,
        /** Out of the loop or on the way, not yet removed. */
        LEAVING,
        /** There is a device that will not do. */
        REFUSED,
        FAILED,
        DETACHED,
        STOPPED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final long LOOK_MILLIS = 100;

    /** How late a request may be seen: a park of 0.5 ms costs a control CPU some 2 %, and nothing on the poll CPU. */
    private static final long REQUEST_LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    /**
     * A device that has only just appeared may need its time: firmware, a PF that has not yet served its VF, an operator
     * who gives the VF its address after having made it, because before he cannot.
     */
    private static final int PROBE_ATTEMPTS = 8;

    private static final long PROBE_PAUSE_MILLIS = 200;

    private static final Duration END_TIME = Duration.ofSeconds(6);

    private final SidePlan plan;
    private final Slot slot;
    private final Lock devices;
    private final Log log;
    private final RemovalRequests requests = new RemovalRequests();
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final List<Release> releases = new ArrayList<>();
    private final Thread thread;
    private volatile Phase phase = Phase.PROBING;
    private volatile boolean stopping;
    private volatile boolean detached;
    private volatile boolean clean = true;
    private volatile String trouble = "";

    private @Nullable Occupant refused;
    private @Nullable Occupant released;
    private boolean wasTaken;
    private boolean hasWaited;

    /**
     * @param devices held while DPDK's devices are touched; the same for both sides
     * @param log told what happens
     */
    public SideLife(SidePlan plan, Slot slot, Lock devices, Log log) {
        this.plan = plan;
        this.slot = slot;
        this.devices = devices;
        this.log = log;
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
        return trouble;
    }

    /** Ends the side's life as the kernel's request ends a device's: what is in its ring is sent first. Does not wait. */
    public void detach() {
        detached = true;
        LockSupport.unpark(thread);
    }

    /** Done when a device has joined for the first time, or exceptionally when the first one cannot. */
    public CompletableFuture<Void> first() {
        return first;
    }

    /** Whether the kernel waits for the device; any thread. */
    public boolean isWantedBack() {
        return requests.isPending();
    }

    /** All devices given back on request so far. */
    public List<Release> releases() {
        synchronized (releases) {
            return List.copyOf(releases);
        }
    }

    /**
     * Takes the side away and ends its life.
     *
     * @return false if that cannot be done: it is still in its probe, or the loop does not let go of it
     */
    public boolean stop() {
        stopping = true;
        LockSupport.unpark(thread);
        if (phase == Phase.PROBING && !slot.comesAndGoes()) {
            return false; // the far end may never come, and a probe cannot be called back
        }
        try {
            return thread.join(END_TIME) && clean;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isEnding() {
        return stopping || detached;
    }

    private void live() {
        try {
            while (!isEnding() && phase != Phase.FAILED) {
                Occupant device = awaitDevice();
                JoinedDevice joined = device == null ? null : take(device);
                if (device != null && joined != null) {
                    serve(device, joined);
                }
            }
            if (phase != Phase.FAILED) {
                slot.giveBack();
                phase = stopping ? Phase.STOPPED : Phase.DETACHED;
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** A device that may be had, or null when the side's life ends. */
    private @Nullable Occupant awaitDevice() {
        while (!isEnding()) {
            Optional<Occupant> there = slot.look();
            if (there.isEmpty()) {
                phase = Phase.ABSENT;
                hasWaited = true;
                refused = null;
            } else if (isToBeHad(there.get())) {
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
                    + ": waiting for it to be lent to DPDK (dpdk-devbind.py --bind=vfio-pci " + plan.name() + ")");
        }
        phase = Phase.REFUSED;
        hasWaited = true;
        return false;
    }

    /** Null if it cannot be had. */
    private @Nullable JoinedDevice take(Occupant device) {
        int attempts = slot.comesAndGoes() && hasWaited ? PROBE_ATTEMPTS : 1;
        for (int attempt = 1; ; attempt++) {
            try {
                slot.take(device).ifPresent(what -> log.say(named() + " " + what));
                return open();
            } catch (StuckLoopException e) {
                throw e; // the loop may use the device yet
            } catch (RuntimeException e) {
                boolean isThere = slot.look().filter(device::isSameDevice).isPresent();
                if (attempt >= attempts || isEnding() || !isThere) {
                    refuse(e);
                    return null;
                }
                Pause.millis(PROBE_PAUSE_MILLIS);
            }
        }
    }

    private @Nullable JoinedDevice open() {
        // A virtual device's probe may wait for its far end, and must not keep the other side waiting.
        SideDevice dev = slot.comesAndGoes() ? null : plan.open();
        devices.lock();
        try {
            return join(dev == null ? plan.open() : dev);
        } finally {
            devices.unlock();
        }
    }

    private @Nullable JoinedDevice join(SideDevice dev) {
        Membership member;
        try {
            if (isEnding()) {
                dev.remove();
                return null;
            }
            dev.watchRemoval(requests.line());
            plan.admit(dev);
            member = plan.join(dev);
        } catch (StuckLoopException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            dev.remove();
            requests.answer();
            throw e;
        }
        refused = null;
        phase = Phase.JOINED;
        log.say(plan.role() + " " + dev + " joined");
        first.complete(null);
        return new JoinedDevice(named(), member, devices, requests, log);
    }

    /** In the loop, until the device is wanted back or the life ends. */
    private void serve(Occupant device, JoinedDevice joined) {
        long nextLook = System.nanoTime();
        while (!stopping) {
            long now = System.nanoTime();
            if (requests.isPending() || detached) {
                release(device, joined);
                return;
            }
            if (slot.comesAndGoes() && now - nextLook >= 0) {
                nextLook = now + TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
                if (isGone(device)) {
                    requests.raise();
                    continue;
                }
            }
            if (joined.isGone()) {
                log.warn(named() + " is gone without a request, as its driver says");
                requests.raise();
                continue;
            }
            if (joined.needsRestart() && !joined.restart()) {
                hasWaited = true; // to be probed anew
                return;
            }
            LockSupport.parkNanos(
                    slot.comesAndGoes() ? REQUEST_LOOK_NANOS : TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
        }
        phase = Phase.LEAVING;
        if (!joined.depart()) {
            clean = false;
            phase = Phase.FAILED;
        }
    }

    /** The kernel takes the driver's link away before it asks, so a request whose event was missed shows here. */
    private boolean isGone(Occupant device) {
        Optional<Occupant> there = slot.look();
        return there.isEmpty()
                || !there.get().isSameDevice(device)
                || !there.get().isLent();
    }

    private void release(Occupant device, JoinedDevice joined) {
        phase = Phase.LEAVING;
        Release release = joined.release();
        synchronized (releases) {
            releases.add(release);
        }
        released = device;
        wasTaken = isGone(device);
        hasWaited = true;
        phase = Phase.ABSENT;
    }

    private void refuse(RuntimeException e) {
        if (slot.looksFurther()) {
            log.say(named() + " is not the one: " + e.getMessage());
            slot.giveBack();
            phase = Phase.ABSENT;
            return;
        }
        trouble = String.valueOf(e.getMessage());
        if (!first.completeExceptionally(e)) {
            log.warn(named() + " cannot join: " + e.getMessage());
        }
        slot.giveBack();
        // As it is now, given back: looked at again only when it is another device, or has another driver.
        refused = slot.look().orElse(null);
        phase = slot.comesAndGoes() ? Phase.REFUSED : Phase.FAILED;
    }

    private void fail(Throwable e) {
        trouble = String.valueOf(e.getMessage());
        phase = Phase.FAILED;
        clean = false;
        if (!first.completeExceptionally(e)) {
            log.warn(named() + " has failed: " + e.getMessage());
        }
    }

    private String named() {
        return plan.role() + " " + plan.name();
    }
}
