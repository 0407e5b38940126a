package io.twinport.control.lab;

import io.twinport.control.Pause;
import io.twinport.dataplane.vhost.VhostConnection;
import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.dataplane.vhost.VhostMessage;
import io.twinport.dataplane.vhost.VhostRequest;
import io.twinport.posix.PollSet;
import io.twinport.posix.PosixException;
import io.twinport.posix.UnixStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A vhost-user far end that connects to a port's socket and misbehaves: a back end that crashes, has another version, or is
 * somebody's who means harm. One thread of its own.
 */
public final class HostileFarEnd implements AutoCloseable {
    /** What it does. */
    public enum Vice {
        /** Answers nothing any more, from the n-th message on. */
        MUTE,
        /** Hangs up at the n-th message. */
        HANGS_UP,
        /** Answers with noise. */
        NOISE,
        /** Says that its answer is longer than any. */
        ENDLESS_ANSWER,
        /** Speaks when its rings run, though nobody has asked, and hangs up. */
        TALKS_OUT_OF_TURN,
        /** Has no queues. */
        NO_QUEUES,
        /** Gives frames back that are longer than their buffers. */
        LONG_FRAMES,
        /** Gives one buffer back several times, as parts of one frame: DPDK's driver then receives for ever. */
        DUPLICATE_BUFFERS,
        /** Gives back buffers that do not exist. */
        STRANGE_BUFFERS,
        /** Says that it has used more buffers than the ring has. */
        WILD_INDEX
    }

    private static final long FEATURES = VhostRequest.PROTOCOL_FEATURES | 1L << 32 | 1L << 15; // VERSION_1, MRG_RXBUF
    private static final long PROTOCOL_FEATURES = VhostRequest.MQ | 1L << 3 | 1L << 16; // REPLY_ACK, STATUS
    private static final int LOOK_MILLIS = 20;
    private static final int CONNECT_MILLIS = 20_000;
    private static final int NOISE_BYTES = 4096;
    private static final long SETTLED_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final Vice vice;
    private final int at;
    private final VhostConnection connection;
    private final PollSet polled = new PollSet(1);
    private final UnixStream stream;
    private final FarEndMemory memory = new FarEndMemory();
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean hasRun;
    private int messages;
    private long status;
    private long heardNanos = System.nanoTime();

    private HostileFarEnd(UnixStream stream, Vice vice, int at) {
        this.stream = stream;
        this.connection = new VhostConnection(stream);
        this.vice = vice;
        this.at = at;
        polled.set(0, stream.descriptor());
        thread = Thread.ofPlatform().daemon().name("hostile-far-end").start(this::run);
    }

    /**
     * Connects to a socket at which a port listens, as soon as it does.
     *
     * @param at for {@link Vice#MUTE} and {@link Vice#HANGS_UP}: at which message
     * @throws PosixException if nobody listens there
     */
    public static HostileFarEnd connect(String path, Vice vice, int at) {
        long deadline = System.nanoTime() + CONNECT_MILLIS * 1_000_000L;
        while (true) {
            try {
                return new HostileFarEnd(UnixStream.connect(path), vice, at);
            } catch (PosixException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw e;
                }
                Pause.millis(LOOK_MILLIS);
            }
        }
    }

    /** Whether it has done what it does, has seen nothing to do that to, or is not connected any more. */
    public boolean hasRun() {
        return hasRun;
    }

    private void run() {
        try (connection) {
            while (!closing) {
                Optional<VhostMessage> message = connection.receive();
                if (message.isPresent()) {
                    hear(message.get());
                } else {
                    polled.await(LOOK_MILLIS);
                    misuseRings();
                }
            }
        } catch (BrokenException | PosixException e) {
            // It has been hung up on, or has done that itself.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            hasRun = true;
            memory.close();
        }
    }

    private void hear(VhostMessage message) throws BrokenException, IOException {
        messages++;
        heardNanos = System.nanoTime();
        if (message.request() == VhostRequest.SET_STATUS) {
            status = message.number();
        }
        try {
            memory.hear(message);
        } finally {
            message.closeDescriptors();
        }
        if (vice == Vice.HANGS_UP && messages >= at) {
            throw new BrokenException("this is how it is");
        }
        if (message.wantsReply()) {
            answer(message);
        }
    }

    private void answer(VhostMessage message) throws BrokenException {
        switch (vice) {
            case MUTE -> {
                if (messages < at) {
                    connection.send(VhostMessage.reply(message.request(), answerTo(message)));
                }
            }
            case NOISE -> {
                byte[] noise = new byte[NOISE_BYTES];
                new Random(messages).nextBytes(noise);
                stream.send(noise);
            }
            case ENDLESS_ANSWER ->
                connection.send(new VhostMessage(
                        message.request(),
                        VhostMessage.VERSION | VhostMessage.REPLY,
                        new byte[VhostMessage.MOST_PAYLOAD + 1],
                        new int[0]));
            default -> connection.send(VhostMessage.reply(message.request(), answerTo(message)));
        }
    }

    private long answerTo(VhostMessage message) {
        return switch (message.request()) {
            case VhostRequest.GET_FEATURES -> FEATURES;
            case VhostRequest.GET_PROTOCOL_FEATURES -> PROTOCOL_FEATURES;
            case VhostRequest.GET_QUEUE_NUM -> vice == Vice.NO_QUEUES ? 0 : 1;
            case VhostRequest.GET_VRING_BASE -> message.number() & 0xffff_ffffL;
            case VhostRequest.GET_STATUS -> status;
            default -> 0;
        };
    }

    private void misuseRings() throws BrokenException {
        // Not while the device is set up: then it would only fail to join.
        if (!memory.isReady() || hasRun || System.nanoTime() - heardNanos < SETTLED_NANOS) {
            return;
        }
        switch (vice) {
            case TALKS_OUT_OF_TURN -> {
                connection.send(VhostMessage.reply(VhostRequest.GET_STATUS, 1));
                hasRun = true;
                throw new BrokenException("this is how it is");
            }
            case LONG_FRAMES -> hasRun = memory.giveBack(new int[] {0, 1, 2, 3}, 0xffff, 1);
            case DUPLICATE_BUFFERS -> hasRun = memory.giveBack(new int[] {0, 0, 0}, 72, 3);
            case STRANGE_BUFFERS -> hasRun = memory.giveBack(new int[] {60_000, -1, 257, 1 << 20}, 72, 1);
            case WILD_INDEX -> hasRun = memory.claimUsed(0x4000);
            default -> hasRun = true; // it would have done it while the device was set up
        }
    }

    /** Hangs up. */
    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
