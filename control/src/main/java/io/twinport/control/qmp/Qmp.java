package io.twinport.control.qmp;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A connection to QEMU's monitor (QMP) at a unix socket. Replies are told from events by their id, so that both may come
 * in any order; several threads may execute commands at a time.
 *
 * <p>Everything has a bound: the length of a message, the number of commands without an answer, the events that are kept
 * and every wait. QEMU serves one connection of a socket at a time: a second one waits for its greeting.
 */
public final class Qmp implements AutoCloseable {
    /** The longest command. With {@link #UNANSWERED} of them a write fits the socket's buffer, so it cannot block. */
    static final int LONGEST_COMMAND = 8 << 10;

    static final int UNANSWERED = 16;

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final SocketChannel channel;
    private final QmpEvents events = new QmpEvents();
    private final CompletableFuture<JsonNode> greeting = new CompletableFuture<>();
    private final Map<Long, CompletableFuture<JsonNode>> unanswered = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final Consumer<String> transcript;
    private final Thread reader;
    private String end = "";

    private Qmp(SocketChannel channel, Consumer<String> transcript) {
        this.channel = channel;
        this.transcript = transcript;
        this.reader = Thread.ofPlatform().daemon().name("qmp").unstarted(this::read);
    }

    /**
     * Connects and negotiates.
     *
     * @param limit for the greeting and the answer to {@code qmp_capabilities} together
     * @throws QmpException if there is no QEMU, or it does not greet in time: another client may be connected
     */
    public static Qmp connect(Path socket, Duration limit) {
        return connect(socket, limit, line -> {});
    }

    /**
     * As {@link #connect(Path, Duration)}.
     *
     * @param transcript gets every line in either direction, before {@code <-} or {@code ->}, on several threads
     */
    public static Qmp connect(Path socket, Duration limit, Consumer<String> transcript) {
        Qmp qmp = new Qmp(open(socket), transcript);
        qmp.reader.start();
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            qmp.await(qmp.greeting, "the greeting at " + socket, limit);
            qmp.execute("qmp_capabilities", Map.of(), Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            return qmp;
        } catch (RuntimeException e) {
            qmp.close();
            throw e;
        }
    }

    private static SocketChannel open(Path socket) {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new QmpException("cannot connect to QEMU's monitor at " + socket + ": " + e.getMessage(), e);
        }
    }

    /** QEMU's release, for instance {@code 10.0.2}. */
    public String version() {
        JsonNode version = greeting.join().path("version").path("qemu");
        return version.path("major").asInt() + "." + version.path("minor").asInt() + "."
                + version.path("micro").asInt();
    }

    /** Executes a command without arguments, with a limit of 10 s. */
    public JsonNode execute(String command) {
        return execute(command, Map.of());
    }

    /** Executes a command, with a limit of 10 s. */
    public JsonNode execute(String command, Map<String, ?> arguments) {
        return execute(command, arguments, LIMIT);
    }

    /**
     * Executes a command and waits for its answer.
     *
     * @param arguments strings, numbers, booleans, maps and lists
     * @return what QEMU returned
     * @throws QmpException if QEMU refuses it, does not answer in time (it may carry it out later) or is gone
     */
    public JsonNode execute(String command, Map<String, ?> arguments, Duration limit) {
        String what = command + arguments;
        long id = ids.incrementAndGet();
        ObjectNode message = JSON.createObjectNode().put("execute", command).put("id", id);
        if (!arguments.isEmpty()) {
            message.set("arguments", JSON.valueToTree(arguments));
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        if (unanswered.size() >= UNANSWERED) {
            throw new QmpException(what + ": QEMU has not answered " + UNANSWERED + " commands before it");
        }
        unanswered.put(id, answer);
        send(what, JSON.writeValueAsString(message));
        JsonNode reply = await(answer, what, limit);
        JsonNode error = reply.path("error");
        if (!error.isMissingNode()) {
            throw new QmpException(what + ": QEMU says " + error.path("class").asString("") + ": "
                    + error.path("desc").asString(""));
        }
        return reply.path("return");
    }

    /**
     * Waits for an event, come before or from now on, and takes it: the next call waits for the next one.
     *
     * @throws QmpException if it does not come in time; the message says which ones did
     */
    public QmpEvent awaitEvent(String name, Duration limit) {
        return awaitEvent(name, event -> true, limit);
    }

    /** As {@link #awaitEvent(String, Duration)}, for one that the condition holds for. */
    public QmpEvent awaitEvent(String name, Predicate<QmpEvent> condition, Duration limit) {
        return events.await(name, event -> event.name().equals(name) && condition.test(event), limit);
    }

    /** Ends the connection and its thread; who still waits gets an exception. QEMU goes on. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // there is nothing more to be done about it
        }
        if (Thread.currentThread() != reader) {
            boolean interrupted = false;
            while (reader.isAlive()) {
                try {
                    reader.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void send(String what, String line) {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        if (bytes.remaining() > LONGEST_COMMAND) {
            throw new QmpException(what.substring(0, 80) + "...: longer than " + LONGEST_COMMAND + " bytes");
        }
        transcript.accept("-> " + line);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new QmpException(what + ": the connection to QEMU is gone" + (end.isEmpty() ? "" : ", " + end), e);
        }
    }

    private JsonNode await(CompletableFuture<JsonNode> answer, String what, Duration limit) {
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new QmpException(what + ": no answer from QEMU within " + limit.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new QmpException(
                    what + ": " + Objects.requireNonNull(e.getCause()).getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QmpException(what + ": interrupted", e);
        }
    }

    private void read() {
        String reason = "QEMU has closed the connection";
        try {
            QmpLines lines = new QmpLines(channel);
            for (String line = lines.next(); line != null; line = lines.next()) {
                transcript.accept("<- " + line);
                take(JSON.readTree(line));
            }
        } catch (IOException e) {
            reason = channel.isOpen() ? "the connection to QEMU failed: " + e.getMessage() : "closed";
        } catch (JacksonException e) {
            reason = "QEMU sent what is no JSON: " + e.getOriginalMessage();
        }
        end(reason);
    }

    private void take(JsonNode message) {
        if (message.has("QMP")) {
            greeting.complete(message.path("QMP"));
        } else if (message.has("event")) {
            JsonNode data = message.has("data") ? message.path("data") : JSON.createObjectNode();
            events.add(new QmpEvent(message.path("event").asString(""), data, System.nanoTime()));
        } else {
            // The answer to a command whose time was up finds nobody here.
            CompletableFuture<JsonNode> answer =
                    unanswered.remove(message.path("id").asLong(0));
            if (answer != null) {
                answer.complete(message);
            }
        }
    }

    private void end(String reason) {
        synchronized (this) {
            end = reason;
            try {
                channel.close();
            } catch (IOException e) {
                // closed or not, it is not used any more
            }
        }
        QmpException cause = new QmpException(reason);
        greeting.completeExceptionally(cause);
        unanswered.values().forEach(answer -> answer.completeExceptionally(cause));
        unanswered.clear();
        events.end(reason);
    }
}
