package io.twinport.control.run;

import io.twinport.control.UserException;
import io.twinport.control.pcap.Capture;
import io.twinport.control.plan.Claims;
import io.twinport.control.plan.SideSpec;
import io.twinport.control.socket.ControlCommand;
import io.twinport.control.socket.ControlRequest;
import io.twinport.dpdk.EalLog;
import io.twinport.dpdk.MbufPool;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the control socket of a run understands. */
public final class OperatorCommands {
    private static final String PORT = "port";
    private static final String SIDE = "side";
    private static final String TO = "to";
    private static final String DEVICE = "device";

    private static final String LEVEL = "level";
    private static final String PATTERN = "pattern";
    private static final String UNDO = "undo";
    private static final String SNAP = "snap";
    private static final String FRAMES = "frames";
    private static final String SECONDS = "seconds";

    private final FailoverRun run;
    private final Map<String, ControlCommand> commands = new LinkedHashMap<>();

    /**
     * All but what concerns the process.
     *
     * @param run whose ports they are for; it must not be stopped while one is executed
     */
    public OperatorCommands(FailoverRun run) {
        this.run = run;
        add(
                "ports",
                Set.of(),
                request -> run.operators().stream().map(PortOperator::view).toList());
        add("port", Set.of(PORT), request -> port(request).view());
        add("stats", Set.of(PORT), this::statistics);
        add("xstats", Set.of(PORT), request -> port(request).views().extendedStatistics());
        add("loglevel", Set.of(LEVEL, PATTERN), this::setLogLevel);
        add("health", Set.of(), request -> health());
        add("switch", Set.of(PORT, TO), request -> port(request).switchTo(request.text(TO)));
        add("attach", Set.of(PORT, SIDE, DEVICE), this::attach);
        add("drain", Set.of(PORT, UNDO), request -> port(request).drain(!request.flag(UNDO)));
        add(
                "capture",
                Set.of(PORT, SNAP, FRAMES, SECONDS),
                request -> port(request).capture(limits(request)));
        add("detach", Set.of(PORT, SIDE), request -> port(request).detach(request.text(SIDE)));
    }

    /** One that concerns the process. */
    public OperatorCommands with(String name, Supplier<Object> action) {
        add(name, Set.of(), request -> action.get());
        return this;
    }

    public Map<String, ControlCommand> all() {
        return commands;
    }

    private void add(String name, Set<String> arguments, ControlCommand.Action action) {
        commands.put(name, new ControlCommand(arguments, action));
    }

    private PortOperator port(ControlRequest request) {
        return run.operator(request.optional(PORT));
    }

    private PortView attach(ControlRequest request) {
        PortOperator port = port(request);
        SideSpec wanted = port.wanted(request.text(SIDE), request.optional(DEVICE));
        Claims claims = new Claims();
        run.operators().forEach(each -> each.claim(claims, Optional.of(wanted).filter(_ -> each == port)));
        return port.attach(wanted);
    }

    private static Capture.Limits limits(ControlRequest request) {
        return new Capture.Limits(
                (int) request.number(SNAP, Capture.Limits.MOST_SNAP, 1, Capture.Limits.MOST_SNAP),
                request.number(FRAMES, Capture.Limits.MOST, 1, Capture.Limits.MOST),
                request.number(SECONDS, Capture.Limits.MOST, 1, Capture.Limits.MOST));
    }

    /** Of our own lines, or of those components of DPDK that a pattern names. */
    private Map<String, String> setLogLevel(ControlRequest request) {
        String level = request.text(LEVEL);
        Optional<String> pattern = request.optional(PATTERN);
        if (pattern.isPresent()) {
            EalLog.set(pattern.get(), one(EalLog.Level.values(), level));
        } else {
            Level[] ours = {Level.WARNING, Level.INFO, Level.DEBUG};
            run.logFrom(one(ours, level));
        }
        return Map.of(LEVEL, level);
    }

    private static <E extends Enum<E>> E one(E[] levels, String name) {
        return Arrays.stream(levels)
                .filter(level -> level.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new UserException("there is no level " + name + ", only "
                        + Arrays.toString(levels).toLowerCase(Locale.ROOT) + "."));
    }

    private List<PortView.Statistics> statistics(ControlRequest request) {
        List<PortOperator> ports = request.optional(PORT).isPresent() ? List.of(port(request)) : run.operators();
        return ports.stream().map(port -> port.views().statistics()).toList();
    }

    /**
     * The health of a run.
     *
     * @param pid of the process
     * @param mbufs of the pool
     * @param mbufsAvailable that nobody holds
     * @param errors that should not have happened, each with how often it did
     * @param hanging threads that do not turn, each with what that means
     * @param ports their standbys
     */
    record Health(
            long pid,
            int mbufs,
            int mbufsAvailable,
            List<String> errors,
            List<String> hanging,
            List<PortHealth> ports) {}

    /**
     * @param standby null while nothing is known of it
     * @param failures of its sides, by their roles: what part of one is dead though its link is up
     * @param differences what is not as it should be below its sides, which stand before it
     */
    record PortHealth(
            String name,
            String active,
            boolean carrier,
            PortView.@Nullable HealthView standby,
            Map<String, String> failures,
            List<String> differences) {
        static PortHealth of(PortView view) {
            Map<String, String> failures = new LinkedHashMap<>();
            List<String> differences = new ArrayList<>();
            for (PortView.SideView side : view.sides()) {
                if (side.failure() != null) {
                    failures.put(side.role(), side.failure());
                }
                side.differences().forEach(each -> differences.add(side.role() + ": " + each));
            }
            return new PortHealth(view.name(), view.active(), view.carrier(), view.health(), failures, differences);
        }
    }

    private Health health() {
        MbufPool pool = run.engine().pool();
        return new Health(
                ProcessHandle.current().pid(),
                pool.size(),
                pool.available(),
                run.engine().errors(),
                run.heartbeats().hanging().stream()
                        .map(Heartbeats.Hang::toString)
                        .toList(),
                run.operators().stream()
                        .map(PortOperator::view)
                        .map(PortHealth::of)
                        .toList());
    }
}
