package io.twinport.control.fuzz;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.control.socket.ControlCommand;
import io.twinport.control.socket.ControlRequest;
import io.twinport.control.socket.ControlSocket;
import io.twinport.control.socket.ControlStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Lines that come to a control socket: each that is whole has an answer, in JSON, and what is wrong is for users. */
final class ControlTarget implements FuzzTarget {
    private static final int MILLIS = 10_000;
    private static final List<String> VALUES = List.of(
            "0",
            "5",
            "-10",
            "-11",
            "1099511627776",
            "1099511627777",
            "99999999999999999999",
            "1.5",
            "1e3",
            "true",
            "false",
            "null",
            "\"\"",
            "\"a\"",
            "\"a\\u0000\"",
            "\"\\u001b[31m\"",
            "[]",
            "{}",
            "\"\ud83d\"",
            "7");
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
                    "stream", new ControlCommand(Set.of(), request -> (ControlStream) ControlTarget::stream)),
            (level, text) -> {
                throw new AssertionError(text);
            });

    /** It asks for nothing, and the socket has to end it at its own end. */
    private final SocketChannel idle = SocketChannel.open(UnixDomainSocketAddress.of(file.path()));

    ControlTarget() throws IOException {}

    private static void stream(OutputStream out, BooleanSupplier wanted) throws IOException {
        out.write('!');
        if (!Pause.until(() -> !wanted.getAsBoolean(), MILLIS)) {
            throw new AssertionError("that the client has gone is not noticed");
        }
    }

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
                        "{\"version\":1,\"command\":\"stream\"}\n" + "x".repeat(70_000),
                        "garbage\n[1]\n{}\n")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public Optional<byte[]> draw(Random random) {
        Draw draw = new Draw(random);
        StringBuilder lines = new StringBuilder();
        for (int i = draw.upTo(3); i >= 0; i--) {
            lines.append(line(draw));
        }
        return Optional.of(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String line(Draw draw) {
        StringJoiner arguments = new StringJoiner(",", "{", "}");
        for (String name : ARGUMENTS.stream().sorted().toList()) {
            if (!draw.once(4)) {
                arguments.add("\"" + name + "\":" + (draw.once(2) ? fitting(name) : draw.of(VALUES)));
            }
        }
        if (draw.once(10)) {
            arguments.add("\"other\":1");
        }
        String version = draw.once(10) ? draw.of(VALUES) : "1";
        String id = draw.once(3) ? "" : ",\"id\":" + draw.of(VALUES);
        String command = draw.once(10)
                ? draw.of(VALUES)
                : draw.of(List.of("\"all\"", "\"all\"", "\"refuse\"", "\"stream\"", "\"x\""));
        String given = draw.once(4) ? "" : ",\"arguments\":" + (draw.once(12) ? draw.of(VALUES) : arguments);
        return "{\"version\":" + version + id + ",\"command\":" + command + given + "}\n";
    }

    private static String fitting(String name) {
        return switch (name) {
            case "flag" -> "true";
            case "number" -> "9";
            default -> "\"a\"";
        };
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
    public void close() throws IOException {
        try (idle) {
            socket.close();
            int end = idle.read(ByteBuffer.allocate(1));
            if (end >= 0) {
                throw new AssertionError("it answers, and was not asked");
            }
        }
        file.close();
    }
}
