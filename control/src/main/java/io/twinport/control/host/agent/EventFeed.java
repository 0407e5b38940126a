package io.twinport.control.host.agent;

import io.twinport.control.UserException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * What happens to the guests of this host, for management that reads along: a line of JSON each. Nobody waits for a reader: one that does
 * not keep up loses lines, and is told how many. Any thread.
 */
public final class EventFeed {
    /** Hooks need connections of the agent's socket too. */
    private static final int MOST_READERS = 8;

    private static final int MOST_WAITING = 1000;
    private static final long LOOK_MILLIS = 250;

    private final Clock clock;
    private final Map<String, Long> counts = new ConcurrentHashMap<>();
    private final Set<Reader> readers = new LinkedHashSet<>();
    private boolean isListening;
    private long dropped;

    /** Who says that it is so. */
    enum Word {
        HOST,
        /** The guest's driver, or its frames: it may say what it likes. */
        GUEST;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What becomes of a primary. */
    enum Change {
        /** The guest's frames come by it again. */
        ENABLED,
        /** They go by the standby. */
        DISABLED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The lines that somebody has yet to take. */
    private final class Reader {
        private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(MOST_WAITING);
        private long missed;

        /** Whether it is kept. How many are missing is said where they are. */
        synchronized boolean offer(String line) {
            if (missed > 0 && lines.remainingCapacity() >= 2) {
                lines.add(gap());
            }
            if (missed == 0 && lines.offer(line)) {
                return true;
            }
            missed++;
            return false;
        }

        private String gap() {
            String line = line("dropped", Word.HOST, Map.of("lines", missed));
            missed = 0;
            return line;
        }

        private synchronized Optional<String> last() {
            return missed > 0 && lines.isEmpty() ? Optional.of(gap()) : Optional.empty();
        }

        /** Waits a moment where there is none. */
        Optional<String> next() throws InterruptedException {
            return Optional.ofNullable(lines.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS))
                    .or(this::last);
        }
    }

    EventFeed(Clock clock) {
        this.clock = clock;
    }

    /** What libvirt or QEMU has told. */
    void tell(HostEvent event) {
        Map<String, Object> what = new LinkedHashMap<>();
        what.put("guest", event.domain());
        if (!event.device().isEmpty()) {
            what.put("device", event.device());
        }
        tell(event.kind().label(), event.kind().word(), what);
    }

    /**
     * What the agent has done, or seen, of a guest's primary.
     *
     * @param faults what has failed of that
     */
    void tell(Change change, Word word, String guest, String primary, List<String> faults) {
        Map<String, Object> what = new LinkedHashMap<>();
        what.put("guest", guest);
        what.put("device", primary);
        if (!faults.isEmpty()) {
            what.put("fault", String.join("; ", faults));
        }
        tell(change.label(), word, what);
    }

    /** Whether the host's events are heard: while they are not, none is told. */
    synchronized void listen(boolean listening) {
        isListening = listening;
        readers.forEach(reader -> put(reader, listening()));
    }

    private String listening() {
        return line(isListening ? "listening" : "not_listening", Word.HOST, Map.of());
    }

    private synchronized void tell(String event, Word word, Map<String, Object> what) {
        counts.merge(event, 1L, Long::sum);
        String line = line(event, word, what);
        readers.forEach(reader -> put(reader, line));
    }

    private void put(Reader reader, String line) {
        if (!reader.offer(line)) {
            dropped++;
        }
    }

    private String line(String event, Word word, Map<String, Object> what) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", clock.instant().toString());
        line.put("event", event);
        line.put("word", word.label());
        line.putAll(what);
        return JsonMapper.shared().writeValueAsString(line) + "\n";
    }

    /** @throws UserException if no reader may come any more */
    public synchronized void checkRoom() {
        if (readers.size() >= MOST_READERS) {
            throw new UserException(
                    MOST_READERS + " processes read the agent's events already, and no more can. End one.");
        }
    }

    /**
     * Writes what is told from now on, each line at once; the first says whether the host's events are heard.
     *
     * @param wanted whether it is to go on; what has been told until then is written
     */
    public void write(OutputStream out, BooleanSupplier wanted) throws IOException {
        Reader reader = new Reader();
        try {
            Optional<String> line = Optional.of(join(reader));
            boolean isWanted = true;
            while (isWanted || line.isPresent()) {
                if (line.isPresent()) {
                    out.write(line.get().getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
                isWanted = wanted.getAsBoolean();
                line = reader.next();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the agent ends
        } finally {
            leave(reader);
        }
    }

    private synchronized String join(Reader reader) {
        readers.add(reader);
        return listening();
    }

    private synchronized void leave(Reader reader) {
        readers.remove(reader);
    }

    /** How often something was told, read or not. */
    long count(String event) {
        return counts.getOrDefault(event, 0L);
    }

    synchronized int readers() {
        return readers.size();
    }

    /** Lines that a reader was too slow for. */
    synchronized long dropped() {
        return dropped;
    }
}
