package io.twinport.dataplane.vhost;

import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.posix.PollSet;
import io.twinport.posix.UnixStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A far end that answers as it should, until the test has it do something else. For one thread. */
final class ScriptedFarEnd implements AutoCloseable {
    static final long FEATURES = VhostRequest.PROTOCOL_FEATURES | 1L << 32;
    static final long PROTOCOL = VhostRequest.MQ | 1L << 3 | 1L << 16;
    static final int PAIRS = 4;

    private static final int AWAIT_MILLIS = 20_000;

    private final UnixStream stream;
    private final VhostConnection connection;
    private final PollSet polled = new PollSet(1);
    private final List<Integer> heard = new ArrayList<>();
    private int[] given = {};

    ScriptedFarEnd(UnixStream stream) {
        this.stream = stream;
        this.connection = new VhostConnection(stream);
        polled.set(0, stream.descriptor());
    }

    /** The next request; its descriptors are closed. */
    VhostMessage hear() throws BrokenException {
        Optional<VhostMessage> message = connection.receive();
        while (message.isEmpty()) {
            if (polled.await(AWAIT_MILLIS) == 0) {
                throw new AssertionError("nothing has come; so far " + heard);
            }
            message = connection.receive();
        }
        heard.add(message.get().request());
        return message.get();
    }

    /** Answers the next requests, so many. */
    void answer(int requests) throws BrokenException {
        for (int i = 0; i < requests; i++) {
            VhostMessage message = hear();
            message.closeDescriptors();
            if (message.wantsReply()) {
                VhostMessage reply = VhostMessage.reply(message.request(), answerTo(message));
                say(new VhostMessage(reply.request(), reply.flags(), reply.payload(), given));
            }
        }
    }

    /** Sends a descriptor with each of its answers, so many times, though nobody has asked for it. */
    void giveWithEachAnswer(int descriptor, int times) {
        given = IntStream.generate(() -> descriptor).limit(times).toArray();
    }

    /** Answers until a request of this kind has been answered. */
    void answerUntil(int request) throws BrokenException {
        while (heard.isEmpty() || heard.getLast() != request) {
            answer(1);
        }
    }

    private static long answerTo(VhostMessage message) {
        return switch (message.request()) {
            case VhostRequest.GET_FEATURES -> FEATURES;
            case VhostRequest.GET_PROTOCOL_FEATURES -> PROTOCOL;
            case VhostRequest.GET_QUEUE_NUM -> PAIRS;
            case VhostRequest.GET_VRING_BASE -> message.number() & 0xffff_ffffL | 77L << 32;
            default -> 0;
        };
    }

    void say(VhostMessage message) throws BrokenException {
        connection.send(message);
    }

    void sayBytes(byte[] bytes) {
        stream.send(bytes);
    }

    @Override
    public void close() {
        connection.close();
    }
}
