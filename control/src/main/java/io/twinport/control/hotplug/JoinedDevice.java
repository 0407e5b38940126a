package io.twinport.control.hotplug;

import io.twinport.control.Log;
import io.twinport.dataplane.StuckLoopException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/**
 * A device that has joined, and its ways out of the loop: on request, to be started again, at the end. Each time the
 * loop has let go before the device is touched (U6). To leave the loop needs nothing of DPDK's, so it does not wait for
 * the other side's probe.
 */
final class JoinedDevice {
    private final String name;
    private final Membership member;
    private final Lock devices;
    private final RemovalRequests requests;
    private final Log log;

    JoinedDevice(String name, Membership member, Lock devices, RemovalRequests requests, Log log) {
        this.name = name;
        this.member = member;
        this.devices = devices;
        this.requests = requests;
        this.log = log;
    }

    boolean isGone() {
        return member.isGone();
    }

    boolean needsRestart() {
        return member.needsRestart();
    }

    /** Gives the device back. Returns when the kernel has it; the watchdog bounds that. */
    Release release() {
        long requested = requests.takeNanos();
        member.prepareToLeave();
        awaitLoop();
        long left = System.nanoTime();
        devices.lock();
        try {
            long unknown = member.drain();
            long closing = System.nanoTime();
            member.stop();
            member.remove();
            Release release = new Release(left - requested, System.nanoTime() - closing, unknown);
            requests.answer();
            log.say(name + " released on request: " + release);
            return release;
        } finally {
            devices.unlock();
        }
    }

    private void awaitLoop() {
        boolean told = false;
        while (!member.letGo()) {
            if (!told) {
                told = true;
                log.warn(name + " is wanted back, and the poll loop does not let go of it");
            }
        }
    }

    /**
     * Stops the device and starts it again.
     *
     * @return false if it cannot be started; then it has been removed
     * @throws StuckLoopException if the loop does not take it again; then it must stay as it is
     */
    boolean restart() {
        long start = System.nanoTime();
        if (!member.letGo()) {
            return true; // the loop is stuck; that is for others to say, and the next look tries again
        }
        devices.lock();
        try {
            member.drain();
            member.stop();
            member.restart();
        } catch (StuckLoopException e) {
            throw e;
        } catch (RuntimeException e) {
            log.warn(name + " cannot be started again: " + e.getMessage());
            member.remove();
            requests.answer();
            return false;
        } finally {
            devices.unlock();
        }
        log.say(name + " stopped and started: it was reset, or its PF was away and the driver does not notice that; "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms");
        return true;
    }

    /** Ends it; false if the loop does not let go, or the driver does not. */
    boolean depart() {
        if (!member.letGo()) {
            return false;
        }
        devices.lock();
        try {
            member.stop();
            member.remove();
            requests.answer();
            return true;
        } catch (RuntimeException e) {
            log.warn(name + " cannot be removed: " + e.getMessage());
            return false;
        } finally {
            devices.unlock();
        }
    }
}
