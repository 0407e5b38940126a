package io.twinport.control.top;

import io.twinport.control.Printable;
import io.twinport.control.history.SwitchHistory;
import io.twinport.control.history.SwitchHistory.Switch;
import io.twinport.dataplane.cnc.CncReading;
import io.twinport.dataplane.cnc.InputLog;
import io.twinport.dataplane.cnc.PolicyInput;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code twinport.cnc} says at an instant.
 *
 * @param nanos {@link System#nanoTime} of the reading
 * @param alive whether its process runs
 * @param start of that; null where that cannot be known
 * @param ports by their numbers
 * @param switches on record, the oldest first
 */
record TopSample(
        long nanos,
        long pid,
        boolean alive,
        @Nullable Instant start,
        SortedMap<Integer, Port> ports,
        List<Switch> switches) {
    private static final Pattern NAME = Pattern.compile("port (\\d{1,2}) name (.*)");
    private static final Pattern COUNTER = Pattern.compile("port (\\d{1,2}) (?!queue \\d)(.*)");

    /**
     * A failover port.
     *
     * @param counters by their names without the port
     * @param state of its policy
     */
    record Port(String name, Map<String, Long> counters, int state) {
        /** 0 where it does not count that. */
        long count(String counter) {
            return counters.getOrDefault(counter, 0L);
        }

        /** The counter whose name begins so, for names that say what their values mean. */
        long beginning(String name) {
            return counters.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith(name))
                    .findFirst()
                    .map(Map.Entry::getValue)
                    .orElse(0L);
        }
    }

    /** @throws io.twinport.dataplane.cnc.CncException if it is no such file */
    static TopSample read(Path file) {
        return of(CncReading.read(file));
    }

    static TopSample of(CncReading reading) {
        Map<Integer, String> names = new HashMap<>();
        Map<Integer, Map<String, Long>> counters = new HashMap<>();
        for (CncReading.Counter each : reading.counters()) {
            Matcher name = NAME.matcher(each.label());
            Matcher counter = COUNTER.matcher(each.label());
            if (name.matches()) {
                names.put(Integer.valueOf(name.group(1)), Printable.line(name.group(2)));
            } else if (counter.matches()) {
                counters.computeIfAbsent(Integer.valueOf(counter.group(1)), port -> new HashMap<>())
                        .put(counter.group(2), each.value());
            }
        }
        Map<Integer, Integer> states = new HashMap<>();
        for (PolicyInput input : new InputLog(reading.policyInputs()).inputs()) {
            states.put(input.port(), input.after());
        }
        SortedMap<Integer, Port> ports = new TreeMap<>();
        names.forEach((port, name) ->
                ports.put(port, new Port(name, counters.getOrDefault(port, Map.of()), states.getOrDefault(port, 0))));
        SwitchHistory history = SwitchHistory.of(reading);
        return new TopSample(
                System.nanoTime(),
                reading.pid(),
                ProcessHandle.of(reading.pid()).isPresent(),
                history.start(),
                ports,
                history.switches());
    }
}
