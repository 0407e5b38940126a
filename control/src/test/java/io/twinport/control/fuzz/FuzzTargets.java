package io.twinport.control.fuzz;

import io.twinport.control.UserException;
import io.twinport.control.cli.AnswerTarget;
import io.twinport.control.cli.CncTarget;
import io.twinport.control.cli.ConfigurationTarget;
import io.twinport.control.cli.FileTarget;
import io.twinport.control.host.agent.EventsTarget;
import io.twinport.control.host.probe.VerdictsTarget;
import io.twinport.control.host.teaming.TeamingTarget;
import io.twinport.control.socket.ControlException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** All readers of what others may have written, by their names. */
public final class FuzzTargets {
    /** Makes one. */
    @FunctionalInterface
    private interface Maker {
        FuzzTarget make() throws Exception;
    }

    private static final Map<String, Maker> ALL = new TreeMap<>(Map.ofEntries(
            Map.entry("answer", AnswerTarget::new),
            Map.entry("cnc", CncTarget::new),
            Map.entry("configuration", ConfigurationTarget::new),
            Map.entry("control", ControlTarget::new),
            Map.entry("events", EventsTarget::new),
            Map.entry("file", FileTarget::new),
            Map.entry("flight", FlightTarget::new),
            Map.entry("http", HttpTarget::new),
            Map.entry("pcap", PcapTarget::new),
            Map.entry("teaming", TeamingTarget::new),
            Map.entry("verdicts", VerdictsTarget::new),
            Map.entry("vhost", VhostTarget::new)));

    private FuzzTargets() {}

    public static Set<String> names() {
        return ALL.keySet();
    }

    public static FuzzTarget make(String name) throws Exception {
        return Objects.requireNonNull(ALL.get(name), "there are " + names()).make();
    }

    /** Whether an exception is one that a user is told in a paragraph. */
    public static boolean isForUsers(Exception e) {
        return UserException.isToMend(e) || e instanceof ControlException;
    }
}
