package io.twinport.control.fuzz;

import io.twinport.control.UserException;
import io.twinport.control.socket.ControlCommand;
import io.twinport.control.socket.ControlRequest;
import io.twinport.control.socket.ControlSocket;
import io.twinport.control.socket.ControlStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Lines that come to a control socket: each that is whole has an answer, in JSON, and what is wrong is for users. */
final class ControlTarget implements FuzzTarget {
    private static final Set<String> ARGUMENTS = Set.of("text", "flag", "number", "maybe");

    private final ScratchFile file = ScratchFile.create("control.sock");
    private final ControlSocket socket = ControlSocket.open(
            file.path(),
            Map.of(
                    "all", new ControlCommand(ARGUMENTS, ControlTarget::all),
                    "refuse",
                            new ControlCommand(ARGUMENTS, request -> {
                                throw new UserException(request.text("text"));
                            }),
                    "stream", new ControlCommand(Set.of(), request -> (ControlStream) (out, wanted) -> out.write('!'))),
            (level, text) -> {
                throw new AssertionError(text);
            });

    ControlTarget() throws IOException {}

    private static Object all(ControlRequest request) {
        return Map.of(
                "text", request.text("text"),
                "flag", request.flag("flag"),
                "number", request.number("number", 5, -10, 1L << 40),
                "maybe", request.optional("maybe"));
    }

    @Override
    public List<byte[]> seeds() {
        return Stream.of(
                        "{\"version\":1,\"id\":7,\"command\":\"all\",\"arguments\":{\"text\":\"a\",\"flag\":true,\"number\":9,"
                                + "\"maybe\":null}}\n",
                        "{\"version\":1,\"command\":\"refuse\",\"arguments\":{\"text\":\"\\u001b\"}}\n{\"version\":1}\n",
                        "{\"version\":1,\"command\":\"stream\"}\n",
                        "{\"version\":2}\n{\"version\":1,\"command\":7}\n{\"version\":1,\"command\":\"x\"}\n",
                        "{\"version\":1,\"command\":\"all\",\"arguments\":7}\n",
                        "{\"version\":1,\"command\":\"all\",\"arguments\":{\"text\":1,\"other\":1}}\n",
                        "x".repeat(70_000) + "\n",
                        "garbage\n[1]\n{}\n")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void read(byte[] input) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file.path()))) {
            Thread writer = Thread.ofVirtual().start(() -> write(channel, input));
            InputStream in = Channels.newInputStream(channel);
            String answers = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            writer.join();
            for (String line : answers.split("\n", -1)) {
                if (!line.isEmpty() && !line.equals("!")) {
                    check(line);
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void write(SocketChannel channel, byte[] input) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(input);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.shutdownOutput();
        } catch (IOException e) {
            // It has had enough of it.
        }
    }

    private static void check(String line) {
        JsonNode answer = JsonMapper.shared().readTree(line);
        JsonNode error = answer.path("error");
        if (!answer.has("result") && !error.path("mend").asBoolean(false)) {
            throw new AssertionError(line);
        }
    }

    @Override
    public void close() {
        socket.close();
        file.close();
    }
}
