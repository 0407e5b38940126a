package io.twinport.hw;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code PacketTraffic INTERFACE FRAMES_PER_SECOND}, in a guest: numbered frames from a kernel interface to the
 * host, and an account of those that come from there. It is printed when the process is asked to end.
 */
public final class PacketTraffic {
    private static final long SHORTEST_GAP_NANOS = 2_000_000;
    private static final int LONGEST_FRAME = 2048;

    private final PacketSocket socket;
    private final Mac own;
    private final long intervalNanos;
    private final Arrivals arrivals = new Arrivals();
    private volatile boolean stopped;
    private long sent;
    private long refused;

    private PacketTraffic(String name, int framesPerSecond) throws IOException {
        this.socket = new PacketSocket(name);
        this.own = Mac.parse(
                Files.readString(Path.of("/sys/class/net", name, "address")).strip());
        this.intervalNanos = 1_000_000_000L / framesPerSecond;
    }

    public static void main(String[] arguments) throws IOException {
        PacketTraffic traffic = new PacketTraffic(arguments[0], Integer.parseInt(arguments[1]));
        Thread receiver = Thread.ofPlatform().start(traffic::receive);
        Thread sender = Thread.ofPlatform().start(traffic::send);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> traffic.end(receiver, sender)));
        System.out.println("traffic on " + arguments[0]);
    }

    private void receive() {
        MemorySegment memory = Arena.global().allocate(LONGEST_FRAME);
        ByteBuffer frame = memory.asByteBuffer();
        while (!stopped) {
            int length = socket.receive(memory);
            long nanos = System.nanoTime();
            if (length > 0 && NumberedFrame.is(frame.clear().limit(length))) {
                arrivals.add(NumberedFrame.number(frame), nanos, 0);
            }
        }
    }

    private void send() {
        MemorySegment memory = Arena.global().allocate(NumberedFrame.LENGTH);
        ByteBuffer frame = memory.asByteBuffer();
        Mac host = Mac.parse(Wire.HOST_MAC);
        long next = System.nanoTime();
        while (!stopped) {
            long now = System.nanoTime();
            if (now - next < 0) {
                LockSupport.parkNanos(next - now);
                continue;
            }
            NumberedFrame.write(frame, host, own, sent++);
            if (!socket.send(memory)) {
                refused++;
            }
            next += intervalNanos;
        }
    }

    private void end(Thread receiver, Thread sender) {
        stopped = true;
        try {
            receiver.join();
            sender.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.out.println("sent " + sent + " refused " + refused + " delivered " + arrivals.delivered()
                + " duplicated " + arrivals.duplicated() + " reordered " + arrivals.reordered());
        arrivals.missing(0, arrivals.end())
                .forEach(missing -> System.out.println("missing " + missing.first() + " " + missing.last()));
        arrivals.gaps(SHORTEST_GAP_NANOS)
                .forEach(gap -> System.out.printf(Locale.ROOT, "gap %d %.3f%n", gap.number(), gap.millis()));
        System.out.println("end");
        System.out.flush();
    }
}
