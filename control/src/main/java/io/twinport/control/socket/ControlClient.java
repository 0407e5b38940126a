package io.twinport.control.socket;

import io.twinport.control.Printable;
import io.twinport.control.UserException;
import io.twinport.posix.FileErrors;
import io.twinport.posix.ThisUser;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The other end of a {@link ControlSocket}. For one thread. */
public final class ControlClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Bytes of an answer; that of a port with 16 queues whose driver counts all there is has a fifth of it. */
    private static final int LONGEST = 1 << 18;

    private final Path file;
    private final SocketChannel channel;
    private final InputStream in;

    private ControlClient(Path file, SocketChannel channel) {
        this.file = file;
        this.channel = channel;
        this.in = new BufferedInputStream(Channels.newInputStream(channel));
    }

    /**
     * Connects.
     *
     * @throws UserException if nobody listens there, or another user's process
     */
    public static ControlClient connect(Path file) {
        try {
            SocketChannel channel = Peers.connect(file);
            if (Peers.isTrusted(channel)) {
                return new ControlClient(file, channel);
            }
            UserException stranger = new UserException("a process of user " + Peers.user(channel) + " listens at "
                    + file
                    + ", and you are " + ThisUser.name() + ": it is not asked. If it is the right one, run this as that"
                    + " user (runuser -u USER -- twinport ...).");
            channel.close();
            throw stranger;
        } catch (IOException e) {
            throw new UserException(
                    "no twinport listens at " + file + (Files.exists(file) ? " (" + FileErrors.reason(e) + ")" : "")
                            + ". Is it running, as this user? Give its --name and --cnc-dir, or its --control-socket,"
                            + " here too.",
                    e);
        }
    }

    /**
     * Asks for something and awaits the answer.
     *
     * @return the result
     * @throws UserException if it is refused, for a reason that can be mended
     * @throws ControlException if it has failed, or there is no answer
     */
    public JsonNode request(String command, Map<String, ?> arguments) {
        Thread patience = Thread.ofPlatform().daemon().start(this::closeLate);
        try {
            ByteBuffer bytes = ByteBuffer.wrap(ControlProtocol.request(command, arguments));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return result(JsonMapper.shared().readTree(readLine()));
        } catch (JacksonException e) {
            throw notUnderstood();
        } catch (IOException e) {
            String why = e instanceof ClosedChannelException
                    ? "none within " + PATIENCE.toSeconds() + " s"
                    : String.valueOf(e.getMessage());
            throw new ControlException("no answer from " + file + ": " + why
                    + ". It ends, is stuck, or has its hands full with other clients.");
        } finally {
            patience.interrupt();
        }
    }

    private static JsonNode result(JsonNode answer) {
        JsonNode error = answer.get(ControlProtocol.ERROR);
        if (error == null) {
            return answer.path(ControlProtocol.RESULT);
        }
        String message = Printable.line(error.path(ControlProtocol.MESSAGE).asString());
        throw error.path(ControlProtocol.MEND).asBoolean() ? new UserException(message) : new ControlException(message);
    }

    /** What is thrown where an answer has another form than that of the command. */
    public ControlException notUnderstood() {
        return new ControlException("what answers at " + file
                + " is not understood. Is it a twinport, and of the same release as this one?");
    }

    private byte[] readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection has ended");
            }
            if (line.size() == LONGEST) {
                throw new IOException("it has more than " + LONGEST + " bytes");
            }
            line.write(next);
        }
        return line.toByteArray();
    }

    private void closeLate() {
        try {
            Thread.sleep(PATIENCE);
            channel.close();
        } catch (InterruptedException | IOException e) {
            // The answer has come, or there will be none anyway.
        }
    }

    /** What follows the answer of a command that streams. */
    public InputStream stream() {
        return in;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing depends on it any more.
        }
    }
}
