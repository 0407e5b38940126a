package io.twinport.control.pcap;

import io.twinport.control.Pause;
import io.twinport.control.socket.ControlStream;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.capture.CaptureRing;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.loop.LoopProxy;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What goes through a port from now on, until enough is seen or nobody listens. */
public final class Capture implements ControlStream {
    private static final int IDLE_MILLIS = 1;

    /** Longest time for which frames lie in a buffer while others come. */
    private static final long FLUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** One of the port's queues and where it is polled. */
    public record Queue(LoopProxy loop, FailoverQueue queue) {}

    /**
     * When it ends.
     *
     * @param snap bytes of each frame
     * @param frames after which it ends
     * @param seconds after which it ends
     */
    public record Limits(int snap, long frames, long seconds) {
        /** Bytes of a frame that can be kept. */
        public static final int MOST_SNAP = CaptureRing.MOST_BYTES;

        /** Frames, and seconds: some 68 years. */
        public static final int MOST = Integer.MAX_VALUE;

        /** @throws IllegalArgumentException if it is none of these */
        public Limits {
            if (snap < 1 || snap > MOST_SNAP || frames < 1 || frames > MOST || seconds < 1 || seconds > MOST) {
                throw new IllegalArgumentException(snap + " bytes, " + frames + " frames, " + seconds + " s");
            }
        }
    }

    private final String name;
    private final List<Queue> queues;
    private final Limits limits;
    private final AtomicBoolean running;
    private final long epochNanos;
    private @Nullable PcapngWriter writer;
    private long frames;

    /**
     * @param name of the port
     * @param running the port's, true already: it is set to false when this one has ended
     */
    public Capture(String name, List<Queue> queues, Limits limits, AtomicBoolean running) {
        this.name = name;
        this.queues = queues;
        this.limits = limits;
        this.running = running;
        Instant now = Instant.now();
        this.epochNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - System.nanoTime();
    }

    @Override
    public void write(OutputStream out, BooleanSupplier wanted) throws IOException {
        List<CaptureRing> rings = new ArrayList<>();
        try (PcapngWriter pcap = new PcapngWriter(out, List.of(name + " primary", name + " standby"))) {
            writer = pcap;
            for (Queue queue : queues) {
                CaptureRing ring = new CaptureRing(limits.snap());
                rings.add(ring);
                queue.queue().captureTo(ring);
                queue.loop().startCapture();
            }
            copy(rings, pcap, wanted);
            rings.forEach(ring -> ring.read(this::keep));
            long lost = rings.stream().mapToLong(CaptureRing::lost).sum();
            pcap.writeStatistics(0, epochNanos + System.nanoTime(), lost);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            end(rings);
            running.set(false);
        }
    }

    private void copy(List<CaptureRing> rings, PcapngWriter pcap, BooleanSupplier wanted) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(limits.seconds());
        long flushed = System.nanoTime();
        while (frames < limits.frames() && System.nanoTime() - deadline < 0 && wanted.getAsBoolean()) {
            int read = 0;
            for (CaptureRing ring : rings) {
                read += ring.read(this::keep);
            }
            if (read == 0 || System.nanoTime() - flushed > FLUSH_NANOS) {
                pcap.flush();
                flushed = System.nanoTime();
            }
            if (read == 0) {
                Pause.millis(IDLE_MILLIS);
            }
        }
    }

    private void keep(long nanos, byte[] bytes, int length, int side, int direction) {
        PcapngWriter pcap = writer;
        if (pcap == null || frames >= limits.frames()) {
            return;
        }
        frames++;
        try {
            int interfaceIndex = side == Sides.STANDBY ? 1 : 0;
            pcap.write(interfaceIndex, epochNanos + nanos, bytes, length, direction == CaptureRing.RECEIVED, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A ring's memory stays while its loop still uses it. */
    private void end(List<CaptureRing> rings) {
        for (int q = 0; q < rings.size(); q++) {
            LoopProxy loop = queues.get(q).loop();
            if (loop.endCapture()) {
                rings.get(q).close();
            }
        }
    }
}
