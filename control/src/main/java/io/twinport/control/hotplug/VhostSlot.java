package io.twinport.control.hotplug;

import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dataplane.vhost.FarEndThread;
import org.jspecify.annotations.Nullable;

/**
 * Where far ends come and go like devices that are plugged in, met by a thread that runs from the first look on.
 *
 * @param <T> the thread
 */
abstract class VhostSlot<T extends FarEndThread> implements Slot {
    private final FarEndAddress address;
    private final Runnable onChange;
    private volatile @Nullable T thread;

    /** @param onChange told when a far end has come or gone; any thread */
    VhostSlot(FarEndAddress address, Runnable onChange) {
        this.address = address;
        this.onChange = onChange;
    }

    /** Makes the thread, which the slot starts and ends. */
    abstract T newThread(FarEndAddress address, RetryPause pause, Runnable onChange);

    final T running() {
        T running = thread;
        if (running == null) {
            running = newThread(address, new RetryPause(), onChange);
            running.start();
            thread = running;
        }
        return running;
    }

    @Override
    public final boolean comesAndGoes() {
        return true;
    }

    @Override
    public final String whyAbsent() {
        return address.isServer()
                ? ": its far end must connect to " + address.path()
                : ": nobody listens at " + address.path() + " yet";
    }

    @Override
    public final String trouble() {
        T running = thread;
        return running == null ? "" : running.trouble();
    }

    @Override
    public final int failures() {
        T running = thread;
        return running == null ? 0 : running.failures();
    }

    @Override
    public final void tryNow() {
        T running = thread;
        if (running != null) {
            running.tryNow();
        }
    }

    @Override
    public final void giveBack() {
        T running = thread;
        thread = null;
        if (running != null) {
            running.close();
        }
    }
}
