package io.twinport.control.socket;

import io.twinport.control.UserException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client, on a thread of its own: it is read a line at a time, and its next request waits for its last answer. */
final class ControlConnection implements Runnable {
    private static final int LONGEST_LINE = 1 << 16;
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** To end a line that was begun, or to take an answer. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long NONE = Long.MAX_VALUE;

    private final SocketChannel channel;
    private final ControlProtocol protocol;
    private final Consumer<ControlConnection> onEnd;
    private final ByteBuffer in = ByteBuffer.allocate(LONGEST_LINE).flip();
    private final byte[] line = new byte[LONGEST_LINE];
    private volatile long deadline = System.nanoTime() + IDLE_NANOS;
    private volatile boolean idle = true;
    private volatile boolean wanted = true;

    ControlConnection(SocketChannel channel, ControlProtocol protocol, Consumer<ControlConnection> onEnd) {
        this.channel = channel;
        this.protocol = protocol;
        this.onEnd = onEnd;
    }

    @Override
    public void run() {
        try (channel) {
            serve();
        } catch (IOException e) {
            // The client has gone, or was too slow: there is nobody to tell.
        } finally {
            onEnd.accept(this);
        }
    }

    /** Whether it asks for nothing at present. */
    boolean isIdle() {
        return idle;
    }

    /** When it must have done something. */
    long deadline() {
        return deadline;
    }

    /** Closes it as soon as it has no request, and ends its stream; any thread. */
    void end() {
        wanted = false;
        if (idle) {
            close();
        }
    }

    /** Its thread finds it closed; any thread. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is of no use any more in any case.
        }
    }

    private void serve() throws IOException {
        for (int length = readLine(); length >= 0 && wanted; length = readLine()) {
            idle = false;
            deadline = NONE;
            ControlProtocol.Answer answer = length > LONGEST_LINE
                    ? protocol.error(null, new UserException("a request has " + LONGEST_LINE + " bytes at most."))
                    : protocol.answer(Arrays.copyOf(line, length));
            deadline = System.nanoTime() + PATIENCE_NANOS;
            write(ByteBuffer.wrap(answer.line()));
            if (answer.stream() != null) {
                send(answer.stream());
                return;
            }
            idle = true;
        }
    }

    /** Its length without the end of the line, more than {@link #LONGEST_LINE} if it was too long; -1 at the end. */
    private int readLine() throws IOException {
        int length = 0;
        deadline = System.nanoTime() + IDLE_NANOS;
        while (true) {
            if (!in.hasRemaining()) {
                in.clear();
                int read = channel.read(in);
                in.flip();
                if (read < 0) {
                    return -1;
                }
            }
            if (length == 0) {
                deadline = System.nanoTime() + PATIENCE_NANOS;
            }
            while (in.hasRemaining()) {
                byte next = in.get();
                if (next == '\n') {
                    return length;
                }
                if (length < LONGEST_LINE) {
                    line[length] = next;
                }
                length = Math.min(length + 1, LONGEST_LINE + 1);
            }
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** What a client says meanwhile is read and dropped; that it has gone is noticed. */
    private void send(ControlStream stream) throws IOException {
        Thread listener = Thread.ofPlatform().daemon().name("control-listener").start(this::awaitEnd);
        try (OutputStream out = new Patient(Channels.newOutputStream(channel))) {
            deadline = NONE;
            stream.write(out, () -> wanted);
        } finally {
            close();
            listener.interrupt();
        }
    }

    private void awaitEnd() {
        ByteBuffer said = ByteBuffer.allocate(64);
        try {
            while (channel.read(said.clear()) >= 0) {
                // Nothing that is said now matters.
            }
        } catch (IOException e) {
            // As good as its end.
        }
        wanted = false;
    }

    /** Each write has its deadline, and there is none in between. */
    private final class Patient extends OutputStream {
        private final OutputStream out;

        Patient(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte @Nullable [] bytes, int offset, int length) throws IOException {
            deadline = System.nanoTime() + PATIENCE_NANOS;
            out.write(bytes, offset, length);
            deadline = NONE;
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
