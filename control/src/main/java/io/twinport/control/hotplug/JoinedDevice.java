package io.twinport.control.hotplug;

import io.twinport.control.Log;
import io.twinport.dataplane.loop.StuckLoopException;
import java.util.concurrent.TimeUnit;

/**
 * A device that has joined, and its ways out of the loop: on request, because it has gone, to be started again, at the end.
 * Each time the loop stops using the device before it is touched (U6). To leave the loop needs no call of DPDK, so it does not
 * wait for the other side's probe.
 */
final class JoinedDevice {
    private final String name;
    private final Membership member;
    private final DeviceLock devices;
    private final RemovalRequests requests;
    private final Log log;

    JoinedDevice(String name, Membership member, DeviceLock devices, RemovalRequests requests, Log log) {
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

    /**
     * Gives back a device that is there: what comes by it yet is received for a while, and what is in its ring is sent.
     * Returns when the kernel has it; the watchdog bounds that where the kernel waits.
     *
     * @param why in words
     */
    Release release(String why) {
        member.prepareToLeave();
        return drop(why);
    }

    /** Removes a device that has gone, or that the loop has never taken. */
    Release drop(String why) {
        long requested = requests.takeNanos();
        awaitLoop();
        long left = System.nanoTime();
        devices.lock();
        try {
            long unknown = member.drain();
            long closing = System.nanoTime();
            close();
            Release release = new Release(left - requested, System.nanoTime() - closing, unknown);
            log.say(name + " " + why + ": " + release);
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
                log.warn(name + " must leave, but the poll loop still uses it: it is not touched until then");
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
        log.say(name
                + " stopped and started, because it was reset or its PF was away, which the driver does not notice; "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms");
        return true;
    }

    /** Removes it at the end; waits as long as the loop uses it. */
    void depart() {
        awaitLoop();
        devices.lock();
        try {
            close();
        } finally {
            devices.unlock();
        }
    }

    /** A driver that cannot stop its device may be able to close it all the same. */
    private void close() {
        try {
            member.stop();
        } catch (RuntimeException e) {
            log.warn(name + " cannot be stopped: " + e.getMessage());
        }
        member.remove();
        requests.answer();
    }
}
