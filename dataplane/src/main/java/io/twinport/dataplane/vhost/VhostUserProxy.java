package io.twinport.dataplane.vhost;

import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.posix.PollSet;
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
 * Packets do not come by here: rings and memory are the driver's and the far end's.
 */
public final class VhostUserProxy extends FarEndThread {
    /**
     * A far end that is there and has been asked for its features.
     *
     * @param number which one, counted from 1
     * @param queuePairs that it has at most
     */
    public record FarEnd(long number, int queuePairs) {}

    /** In which a far end answers. To map a large memory takes longest. */
    private static final Duration ANSWER_TIME = Duration.ofSeconds(2);

    private final Path driverPath;
    private final Duration answerTime;
    private volatile @Nullable FarEnd present;
    private VhostHandshake lastHandshake = VhostHandshake.NONE;
    private long arrivals;

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
        super("vhost-proxy", address, pause, onChange);
        this.driverPath = driverPath;
        this.answerTime = answerTime;
    }

    /** The far end that is there; empty while there is none. Any thread. */
    public Optional<FarEnd> present() {
        return Optional.ofNullable(present);
    }

    @Override
    void meetAll(FarEndSocket farSide) {
        try (UnixListener driverSide = UnixListener.open(driverPath.toString())) {
            while (!isClosing() && farSide.isThere()) {
                meet(driverSide, farSide);
            }
        }
    }

    /** Serves the next far end, or waits for one for a while. */
    private void meet(UnixListener driverSide, FarEndSocket farSide) {
        listenToDriver(driverSide.descriptor());
        Optional<UnixStream> come = next(farSide);
        if (come.isEmpty()) {
            // It was called for a far end that has gone meanwhile.
            driverSide.accept().ifPresent(late -> new VhostRelay(this, null, lastHandshake).serve(late));
            return;
        }
        try (VhostConnection far = new VhostConnection(come.get())) {
            listenToFarEnd(far.descriptor());
            VhostHandshake handshake = VhostHandshake.with(far, question -> ask(far, question));
            lastHandshake = handshake;
            arrive(handshake);
            new VhostRelay(this, far, handshake).run(driverSide);
        } catch (BrokenException e) {
            fail(String.valueOf(e.getMessage()));
        }
        leave();
    }

    private void arrive(VhostHandshake handshake) {
        arrive();
        present = new FarEnd(++arrivals, handshake.queuePairs());
        tellChange();
    }

    private VhostMessage ask(VhostConnection far, VhostMessage question) throws BrokenException {
        far.send(question);
        long deadline = deadline();
        while (!isClosing()) {
            Optional<VhostMessage> reply = far.receive();
            if (reply.isPresent()) {
                reply.get().checkReplyTo(question.request());
                return reply.get();
            }
            boolean ignored = await(millisUntil(deadline, question.request()));
        }
        throw new BrokenException("the wait for it is over");
    }

    private void leave() {
        if (present != null) {
            present = null;
            tellChange();
        }
    }

    /** For the relay: the far end is none any more. */
    void lose(BrokenException why) {
        listenToFarEnd(PollSet.NONE);
        end(String.valueOf(why.getMessage()));
        leave();
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
}
