package io.twinport.control.host.agent;

import io.twinport.control.Log;
import io.twinport.control.UserException;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.host.migrate.EventStreams;
import io.twinport.control.host.migrate.GuestHost;
import io.twinport.control.host.migrate.PairName;
import io.twinport.control.host.migrate.UnreachableException;
import io.twinport.control.program.Programs;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Listens to a host's events and follows its guests, on one thread. */
public final class Agent {
    /** More are on their way only if somebody floods: then all guests are looked at. */
    private static final int MOST_WAITING = 1000;

    private static final long TICK_MILLIS = 250;
    private static final long AGAIN_NANOS = 2_000_000_000L;

    private final String uri;
    private final Log log;
    private final AuditLog audit;
    private final EventFeed feed = new EventFeed(Clock.systemUTC());
    private final Guests guests;
    private final BlockingQueue<HostEvent> events = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicBoolean isFlooded = new AtomicBoolean();
    private volatile Map<Pair.Phase, Integer> phases = Map.of();
    private volatile boolean isListening;

    /**
     * @param uri of this host's libvirt
     * @param state folder of what outlives this process, but no reboot
     * @param auditFile gets each command that changes the host
     * @param pairs that no document names
     * @throws UserException if a file cannot be had
     */
    public Agent(
            String uri,
            NicVerdicts nics,
            Programs programs,
            List<PairName> pairs,
            Path state,
            Path auditFile,
            Log log) {
        this.uri = uri;
        this.log = log;
        this.audit = AuditLog.open(programs, auditFile, Clock.systemUTC(), log);
        TakenFile file = new TakenFile(state.resolve("agent.json"), log);
        this.guests = new Guests(new GuestHost(uri, nics, audit, pairs, log), file.read(), file::write, feed, log);
    }

    /**
     * Looks at the guests that run.
     *
     * @throws UserException if libvirt cannot be asked
     */
    public void begin() {
        try {
            guests.lookAtAll(System.nanoTime());
            phases = guests.phases();
        } catch (UnreachableException e) {
            throw new UserException(
                    e.getMessage() + ". Is it libvirt's host, and are you root? Try: virsh -c " + uri + " list.", e);
        }
    }

    /** Follows them until somebody wants an end. What is changed then stays: the next agent goes on with it. */
    public void run(BooleanSupplier isEnded) throws InterruptedException {
        EventStreams streams = EventStreams.of(uri, true, this::take);
        try {
            long tried = System.nanoTime();
            boolean isNew = true;
            while (!isEnded.getAsBoolean()) {
                long now = System.nanoTime();
                boolean runs = streams.areRunning();
                if (!runs && now - tried >= AGAIN_NANOS) {
                    streams.close();
                    streams = EventStreams.of(uri, true, this::take);
                    tried = now;
                    isNew = true;
                }
                if (runs && isNew && now - tried >= AGAIN_NANOS) {
                    isNew = false;
                    isFlooded.set(true); // what has happened before they could be heard nobody has heard
                }
                say(runs);
                step(now);
            }
        } finally {
            streams.close();
        }
    }

    private void say(boolean runs) {
        if (runs != isListening) {
            log.line(
                    runs ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                    runs ? "listening to the events of " + uri : "no events of " + uri + " are heard: trying again");
            feed.listen(runs);
        }
        isListening = runs;
    }

    /** Any thread. */
    void take(String line) {
        HostEvent.parse(line).ifPresent(event -> {
            feed.tell(event);
            if (!events.offer(event)) {
                isFlooded.set(true);
            }
        });
    }

    /** What has come until now, and what is waited for; waits a moment where nothing has come. */
    void step(long now) throws InterruptedException {
        HostEvent event = events.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
        while (event != null) {
            guests.on(event, now);
            event = events.poll();
        }
        if (isFlooded.getAndSet(false)) {
            lookAtAll(now);
        }
        guests.tick(now);
        phases = guests.phases();
    }

    private void lookAtAll(long now) {
        try {
            guests.lookAtAll(now);
        } catch (UnreachableException e) {
            log.warn(String.valueOf(e.getMessage()));
        }
    }

    /** What it is told and what it finds, for others. */
    public EventFeed feed() {
        return feed;
    }

    Map<Pair.Phase, Integer> phases() {
        return Map.copyOf(phases);
    }

    boolean isListening() {
        return isListening;
    }

    AuditLog audit() {
        return audit;
    }
}
