package io.twinport.control.cli;

import io.twinport.control.plan.PortPlan;
import io.twinport.control.run.FailoverRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a new configuration changes in a process that runs: what can, at once and all or none; what cannot is named. */
final class Reload {
    /** Keys of a port that can change while it runs. */
    private static final Set<String> LIVE = Set.of(
            "primary",
            "standby",
            "mtu",
            "mac",
            "vlan",
            "promiscuous",
            "all-multicast",
            "multicast",
            "failback",
            "damping",
            "announce",
            "announce-ms",
            "announce-vlan",
            "rx-silence-ms",
            "tx-stall-ms",
            "standby-check-seconds",
            "standby-down-expected",
            "release-seconds");

    /**
     * What has come of it.
     *
     * @param changed {@code wan.mtu: 1500 -> 1400}
     * @param needRestart the same, of what stays as it was
     */
    record Report(List<String> changed, List<String> needRestart) {}

    private final Configuration before;
    private final Configuration wanted;
    private final List<String> changed = new ArrayList<>();
    private final List<String> needRestart = new ArrayList<>();

    private Reload(Configuration before, Configuration wanted) {
        this.before = before;
        this.wanted = wanted;
    }

    /** What holds after it, and what is to be said of it. */
    record Outcome(Configuration configuration, Report report) {}

    /**
     * Changes what can change.
     *
     * @param before what holds
     * @throws RuntimeException of what is refused; then nothing has changed
     */
    static Outcome execute(Configuration before, Configuration wanted, FailoverRun run) {
        return new Reload(before, wanted).execute(run);
    }

    private Outcome execute(FailoverRun run) {
        compareProcess();
        Map<String, PortArguments> arguments = new LinkedHashMap<>();
        List<PortPlan> plans = new ArrayList<>();
        for (PortPlan plan : before.ports()) {
            String name = plan.name();
            PortArguments port = Objects.requireNonNull(before.arguments().get(name));
            PortArguments other = wanted.arguments().get(name);
            PortArguments merged = other == null ? port : merge(name, port, other, run.mbufRoom());
            arguments.put(name, merged);
            plans.add(plan(plan, port, merged));
        }
        if (!changed.isEmpty()) {
            run.use(plans);
        }
        Configuration now = new Configuration(before.options(), before.eal(), arguments, plans);
        return new Outcome(now, new Report(changed, needRestart));
    }

    /** Sides that are as they were stay, with what has been found for them. */
    private static PortPlan plan(PortPlan before, PortArguments port, PortArguments merged) {
        PortPlan plan = merged.plan(before.name());
        boolean isSame = Objects.equals(port.primary, merged.primary) && Objects.equals(port.standby, merged.standby);
        return isSame ? new PortPlan(plan.name(), before.sides(), plan.handler(), plan.settings()) : plan.paired();
    }

    private void compareProcess() {
        compare("", Configuration.values(before.options()), Configuration.values(wanted.options()), Set.of(), Map.of());
        if (!before.eal().equals(wanted.eal())) {
            needRestart.add("eal: " + before.eal() + " -> " + wanted.eal());
        }
        Set<String> names = new TreeSet<>(before.arguments().keySet());
        names.addAll(wanted.arguments().keySet());
        for (String name : names) {
            if (!wanted.arguments().containsKey(name)) {
                needRestart.add("the port " + name + " has gone from the file");
            } else if (!before.arguments().containsKey(name)) {
                needRestart.add("the port " + name + " is new");
            }
        }
    }

    private PortArguments merge(String name, PortArguments port, PortArguments other, int mbufRoom) {
        Map<String, Object> values = Configuration.values(port);
        Set<String> live = new TreeSet<>(LIVE);
        PortPlan plan = other.plan(name);
        if (plan.settings().configuration().mbufRoom() > mbufRoom) {
            live.remove("mtu"); // no mbuf would hold such a frame
        }
        if (plan.settings().configuration().mac().isEmpty()) {
            live.remove("mac"); // which of its devices had which is not known any more
        }
        Map<String, Object> merged = new TreeMap<>(values);
        compare(name + ".", values, Configuration.values(other), live, merged);
        return Configuration.port(merged);
    }

    /** @param merged gets the other value of each key that may change */
    private void compare(
            String prefix,
            Map<String, Object> values,
            Map<String, Object> others,
            Set<String> live,
            Map<String, Object> merged) {
        Set<String> keys = new TreeSet<>(values.keySet());
        keys.addAll(others.keySet());
        for (String key : keys) {
            Object value = values.get(key);
            Object other = others.get(key);
            String text = Configuration.text(value);
            if (Objects.equals(text, Configuration.text(other))) {
                continue;
            }
            String line = prefix + key + ": " + text + " -> " + Configuration.text(other);
            if (!live.contains(key)) {
                needRestart.add(line);
            } else {
                changed.add(line);
                if (other == null) {
                    merged.remove(key);
                } else {
                    merged.put(key, other);
                }
            }
        }
    }
}
