package io.twinport.hw;

import io.twinport.control.Pause;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the guests' NICs are plugged into: a switch that learns addresses, with a host at it that sends numbered frames and
 * counts those that it gets. As a real switch it floods what it does not know, and forgets what it learnt at a port whose
 * link goes down.
 */
public final class Wire implements AutoCloseable {
    /** The host at the switch. */
    public static final String HOST_MAC = "52:54:00:00:00:fe";

    private static final int LONGEST_FRAME = 9216;
    private static final int CLUMP = 64;
    private static final int STEADY = 50;
    private static final int SILENCE_MILLIS = 300;

    private final Path folder;
    private final Mac host = Mac.parse(HOST_MAC);
    private final Selector selector;
    private final List<WirePort> ports = new CopyOnWriteArrayList<>();
    private final Map<Mac, WirePort> learnt = new ConcurrentHashMap<>();
    private final Map<Mac, WirePort> filters = new ConcurrentHashMap<>();
    private final Arrivals arrivals = new Arrivals();
    private final Thread thread;
    private volatile @Nullable Sender sender;
    private volatile @Nullable Throwable failure;

    private Wire(Path folder, Selector selector) {
        this.folder = folder;
        this.selector = selector;
        this.thread = Thread.ofPlatform().daemon().name("wire").start(this::forward);
    }

    /** @param folder where each port's frames are captured */
    public static Wire open(Path folder) {
        try {
            Files.createDirectories(folder);
            return new Wire(folder, Selector.open());
        } catch (IOException e) {
            throw new LabException("cannot open the wire in " + folder + ": " + e, e);
        }
    }

    /** Adds a port for one NIC. */
    public synchronized WirePort port(String name) {
        try {
            WirePort port = new WirePort(name, ports.size(), folder);
            ports.add(port);
            port.channel().register(selector, SelectionKey.OP_READ, port);
            selector.wakeup();
            return port;
        } catch (IOException e) {
            throw new LabException("cannot open port " + name + " of the wire: " + e, e);
        }
    }

    /**
     * From now on frames to an address go to a port while its link is up, whatever was learnt. So does the switch inside a
     * NIC with a virtual function's address, and only without that filter frames get to the host's bridge and the standby.
     */
    public void filter(String mac, WirePort port) {
        filters.put(Mac.parse(mac), port);
    }

    /** The host sends numbered frames to an address, the first one number 0, until {@link #stopSending}. */
    public void startSending(String mac, int framesPerSecond) {
        if (sender != null) {
            throw new IllegalStateException("the host sends already");
        }
        sender = new Sender(Mac.parse(mac), framesPerSecond);
    }

    /** Stops the host's sender. */
    public void stopSending() {
        Sender running = sender;
        if (running != null) {
            running.stop();
        }
        checkFailure();
    }

    /** How many numbered frames the host has sent; the next one has this number. */
    public long sent() {
        Sender running = sender;
        return running == null ? 0 : running.number;
    }

    /** The numbered frames that the host got. */
    public Arrivals arrivals() {
        checkFailure();
        return arrivals;
    }

    /** How many different numbered frames the host got by a port. */
    public long deliveredBy(WirePort port) {
        return arrivals().deliveredBy(port.index());
    }

    /** Waits until 50 frames in a row have arrived by one port, none of them before a number. */
    public void awaitSteadyOn(WirePort port, long from, Duration limit) {
        if (!Pause.until(() -> arrivals().isSteadyOn(port.index(), STEADY, from), limit.toMillis())) {
            throw new AssertionError(
                    "no steady traffic on " + port.name() + " within " + limit.toSeconds() + " s: sent " + sent()
                            + ", arrived " + arrivals.delivered() + ", the newest is number " + (arrivals.end() - 1));
        }
    }

    /** Waits until a frame that is newer than all so far has come by a port. */
    public void awaitTraffic(WirePort port, Duration limit) {
        awaitTraffic(port, arrivals().end(), limit);
    }

