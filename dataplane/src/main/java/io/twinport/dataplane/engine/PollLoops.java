package io.twinport.dataplane.engine;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PolledQueue;
import io.twinport.dataplane.handler.QueueHandlers;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.loop.StuckLoopException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/** The poll loops of a process, and the queues of all its ports on them: with n CPUs the q-th is polled on the (q mod n)-th. */
public final class PollLoops {
    private record Polled(PolledQueue queue, PacketHandler handler) {}

    private final Engine engine;
    private final List<Polled> polled = new ArrayList<>();
    private final List<PollLoop> loops = new ArrayList<>();
    private final List<PacketHandler> handlers = new ArrayList<>();
    private final List<Lcore> lcores = new ArrayList<>();

    public PollLoops(Engine engine) {
        this.engine = engine;
    }

    /** Before {@link #make}. Returns the number by which {@link #place} knows the queue. */
    public int add(PolledQueue queue, PacketHandler handler) {
        polled.add(new Polled(queue, handler));
        return polled.size() - 1;
    }

    /** Makes the loops, of all that was added. */
    public void make() {
        int count = Math.min(polled.size(), engine.pollCpus().size());
        for (int l = 0; l < count; l++) {
            int first = l;
            List<Polled> mine = IntStream.range(0, polled.size())
                    .filter(q -> q % count == first)
                    .mapToObj(polled::get)
                    .toList();
            PacketHandler handler =
                    QueueHandlers.of(mine.stream().map(Polled::handler).toList());
            handlers.add(handler);
            loops.add(engine.newLoop(
                    l == 0 ? "poll" : "poll-" + l,
                    handler,
                    mine.stream().map(Polled::queue).toList()));
        }
    }

    /** A queue, for control threads; after {@link #make}. */
    public LoopProxy proxy(int number) {
        return loops.get(number % loops.size()).proxy(number / loops.size());
    }

    /** Sets the loops going; returns when all run. */
    public void run() {
        Iterator<Integer> cpus = engine.pollCpus().iterator();
        for (int l = 0; l < loops.size(); l++) {
            lcores.add(engine.run(loops.get(l), handlers.get(l), cpus.next()));
        }
    }

    /** All of them; after {@link #make}. */
    public List<PollLoop> loops() {
        return List.copyOf(loops);
    }

    /** CPUs that poll. */
    public List<Integer> cpus() {
        return engine.pollCpus().stream().limit(loops.size()).toList();
    }

    /**
     * Ends the loops.
     *
     * @return names of those that have not ended within the time: they hang
     */
    public List<String> close(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        // All at once: who closes one that hangs has to wait.
        lcores.forEach(lcore -> Thread.ofPlatform().daemon().start(() -> end(lcore)));
        return lcores.stream()
                .map(Lcore::thread)
                .filter(thread -> !hasEnded(thread, deadline - System.nanoTime()))
                .map(Thread::getName)
                .toList();
    }

    private static void end(Lcore lcore) {
        try {
            lcore.close();
        } catch (StuckLoopException e) {
            // Its name is given to who has asked.
        }
    }

    private static boolean hasEnded(Thread thread, long nanos) {
        try {
            return thread.join(Duration.ofNanos(Math.max(nanos, 0)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
