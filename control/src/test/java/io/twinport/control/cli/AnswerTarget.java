package io.twinport.control.cli;

import io.twinport.control.fuzz.Draw;
import io.twinport.control.fuzz.FuzzTarget;
import io.twinport.control.fuzz.ScratchFile;
import io.twinport.control.socket.ControlClient;
import io.twinport.control.socket.ControlException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Answers of what listens at a control socket, to all commands that show one. */
public final class AnswerTarget implements FuzzTarget {
    private final ScratchFile file = ScratchFile.create("answer.sock");
    private final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    private volatile byte[] answer = {};

    public AnswerTarget() throws IOException {
        server.bind(UnixDomainSocketAddress.of(file.path()));
        Thread.ofPlatform().daemon().name("fake").start(this::serve);
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                int ignored = client.read(ByteBuffer.allocate(1000));
                ByteBuffer bytes = ByteBuffer.wrap(answer);
                while (bytes.hasRemaining()) {
                    client.write(bytes);
                }
            } catch (IOException e) {
                // It has had enough of it.
            }
        }
    }

    @Override
    public List<byte[]> seeds() {
        String port =
                "{\"name\":\"wan\",\"active\":\"primary\",\"forced\":\"none\",\"carrier\":true,\"mac\":\"02:00:00:00:00:01\","
                        + "\"mtu\":1500,\"handler\":\"sink\",\"queues\":1,\"switches\":2,\"sides\":[{\"role\":\"primary\",\"device\":\"d\","
                        + "\"driver\":\"e\",\"phase\":\"joined\",\"link\":true,\"megabits\":10,\"trouble\":null}],"
                        + "\"health\":{\"verdict\":\"dead\",\"evidence\":\"none\"}}";
        return Stream.of(
                        "{\"version\":1,\"result\":" + port + "}\n",
                        "{\"version\":1,\"result\":[" + port + "]}\n",
                        "{\"version\":1,\"result\":[{\"name\":\"w\",\"port\":{\"a\":1},\"sides\":{\"primary\":{\"b\":2}}}]}\n",
                        "{\"version\":1,\"result\":{\"name\":\"w\",\"sides\":{\"primary\":{\"b\":2}}}}\n",
                        "{\"version\":1,\"result\":{\"mbufs\":8,\"mbufsAvailable\":7,\"errors\":[\"1 times\\n\"],\"ports\":["
                                + port + "]}}\n",
                        "{\"version\":1,\"result\":{\"changed\":[\"a\"],\"needRestart\":[]}}\n",
                        "{\"version\":1,\"result\":\"" + "x".repeat(300_000) + "\"}\n",
                        "{\"version\":1,\"error\":{\"message\":\"no\",\"mend\":true}}\n",
                        "{\"version\":1,\"error\":{\"message\":\"no\",\"mend\":false}}\n")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public Optional<byte[]> draw(Random random) {
        return Optional.of(("{\"version\":1,\"result\":" + new DrawnAnswer(new Draw(random)).any() + "}\n")
                .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void read(byte[] input) {
        answer = input;
        JsonNode result;
        try (ControlClient client = ControlClient.connect(file.path())) {
            result = client.request("any", Map.of());
        }
        PrintStream out = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        try {
            List<Consumer<JsonNode>> views = List.of(
                    new ShowCommand.Ports()::show,
                    new ShowCommand.Stats()::show,
                    new ShowCommand.Xstats()::show,
                    new ShowCommand.Health()::show,
                    new OperateCommands.ReloadConfiguration()::show,
                    port -> PortText.lines(port).forEach(System.out::println));
            views.forEach(view -> show(view, result));
        } finally {
            System.setOut(out);
        }
    }

    /** As {@link TargetOptions} does. */
    private static void show(Consumer<JsonNode> view, JsonNode result) {
        try {
            view.accept(result);
        } catch (JacksonException e) {
            throw new ControlException("not understood");
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        file.close();
    }
}
