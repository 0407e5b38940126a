package io.twinport.control.socket;

import io.twinport.control.UserException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
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
     * @throws UserException if nobody listens there
     */
    public static ControlClient connect(Path file) {
        try {
            return new ControlClient(file, SocketChannel.open(UnixDomainSocketAddress.of(file)));
        } catch (IOException e) {
            throw new UserException(
                    "no twinport listens at " + file + (Files.exists(file) ? " (" + e.getMessage() + ")" : "")
                            + ". Is it running, as this user? Its --name and --cnc-dir, or its --control-socket, have to be"
                            + " given here too.",
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
        } catch (IOException | JacksonException e) {
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
        String message = error.path(ControlProtocol.MESSAGE).asString();
        throw error.path(ControlProtocol.MEND).asBoolean() ? new UserException(message) : new ControlException(message);
    }

    private byte[] readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection has ended");
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
