package io.twinport.control.host.probe;

import io.twinport.dpdk.MacAddress;
import io.twinport.posix.Interfaces;
import io.twinport.posix.PacketSocket;
import io.twinport.posix.PollSet;
import io.twinport.posix.PosixException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Numbered frames to an address, and where they arrive. A thread sends, another receives at all places.
 *
 * <p>Every few frames it sends a mark to everybody. No more frames are on their way than lie between a few marks, so that no queue
 * overflows however busy the machine is; and who waits for a mark at a place knows that all frames before it have been dealt with.
 */
final class Traffic implements AutoCloseable {
    private static final int FRAMES_PER_MARK = 32;
    private static final int MARKS_ON_THE_WAY = 4;
    private static final int MOST_FRAMES = 10_000_000;
    private static final int ROOM_BYTES = 8 << 20;
    private static final int POLL_MILLIS = 20;
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    /** After which a mark counts as lost, and another is sent. */
    private static final long REPEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Arena arena = Arena.ofShared();
    private final int run = (int) System.nanoTime();
    private final BooleanSupplier isInterrupted;
    private final long periodNanos;
    private final long patienceNanos;
    private final PacketSocket wire;
    private final MemorySegment frame;
    private final MemorySegment mark;
    private final MemorySegment received = arena.allocate(ProbeFrame.BYTES, 8);
    private final Map<Place, PacketSocket> sockets = new EnumMap<>(Place.class);

    /** By place: the newest mark that has come there. */
    private final Map<Place, Integer> seen = new EnumMap<>(Place.class);

    private final List<Thread> threads = new ArrayList<>();
    private FrameLog log = new FrameLog(Holder.PF);
    private Place anchor = Place.PF;
    private long dropped;
    private @Nullable RuntimeException failure;

    private volatile int sent;
    private volatile int marksSent;
    private volatile int marksWanted;
    private volatile boolean isRunning;
    private volatile boolean isClosed;

    /**
     * @param wire where the frames are sent, in the calling thread's network namespace
     * @param rate frames per second, at most
     * @param patienceSeconds how long a place may take to get what is sent to it
     * @param isInterrupted whether nobody is to wait for anything any more
     */
    Traffic(String wire, MacAddress address, int rate, int patienceSeconds, BooleanSupplier isInterrupted) {
        this.isInterrupted = isInterrupted;
        this.periodNanos = TimeUnit.SECONDS.toNanos(1) / rate;
        this.patienceNanos = TimeUnit.SECONDS.toNanos(patienceSeconds);
        int index = index(wire);
        MacAddress source = new MacAddress(Interfaces.link(index)
                .orElseThrow(() -> new ProbeException(wire + " has gone"))
                .mac());
        this.wire = new PacketSocket(index, ProbeFrame.ETHER_TYPE, ProbeFrame.BYTES);
        frame = ProbeFrame.create(arena, address, source, run);
        mark = ProbeFrame.createMark(arena, source, run);
    }

    private static int index(String netdev) {
        return Interfaces.indexOf(netdev).orElseThrow(() -> new ProbeException("there is no interface " + netdev));
    }

    void start() {
        threads.add(Thread.ofPlatform().daemon().name("probe-send").start(() -> guard(this::send)));
        threads.add(Thread.ofPlatform().daemon().name("probe-receive").start(() -> guard(this::receive)));
    }

