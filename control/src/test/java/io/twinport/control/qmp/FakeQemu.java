package io.twinport.control.qmp;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The server's end of a monitor, whose lines a test writes itself. */
final class FakeQemu implements AutoCloseable {
    static final String GREETING =
            "{\"QMP\":{\"version\":{\"qemu\":{\"micro\":2,\"minor\":0,\"major\":10},\"package\":\"\"},\"capabilities\":[\"oob\"]}}";

    private final ServerSocketChannel server;
    private final Thread thread;
    private volatile @Nullable Throwable failure = new IOException("nobody has connected");

    interface Script {
        void play(Connection connection) throws IOException, InterruptedException;
    }

    /** What the client is connected to. */
    record Connection(BufferedReader in, BufferedWriter out, SocketChannel channel) {
        void send(String line) throws IOException {
            out.write(line + "\r\n"); // as QEMU ends its lines
            out.flush();
        }

        /** The next command, with its id taken out of it. */
        String take() throws IOException {
            String line = in.readLine();
            return line == null ? "" : line.replaceAll(",\"id\":\\d+", "");
        }

        void greet() throws IOException {
            send(GREETING);
            take();
            send("{\"return\":{},\"id\":1}");
        }
    }

    FakeQemu(Path socket, Script script) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        thread = Thread.ofPlatform().daemon().start(() -> play(script));
    }

    private void play(Script script) {
        try (SocketChannel channel = server.accept()) {
            script.play(new Connection(
                    new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)),
                    new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8)),
                    channel));
            failure = null;
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    /** Waits until the script has ended, and fails if it did. */
    void awaitEnd() throws Exception {
        thread.join(10_000);
        if (failure != null) {
            throw new AssertionError("the script of the fake QEMU failed", failure);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
