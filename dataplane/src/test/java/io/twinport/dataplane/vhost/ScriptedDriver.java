package io.twinport.dataplane.vhost;

import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.posix.PollSet;
import io.twinport.posix.UnixStream;
import java.util.Optional;

/** A driver that says what the test has it say. For one thread. */
final class ScriptedDriver implements AutoCloseable {
    private static final int AWAIT_MILLIS = 20_000;
    private static final int A_WHILE_MILLIS = 50;

    private final VhostConnection connection;
    private final PollSet polled = new PollSet(1);

    ScriptedDriver(UnixStream stream) {
        this.connection = new VhostConnection(stream);
        polled.set(0, stream.descriptor());
    }

    void say(VhostMessage message) throws BrokenException {
        connection.send(message);
    }

    VhostMessage hear() throws BrokenException {
        Optional<VhostMessage> message = connection.receive();
        while (message.isEmpty()) {
            if (polled.await(AWAIT_MILLIS) == 0) {
                throw new AssertionError("no answer");
            }
            message = connection.receive();
        }
        return message.get();
    }

    /** The number in the answer to a question. */
    long ask(VhostMessage question) throws BrokenException {
        say(question);
        VhostMessage answer = hear();
        answer.checkReplyTo(question.request());
        return answer.number();
    }

    boolean hasWord() throws BrokenException {
        return polled.await(A_WHILE_MILLIS) != 0 && connection.receive().isPresent();
    }

    @Override
    public void close() {
        connection.close();
    }
}
