package io.twinport.dataplane.vhost;

import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.posix.EventSet;
import io.twinport.posix.PollSet;
import io.twinport.posix.PosixException;
import io.twinport.posix.Priority;
import io.twinport.posix.UnixListener;
import io.twinport.posix.UnixStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands between DPDK's virtio-user driver and its far end, because the driver believes whatever a far end does: it waits
 * without end for one that does not answer (on DPDK's interrupt thread, too, and with EAL's memory lock in its hands), it
 * leaves descriptors behind where one hangs up in the handshake, and it has the process end (rte_panic) where one speaks out
 * of turn and goes. Behind the proxy the driver is answered in time, whatever the far end does, and its connection does not
 * end before the driver ends it.
 *
 * <pre>
 *   far end  &lt;-- its path, as server or client --&gt;  proxy  &lt;-- a path of ours --  net_virtio_user, always a client
 *
 *   1. a far end comes, and is asked for its features:    it is {@link #present}
 *   2. the driver is probed and connects:                 messages go to and fro, each answer within a time
 *   3. the far end goes, is mute, or talks out of turn:   it is not present any more, and the proxy answers the driver
 *   4. the driver's device is removed:                    the next far end may come
 * </pre>
 *
 * Packets do not come by here: rings and memory are the driver's and the far end's. One thread of its own, which goes before
 * ordinary ones as DPDK's event threads do: that a far end has gone is the link event of its device.
 */
public final class VhostUserProxy implements AutoCloseable {
    /**
     * A far end that is there and has been asked for its features.
     *
     * @param number which one, counted from 1
     * @param queuePairs that it has at most
     */
    public record FarEnd(long number, int queuePairs) {}

    /** In which a far end answers. To map a large memory takes longest. */
    private static final Duration ANSWER_TIME = Duration.ofSeconds(2);

    /** A far end that stays for less has failed: it crashes in its start, say. */
    private static final long GOOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    static final int LOOK_MILLIS = 100;

    private static final int WAKE = 0;
    private static final int FAR = 1;
    private static final int DRIVER = 2;

    private final FarEndAddress address;
    private final Path driverPath;
    private final RetryPause pause;
    private final Duration answerTime;
    private final Runnable onChange;
    private final EventSet wake = new EventSet(1);
    private final PollSet polled = new PollSet(3);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("vhost-proxy").unstarted(this::run);
    private volatile boolean closing;
    private volatile @Nullable FarEnd present;
    private volatile String trouble = "";
    private volatile int failures;
    private VhostHandshake lastHandshake = VhostHandshake.NONE;
    private long arrivals;
    private long arrivedNanos;

    /**
     * @param address where far ends are met
     * @param driverPath where the driver is to connect to; in a folder that is ours alone
     * @param pause after a far end that has failed
     * @param onChange told on the proxy's thread when a far end has come or gone
     */
    public VhostUserProxy(FarEndAddress address, Path driverPath, RetryPause pause, Runnable onChange) {
        this(address, driverPath, pause, ANSWER_TIME, onChange);
    }

    /** @param answerTime in which a far end answers */
    VhostUserProxy(FarEndAddress address, Path driverPath, RetryPause pause, Duration answerTime, Runnable onChange) {
        this.address = address;
        this.driverPath = driverPath;
        this.pause = pause;
        this.answerTime = answerTime;
        this.onChange = onChange;
        polled.set(WAKE, wake.descriptor(0));
    }

    public void start() {
        thread.start();
    }

    /** The far end that is there; empty while there is none. Any thread. */
    public Optional<FarEnd> present() {
        return Optional.ofNullable(present);
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
        wake.signal(0);
    }

    /** Ends the connections and the thread. The driver's device must have been removed. */
    @Override
    public void close() {
        closing = true;
        wake.signal(0);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        wake.close();
    }

    private void run() {
        boolean ignored = Priority.raiseThisThread();
        while (!closing) {
            try (UnixListener driverSide = UnixListener.open(driverPath.toString());
                    FarEndSocket farSide = FarEndSocket.open(address)) {
                while (!closing && farSide.isThere()) {
                    meet(driverSide, farSide);
                }
            } catch (PosixException e) {
                fail(e);
                polled.set(FAR, PollSet.NONE);
                polled.set(DRIVER, PollSet.NONE);
                await(pause.millis());
            }
        }
    }

    /** Serves the next far end, or waits for one for a while. */
    private void meet(UnixListener driverSide, FarEndSocket farSide) {
        boolean isReady = pause.isOver();
        Optional<UnixStream> come = isReady ? farSide.accept() : Optional.empty();
        if (come.isEmpty()) {
            polled.set(FAR, isReady ? farSide.descriptor() : PollSet.NONE);
            polled.set(DRIVER, driverSide.descriptor());
            boolean ignored = await(isReady ? LOOK_MILLIS : pause.millis());
            // It was called for a far end that has gone meanwhile.
            driverSide.accept().ifPresent(late -> new VhostRelay(this, null, lastHandshake).serve(late));
            return;
        }
        try (VhostConnection far = new VhostConnection(come.get())) {
            polled.set(FAR, far.descriptor());
            VhostHandshake handshake = VhostHandshake.with(far, question -> ask(far, question));
            lastHandshake = handshake;
            arrive(handshake);
            new VhostRelay(this, far, handshake).run(driverSide);
        } catch (BrokenException e) {
            fail(e);
        }
        leave();
    }

    private void arrive(VhostHandshake handshake) {
        arrivedNanos = System.nanoTime();
        present = new FarEnd(++arrivals, handshake.queuePairs());
        onChange.run();
    }

    private VhostMessage ask(VhostConnection far, VhostMessage question) throws BrokenException {
        far.send(question);
        long deadline = deadline();
        while (!closing) {
            Optional<VhostMessage> reply = far.receive();
            if (reply.isPresent()) {
                reply.get().checkReplyTo(question.request());
                return reply.get();
            }
            await(millisUntil(deadline, question.request()));
        }
        throw new BrokenException("the wait for it is over");
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // by the proxy's thread alone
    private void fail(Exception why) {
        pause.begin();
        trouble = address + ": " + why.getMessage();
        failures++;
    }

    private void leave() {
        if (present != null) {
            present = null;
            onChange.run();
        }
    }

    /** For the relay: the far end is there yet. One that has been for a while is none that fails. */
    void stays() {
        if (!trouble.isEmpty() && System.nanoTime() - arrivedNanos >= GOOD_NANOS) {
            trouble = "";
            pause.reset();
        }
    }

    /** For the relay: the far end is none any more. */
    void lose(BrokenException why) {
        polled.set(FAR, PollSet.NONE);
        if (System.nanoTime() - arrivedNanos < GOOD_NANOS) {
            fail(why);
        }
        leave();
    }

    /** For the relay: whose messages are waited for beside the far end's. */
    void listenTo(int driver) {
        polled.set(DRIVER, driver);
    }

    boolean isClosing() {
        return closing;
    }

    /** When an answer is late that is asked for now. */
    long deadline() {
        return System.nanoTime() + answerTime.toNanos();
    }

    /** @throws BrokenException if the answer is late */
    int millisUntil(long deadline, int asked) throws BrokenException {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new BrokenException("it has not answered " + VhostRequest.name(asked) + " within "
                    + answerTime.toMillis() / 1e3 + " s");
        }
        return (int) TimeUnit.NANOSECONDS.toMillis(left) + 1;
    }

    /** Waits for a message, at most so long; whether the far end has something to say. */
    boolean await(int limitMillis) {
        long ready = polled.await(limitMillis);
        if ((ready & 1L << WAKE) != 0) {
            wake.await(0);
        }
        return (ready & 1L << FAR) != 0;
    }
}
