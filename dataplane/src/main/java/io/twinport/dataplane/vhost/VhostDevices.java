package io.twinport.dataplane.vhost;

import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.posix.EventSet;
import io.twinport.posix.PollSet;
import io.twinport.posix.PosixException;
import io.twinport.posix.Priority;
import io.twinport.posix.UnixStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Meets far ends at a socket, one after another: each that answers as it should is a {@link VhostDevice}, and the next one may
 * come when its driver has closed it. One thread of its own.
 */
public final class VhostDevices implements AutoCloseable {
    /** A far end that stays for less has failed: it crashes in its start, say. */
    private static final long GOOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int LOOK_MILLIS = 100;

    private static final int WAKE = 0;
    private static final int FAR = 1;

    private final FarEndAddress address;
    private final RetryPause pause;
    private final Runnable onChange;
    private final EventSet wake = new EventSet(1);
    private final PollSet polled = new PollSet(2);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("vhost-devices").unstarted(this::run);
    private volatile boolean closing;
    private boolean isClosed;
    private volatile @Nullable VhostDevice present;
    private volatile String trouble = "";
    private volatile int failures;
    private long arrivals;

    /**
     * @param pause after a far end that has failed
     * @param onChange told on this thread when a far end has come or gone
     */
    public VhostDevices(FarEndAddress address, RetryPause pause, Runnable onChange) {
        this.address = address;
        this.pause = pause;
        this.onChange = onChange;
        polled.set(WAKE, wake.descriptor(0));
    }

    public void start() {
        thread.start();
    }

    /** The device that is there; empty while there is none. Any thread. */
    public Optional<VhostDevice> present() {
        return Optional.ofNullable(present).filter(device -> !device.isGone());
    }

    /** What was wrong with the last one; empty where nothing was. Any thread. */
    public String trouble() {
        return trouble;
    }

    /** How many have failed so far. Any thread. */
    public int failures() {
        return failures;
    }

    /** Takes the next far end at once. Any thread. */
    public void tryNow() {
        pause.end();
        signal();
    }

    /** A driver may be done with its device later than this. */
    private synchronized void signal() {
        if (!isClosed) {
            wake.signal(0);
        }
    }

    /** Ends the thread, and the connection of a device that no driver has. */
    @Override
    public void close() {
        closing = true;
        signal();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return; // the thread waits by it yet
        }
        synchronized (this) {
            isClosed = true;
            wake.close();
        }
    }

    private void run() {
        boolean ignored = Priority.raiseThisThread();
        while (!closing) {
            try (FarEndSocket socket = FarEndSocket.open(address)) {
                while (!closing && socket.isThere()) {
                    meet(socket);
                }
            } catch (PosixException e) {
                fail(String.valueOf(e.getMessage()));
                polled.set(FAR, PollSet.NONE);
                await(pause.millis());
            }
        }
    }

    /** Meets the next far end and waits until it is nobody's any more, or waits for one for a while. */
    private void meet(FarEndSocket socket) {
        boolean isReady = pause.isOver();
        Optional<UnixStream> come = isReady ? socket.accept() : Optional.empty();
        if (come.isEmpty()) {
            polled.set(FAR, isReady ? socket.descriptor() : PollSet.NONE);
            await(isReady ? LOOK_MILLIS : pause.millis());
            return;
        }
        try {
            keep(VhostDevice.meet(++arrivals, come.get(), this::signal));
        } catch (BrokenException e) {
            fail(String.valueOf(e.getMessage()));
        }
    }

    private void keep(VhostDevice device) {
        long arrivedNanos = System.nanoTime();
        present = device;
        onChange.run();
        boolean wasThere = true;
        while (!device.isClosed()) {
            // Whoever drives it listens to it.
            polled.set(FAR, device.isTaken() ? PollSet.NONE : device.descriptor());
            await(LOOK_MILLIS);
            if (!device.isTaken()) {
                device.listen();
                if (closing || device.isGone()) {
                    device.close();
                }
            } else if (closing) {
                break;
            }
            if (wasThere && device.isGone()) {
                wasThere = false;
                onChange.run();
            }
            stays(device, arrivedNanos);
        }
        present = null;
        if (device.isGone() && System.nanoTime() - arrivedNanos < GOOD_NANOS) {
            fail(device.whyGone());
        }
        onChange.run();
    }

    /** One that has been there for a while is none that fails. */
    private void stays(VhostDevice device, long arrivedNanos) {
        if (!trouble.isEmpty() && !device.isGone() && System.nanoTime() - arrivedNanos >= GOOD_NANOS) {
            trouble = "";
            pause.reset();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // by this thread alone
    private void fail(String why) {
        pause.begin();
        trouble = address + ": " + why;
        failures++;
    }

    private void await(int limitMillis) {
        long ready = polled.await(limitMillis);
        if ((ready & 1L << WAKE) != 0) {
            long ignored = wake.await(0);
        }
    }
}