    /** Waits until a frame has come by a port whose number is {@code from} or higher. */
    public void awaitTraffic(WirePort port, long from, Duration limit) {
        if (!Pause.until(() -> firstBy(port, from) != 0, limit.toMillis())) {
            throw new AssertionError("no traffic on " + port.name() + " within " + limit.toSeconds() + " s");
        }
    }

    /** Waits until nothing has arrived for 300 ms. */
    public void awaitSilence(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        long before;
        do {
            before = arrivals().delivered();
            Pause.millis(SILENCE_MILLIS);
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("frames still arrive after " + limit.toSeconds() + " s");
            }
        } while (arrivals().delivered() != before);
    }

    /** When the first frame at or after a number came in by a port, or 0 if none has. */
    public long firstBy(WirePort port, long number) {
        return arrivals().firstBy(port.index(), number);
    }

    /** A port's link goes down. What its NIC has sent before is late, not lost. */
    void linkDown(WirePort port) {
        port.down();
        learnt.values().removeIf(port::equals);
    }

    @Override
    public void close() {
        Sender running = sender;
        if (running != null) {
            running.stop();
        }
        try {
            selector.close();
            thread.join();
            for (WirePort port : ports) {
                port.close();
            }
        } catch (IOException e) {
            throw new LabException("cannot close the wire: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void forward() {
        ByteBuffer frame = ByteBuffer.allocateDirect(LONGEST_FRAME);
        try {
            while (selector.isOpen()) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    forwardFrom((WirePort) key.attachment(), frame);
                }
                selector.selectedKeys().clear();
            }
        } catch (ClosedSelectorException e) {
            // the end
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    /** A clump at most, so that no port holds up the others. */
    private void forwardFrom(WirePort from, ByteBuffer frame) throws IOException {
        for (int i = 0; i < CLUMP && from.channel().receive(frame.clear()) != null; i++) {
            long nanos = System.nanoTime();
            frame.flip();
            from.capture(frame, nanos);
            if (from.isUp()) {
                learnt.put(NumberedFrame.source(frame), from);
            }
            Mac destination = NumberedFrame.destination(frame);
            if ((destination.equals(host) || destination.isGroup()) && NumberedFrame.is(frame)) {
                arrivals.add(NumberedFrame.number(frame), nanos, from.index());
            }
            if (!destination.equals(host)) {
                send(frame, destination, from);
            }
        }
    }

    private void send(ByteBuffer frame, Mac destination, @Nullable WirePort from) throws IOException {
        WirePort known = destination.isGroup() ? null : known(destination);
        for (WirePort port : ports) {
            if (port != from && port.isUp() && (known == null || known == port)) {
                port.send(frame);
            }
        }
    }

    /** Null if it is to be flooded. What was learnt just when a link went down does not count either. */
    private @Nullable WirePort known(Mac destination) {
        WirePort filtered = filters.get(destination);
        if (filtered != null && filtered.isUp()) {
            return filtered;
        }
        WirePort port = learnt.get(destination);
        return port != null && port.isUp() ? port : null;
    }

    private void checkFailure() {
        Throwable cause = failure;
        if (cause != null) {
            throw new LabException("the wire failed: " + cause, cause);
        }
    }

    /** Sends at a steady rate, and what it is late with at once, so that the number sent depends on the time only. */
    private final class Sender implements Runnable {
        private final Mac to;
        private final long intervalNanos;
        private final ByteBuffer frame = ByteBuffer.allocateDirect(NumberedFrame.LENGTH);
        private final Thread thread;
        private volatile long number;
        private volatile boolean stopped;

        Sender(Mac to, int framesPerSecond) {
            this.to = to;
            this.intervalNanos = 1_000_000_000L / framesPerSecond;
            this.thread = Thread.ofPlatform().daemon().name("wire-sender").start(this);
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // only this thread writes it
        public void run() {
            long next = System.nanoTime();
            try {
                while (!stopped) {
                    long now = System.nanoTime();
                    if (now - next < 0) {
                        LockSupport.parkNanos(next - now);
                        continue;
                    }
                    send(NumberedFrame.write(frame, to, host, number), to, null);
                    number++;
                    next += intervalNanos;
                }
            } catch (IOException | RuntimeException e) {
                failure = e;
            }
        }

        void stop() {
            stopped = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