    private void guard(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            synchronized (this) {
                failure = e;
            }
        }
    }

    /** From now on frames that arrive at a place are looked at: by its interface, in the calling thread's network namespace. */
    synchronized void capture(Place place, String netdev) {
        forget(place);
        sockets.put(place, new PacketSocket(index(netdev), ProbeFrame.ETHER_TYPE, ROOM_BYTES));
    }

    /** A place is there no more. */
    synchronized void forget(Place place) {
        PacketSocket socket = sockets.remove(place);
        seen.remove(place);
        if (socket != null) {
            dropped += socket.dropped();
            socket.close();
        }
    }

    /** The places that there are. */
    synchronized List<Place> places() {
        return List.copyOf(sockets.keySet());
    }

    /** Begins to number anew, while nothing is sent. The standby of the log's holder gets all marks. */
    synchronized void begin(FrameLog newLog, Holder holder) {
        receiveAll();
        log = newLog;
        anchor = holder.sink();
        sent = 0;
    }

    /** Frames for which there was no room. What was not seen because of that was not lost. */
    synchronized long dropped() {
        dropped += sockets.values().stream().mapToLong(PacketSocket::dropped).sum();
        return dropped;
    }

    void resume() {
        isRunning = true;
    }

    /** Sends no more, and waits until all that was sent has been dealt with, by the VF too if it receives. */
    void pause(boolean isVfReady) {
        isRunning = false;
        drain(anchor);
        if (isVfReady) {
            drain(Place.VF);
        }
        synchronized (this) {
            receiveAll();
        }
    }

    /** The number of the next frame. */
    int next() {
        return sent;
    }

    /** Waits until so many more have been sent. */
    void awaitSent(int more) {
        int wanted = sent + more;
        long deadline = System.nanoTime() + patienceNanos + more * periodNanos;
        while (sent < wanted) {
            check();
            if (System.nanoTime() - deadline > 0) {
                throw new ProbeException("the frames cannot be sent: " + anchor
                        + " gets none of the marks that are sent" + " to everybody, or the kernel takes none");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /**
     * Waits until a place gets what is sent to everybody, and has got all that was sent to it until now.
     *
     * @throws ProbeException if that takes too long
     */
    void drain(Place place) {
        // The one that is being sent may have been begun before.
        int wanted = marksSent + 2;
        long deadline = System.nanoTime() + patienceNanos;
        long repeat = System.nanoTime();
        while (!hasSeen(place, wanted)) {
            check();
            long now = System.nanoTime();
            if (now - deadline > 0) {
                throw new ProbeException(place + " gets nothing, not even what is sent to everybody");
            }
            if (now - repeat >= 0) {
                marksWanted = Math.max(wanted, marksSent + 1);
                repeat = now + REPEAT_NANOS;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private synchronized boolean hasSeen(Place place, int wanted) {
        receiveAll();
        return seen.getOrDefault(place, 0) >= wanted;
    }

    private synchronized void check() {
        if (isInterrupted.getAsBoolean()) {
            throw new ProbeException("interrupted");
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void send() {
        long due = System.nanoTime();
        long repeat = due;
        while (!isClosed) {
            long now = System.nanoTime();
            boolean isFull = isRunning && !hasSeen(anchor, marksSent - MARKS_ON_THE_WAY);
            boolean isMarkDue = isFull ? now - repeat >= 0 : marksSent < marksWanted;
            if (isMarkDue) {
                sendMark();
                repeat = now + REPEAT_NANOS;
            } else if (isRunning && !isFull && now - due >= 0) {
                sendFrame();
                due = Math.max(due + periodNanos, now);
            } else {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    private void sendFrame() {
        int number = sent;
        if (number == MOST_FRAMES) {
            throw new ProbeException("a walk takes more than " + MOST_FRAMES + " frames: choose a lower --rate");
        }
        ProbeFrame.number(frame, number);
        if (wire.send(frame)) {
            sent = number + 1;
            if (number % FRAMES_PER_MARK == 0) {
                sendMark();
            }
        }
    }

    private void sendMark() {
        int number = marksSent + 1;
        ProbeFrame.number(mark, number);
        if (wire.send(mark)) {
            marksSent = number;
        }
    }

    private void receive() {
        PollSet set = new PollSet(Place.values().length);
        while (!isClosed) {
            synchronized (this) {
                int i = 0;
                for (Place place : Place.values()) {
                    PacketSocket socket = sockets.get(place);
                    set.set(i++, socket == null ? PollSet.NONE : socket.descriptor());
                }
            }
            if (set.await(POLL_MILLIS) != 0) {
                synchronized (this) {
                    receiveAll();
                }
            }
        }
    }

    /** With the lock held. */
    private void receiveAll() {
        for (Map.Entry<Place, PacketSocket> each : sockets.entrySet()) {
            PacketSocket socket = each.getValue();
            for (int length = receive(socket); length > 0; length = receive(socket)) {
                if (ProbeFrame.is(received, length, run)) {
                    int number = ProbeFrame.number(received);
                    if (ProbeFrame.isMark(received)) {
                        seen.merge(each.getKey(), number, Math::max);
                    } else if (number >= 0 && number < MOST_FRAMES) {
                        log.add(each.getKey(), number, socket.nanos());
                    }
                }
            }
        }
    }

    private int receive(PacketSocket socket) {
        try {
            return isClosed ? 0 : socket.receive(received);
        } catch (PosixException e) {
            return 0; // its interface has gone, and a step of the walk says so
        }
    }

    @Override
    public void close() {
        isClosed = true;
        for (Thread thread : threads) {
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        synchronized (this) {
            List.copyOf(sockets.keySet()).forEach(this::forget);
        }
        wire.close();
        arena.close();
    }
}
