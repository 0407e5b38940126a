package io.twinport.dataplane.vhost;

import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.posix.PollSet;
import io.twinport.posix.UnixStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A far end that has connected and has said what it can do: the device of a driver of ours, which is the front end. It answers
 * within a time, or it is gone for good: its next connection is another device.
 *
 * <p>Any control thread; one at a time talks to it.
 */
public final class VhostDevice implements AutoCloseable {
    /** To map a large memory takes longest. */
    private static final Duration ANSWER_TIME = Duration.ofSeconds(2);

    private final long number;
    private final VhostConnection connection;
    private final PollSet polled = new PollSet(1);
    private final Runnable onClose;
    private VhostHandshake handshake = VhostHandshake.NONE;
    private boolean acknowledges;
    private volatile String whyGone = "";
    private volatile boolean isTaken;
    private volatile boolean isClosed;

    private VhostDevice(long number, UnixStream stream, Runnable onClose) {
        this.number = number;
        this.connection = new VhostConnection(stream);
        this.onClose = onClose;
        polled.set(0, stream.descriptor());
    }

    /**
     * Asks a far end what it can do.
     *
     * @param number of the connection, for whoever tells one device from the next
     * @param stream which the device closes
     * @param onClose run when the driver is done with it
     * @throws BrokenException if it does not answer as a far end does
     */
    static VhostDevice meet(long number, UnixStream stream, Runnable onClose) throws BrokenException {
        VhostDevice device = new VhostDevice(number, stream, onClose);
        try {
            device.meet();
            return device;
        } catch (BrokenException e) {
            device.connection.close();
            throw e;
        }
    }

    private synchronized void meet() throws BrokenException {
        handshake = VhostHandshake.with(connection, this::exchange);
        long known = handshake.protocolFeatures() & (VhostRequest.MQ | VhostRequest.REPLY_ACK);
        if (known != 0) {
            connection.send(VhostMessage.request(VhostRequest.SET_PROTOCOL_FEATURES, known));
            acknowledges = (known & VhostRequest.REPLY_ACK) != 0;
        }
    }

    /** Which connection of its socket it is, counted from 1. */
    public long number() {
        return number;
    }

    /** What it offers, {@link VhostRequest#PROTOCOL_FEATURES} among it. */
    public long features() {
        return handshake.features();
    }

    /** At most. */
    public int queuePairs() {
        return handshake.queuePairs();
    }

    /** Whether its rings must be enabled before it uses them. */
    public boolean enablesRings() {
        return (handshake.features() & VhostRequest.PROTOCOL_FEATURES) != 0;
    }

    /** A driver has it from now on, and closes it. */
    public void take() {
        isTaken = true;
    }

    boolean isTaken() {
        return isTaken;
    }

    /**
     * Tells it something. Where it can it says whether it has understood.
     *
     * @throws BrokenException if it has gone, or refuses
     */
    public synchronized void tell(VhostMessage message) throws BrokenException {
        if (!acknowledges) {
            guarded(() -> {
                connection.send(message);
                return 0;
            });
            return;
        }
        long refused = guarded(() -> exchange(message.acknowledged()).number());
        if (refused != 0) {
            throw new BrokenException("it refuses " + message);
        }
    }

    /**
     * Asks it for a ring's state, or a number.
     *
     * @throws BrokenException if it has gone, or does not answer in time
     */
    public synchronized long ask(VhostMessage question) throws BrokenException {
        return guarded(() -> exchange(question).number());
    }

    private interface Exchange {
        long run() throws BrokenException;
    }

    /** Who has broken the protocol once is gone. */
    private long guarded(Exchange exchange) throws BrokenException {
        if (isGone()) {
            throw new BrokenException(whyGone);
        }
        try {
            return exchange.run();
        } catch (BrokenException e) {
            lose(e);
            throw e;
        }
    }

    private VhostMessage exchange(VhostMessage question) throws BrokenException {
        connection.send(question);
        long deadline = System.nanoTime() + ANSWER_TIME.toNanos();
        while (true) {
            Optional<VhostMessage> reply = connection.receive();
            if (reply.isPresent()) {
                reply.get().checkReplyTo(question.request());
                return reply.get();
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new BrokenException("it has not answered " + VhostRequest.name(question.request()) + " within "
                        + ANSWER_TIME.toSeconds() + " s");
            }
            long ignored = polled.await((int) TimeUnit.NANOSECONDS.toMillis(left) + 1);
        }
    }

    /** What is ready when it has something to say, or has gone: {@link #listen} then. */
    public int descriptor() {
        return connection.descriptor();
    }

    /** Nothing is expected of it: whatever it says, or its end, is the end. */
    public synchronized void listen() {
        if (isClosed || isGone()) {
            return;
        }
        try {
            Optional<VhostMessage> word = connection.receive();
            if (word.isPresent()) {
                word.get().closeDescriptors();
                lose(new BrokenException("it sends " + word.get() + " without being asked"));
            }
        } catch (BrokenException e) {
            lose(e);
        }
    }

    private void lose(BrokenException why) {
        whyGone = String.valueOf(why.getMessage());
    }

    /** Whether it has hung up, or can no longer be talked to. */
    public boolean isGone() {
        return !whyGone.isEmpty();
    }

    /** In words; empty while it is there. */
    public String whyGone() {
        return whyGone;
    }

    boolean isClosed() {
        return isClosed;
    }

    /** It is to end by itself: it is told nothing any more. */
    public synchronized void hangUp() {
        if (!isClosed) {
            connection.hangUp();
        }
    }

    /** Ends the connection. The far end uses nothing of ours any more, or has been told not to. */
    @Override
    public void close() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            connection.close();
        }
        onClose.run();
    }

    /** A message about a ring: its number and a value of 32 bits. */
    public static VhostMessage ofRing(int request, int ring, int value) {
        return VhostMessage.request(request, (long) value << 32 | ring & 0xffff_ffffL);
    }

    /** A message with a descriptor for a ring. */
    public static VhostMessage withDescriptor(int request, int ring, int descriptor) {
        return VhostMessage.request(request, ring).with(descriptor);
    }

    /** Where a ring lies, by this process's addresses. */
    public static VhostMessage ringAddresses(int ring, long descriptors, long used, long available) {
        ByteBuffer payload = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        payload.putInt(ring)
                .putInt(0)
                .putLong(descriptors)
                .putLong(used)
                .putLong(available)
                .putLong(0);
        return VhostMessage.request(VhostRequest.SET_VRING_ADDR, payload.array());
    }
}
