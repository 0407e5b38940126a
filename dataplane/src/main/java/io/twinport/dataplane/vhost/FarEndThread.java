package io.twinport.dataplane.vhost;

import io.twinport.dataplane.policy.RetryPause;
import io.twinport.posix.EventSet;
import io.twinport.posix.PollSet;
import io.twinport.posix.PosixException;
import io.twinport.posix.Priority;
import io.twinport.posix.UnixStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Meets far ends at a socket, one after another, and knows how they have fared: after one that has failed there is a pause.
 * What is done with each is its subclass's: {@link VhostUserProxy} for a driver of DPDK's, {@link VhostDevices} for ours.
 *
 * <p>One thread of its own, which goes before ordinary ones as DPDK's event threads do: that a far end has gone is the link
 * event of its device. What does not say otherwise is for that thread.
 */
public abstract class FarEndThread implements AutoCloseable {
    static final int LOOK_MILLIS = 100;

    /** A far end that stays for less has failed: it crashes in its start, say. */
    private static final long GOOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int WAKE = 0;
    private static final int FAR = 1;
    private static final int DRIVER = 2;
    private static final int PLACES = 3;

    private final FarEndAddress address;
    private final RetryPause pause;
    private final Runnable onChange;
    private final EventSet wake = new EventSet(1);
    private final PollSet polled = new PollSet(PLACES);
    private final Thread thread;
    private boolean isClosed;
    private volatile boolean closing;
    private volatile String trouble = "";
    private volatile int failures;
    private long arrivedNanos;

    /**
     * @param pause after a far end that has failed
     * @param onChange told on this thread when a far end has come or gone
     */
    FarEndThread(String name, FarEndAddress address, RetryPause pause, Runnable onChange) {
        this.address = address;
        this.pause = pause;
        this.onChange = onChange;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
        polled.set(WAKE, wake.descriptor(0));
    }

    public final void start() {
        thread.start();
    }

    /** What was wrong with the last far end; empty where nothing was. Any thread. */
    public final String trouble() {
        return trouble;
    }

    /** How many have failed so far. Any thread. */
    public final int failures() {
        return failures;
    }

    /** Takes the next far end at once. Any thread. */
    public final void tryNow() {
        pause.end();
        signal();
    }

    /** Wakes the thread, also one that is no more: who has a device may be done with it later. Any thread. */
    final synchronized void signal() {
        if (!isClosed) {
            wake.signal(0);
        }
    }

    /** Ends the thread, and the connections that no driver has. A driver of DPDK's must have been removed. */
    @Override
    public final void close() {
        closing = true;
        signal();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return; // the thread waits by it yet
        }
        synchronized (this) {
            if (!isClosed) {
                isClosed = true;
                wake.close();
            }
        }
    }

    final boolean isClosing() {
        return closing;
    }

    private void run() {
        boolean ignored = Priority.raiseThisThread();
        while (!closing) {
            try (FarEndSocket socket = FarEndSocket.open(address)) {
                meetAll(socket);
            } catch (PosixException e) {
                waitAfter(e);
            }
        }
    }

    private void waitAfter(PosixException why) {
        fail(String.valueOf(why.getMessage()));
        listenToFarEnd(PollSet.NONE);
        listenToDriver(PollSet.NONE);
        boolean ignored = await(pause.millis());
    }

    /** Meets far ends until this is closed or the socket is not {@linkplain FarEndSocket#isThere there} any more. */
    abstract void meetAll(FarEndSocket socket);

    /** The next far end; empty when none has come for a while. */
    final Optional<UnixStream> next(FarEndSocket socket) {
        boolean isReady = pause.isOver();
        Optional<UnixStream> come = isReady ? socket.accept() : Optional.empty();
        if (come.isEmpty()) {
            listenToFarEnd(isReady ? socket.descriptor() : PollSet.NONE);
            boolean ignored = await(isReady ? LOOK_MILLIS : pause.millis());
        }
        return come;
    }

    /** A far end is there from now on. */
    final void arrive() {
        arrivedNanos = System.nanoTime();
    }

    /** It is there yet. One that has been for a while is none that fails. */
    final void stays() {
        if (!trouble.isEmpty() && System.nanoTime() - arrivedNanos >= GOOD_NANOS) {
            trouble = "";
            pause.reset();
        }
    }

    /** It is there no more, which is a failure if it has not been for long. */
    final void end(String why) {
        if (System.nanoTime() - arrivedNanos < GOOD_NANOS) {
            fail(why);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // by this thread alone
    final void fail(String why) {
        pause.begin();
        trouble = address + ": " + why;
        failures++;
    }

    final void tellChange() {
        onChange.run();
    }

    /** Whose messages are waited for, or {@link PollSet#NONE}. */
    final void listenToFarEnd(int descriptor) {
        polled.set(FAR, descriptor);
    }

    /** The same of a driver that speaks through this thread. */
    final void listenToDriver(int descriptor) {
        polled.set(DRIVER, descriptor);
    }

    /** Waits for a message, at most so long; whether the far end has something to say. */
    final boolean await(int limitMillis) {
        long ready = polled.await(limitMillis);
        if ((ready & 1L << WAKE) != 0) {
            long ignored = wake.await(0);
        }
        return (ready & 1L << FAR) != 0;
    }
}
