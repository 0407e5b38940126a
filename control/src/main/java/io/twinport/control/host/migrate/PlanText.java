package io.twinport.control.host.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A plan for people, for programs, and as two scripts of a shell. */
public final class PlanText {
    private static final String FILE = ".xml";

    /** How the documents' two scripts have it, and what a step of ours is instead. */
    private static final List<String> DIFFERENCES = List.of(
            "set -e: a command that fails ends the script, and nothing after it is done.",
            "The entry to the tap says 'static': without it the bridge makes a local one, and 0 of 100 frames reach the tap.",
            "It says 'sticky' too: else the bridge moves the entry to the uplink with the next frame that the guest sends by the VF.",
            "'replace' and not 'add': a second 'add' of the same address fails.",
            "The entry is made before the VF goes, and the guest has moved before that: nothing is without a way.",
            "The VF is taken out by its alias: by its document libvirt finds two devices with one MAC address, and takes none.",
            "Without --config: the stored document keeps the VF, and whoever starts the guest next finds it there.",
            "It waits until the VF is gone: virsh says 'successfully' when it has been asked for.",
            "--undefinesource: domif-setlink would change the stored copy that is left behind.",
            "The target has no entry before the guest runs there: one would take the frames of its own guests.");

    private PlanText() {}

    /** A step a line, with its command and how it is undone. */
    public static List<String> lines(Plan plan) {
        List<String> lines = new ArrayList<>();
        lines.add(plan.domain() + " (" + plan.uuid() + "): " + plan.source() + " -> " + plan.target() + ", "
                + (plan.way() == Plan.Way.MANAGED
                        ? "the primary is taken out before and put back after"
                        : "QEMU takes the primary out and puts it back"));
        plan.notes().forEach(note -> lines.add("note: " + note));
        int number = 0;
        for (Step step : plan.steps()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%2d %-8s%s%s",
                    ++number,
                    step.phase().name().toLowerCase(Locale.ROOT),
                    step.text(),
                    step.why().isEmpty() ? "" : "  (" + step.why() + ")"));
            List<String> command = command(plan, step, step.after());
            if (!command.isEmpty()) {
                lines.add("           " + shell(command));
            }
            List<String> undo = undo(plan, step);
            if (!undo.isEmpty()) {
                lines.add("           undo: " + shell(undo));
            }
        }
        return lines;
    }

    /** For programs. */
    public static Map<String, Object> json(Plan plan) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("domain", plan.domain());
        json.put("uuid", plan.uuid());
        json.put("source", plan.source());
        json.put("target", plan.target());
        json.put("way", plan.way().name().toLowerCase(Locale.ROOT));
        json.put("notes", plan.notes());
        json.put("steps", plan.steps().stream().map(step -> json(plan, step)).toList());
        return json;
    }

    private static Map<String, Object> json(Plan plan, Step step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", step.id());
        json.put("phase", step.phase().name().toLowerCase(Locale.ROOT));
        json.put("host", step.setting().side().text());
        json.put("setting", step.setting().text());
        json.put("precondition", step.before());
        json.put("command", command(plan, step, step.after()));
        json.put("check", step.after());
        json.put("undo", undo(plan, step));
        json.put("limitMillis", step.limitMillis());
        json.put("needs", step.needs());
        json.put("optional", step.isOptional());
        json.put("why", step.why());
        json.put("xml", step.xml());
        return json;
    }

    private static List<String> command(Plan plan, Step step, String value) {
        return step.isMigration()
                ? Commands.migrate(plan, plan.domain())
                : Commands.set(
                        plan.uri(step.setting().side()),
                        plan.domain(),
                        step,
                        step.setting().subject(),
                        value,
                        step.before().isEmpty() || step.before().equals(Setting.NONE)
                                ? port(plan, step)
                                : step.before(),
                        step.setting().subject() + FILE);
    }

    /** Of an entry that goes: where the step before it has put it. */
    private static String port(Plan plan, Step step) {
        return plan.steps().stream()
                .filter(each ->
                        each.setting().equals(step.setting()) && !each.after().equals(Setting.NONE))
                .map(Step::after)
                .findFirst()
                .orElse("PORT");
    }

    private static List<String> undo(Plan plan, Step step) {
        boolean isUndone = step.phase() == Phase.PREPARE && !step.before().isEmpty();
        return isUndone && !step.before().equals(step.after())
                ? step.before().equals(Setting.NONE)
                        ? Commands.set(
                                plan.uri(step.setting().side()),
                                plan.domain(),
                                step,
                                step.setting().subject(),
                                Setting.NONE,
                                step.after(),
                                "")
                        : command(plan, step, step.before())
                : List.of();
    }

    /** Two scripts, for where twinport is not: the first on the source, the second on the target. */
    public static List<String> scripts(Plan plan) {
        List<String> lines = new ArrayList<>(List.of(
                "#!/bin/bash",
                "# migrate.sh and reattach-vf.sh of the kernel's"
                        + " net_failover document, mended. What differs, and why:"));
        DIFFERENCES.forEach(each -> lines.add("#  * " + each));
        lines.add("# It undoes nothing: 'twinport migrate run' does. '@ALIAS' is the host's interface of that device.");
        lines.add("set -e; export LC_ALL=C");
        plan.notes().forEach(note -> lines.add("# note: " + note));
        documents(plan, lines);
        lines.add("");
        lines.add("# ---- at the source");
        for (Step step : plan.steps()) {
            if (step.phase() == Phase.ARRIVE && !lines.contains("# ---- at the target")) {
                lines.add("");
                lines.add("# ---- at the target");
                lines.add("set -e; export LC_ALL=C");
            }
            script(plan, step, lines);
        }
        return lines;
    }

    private static void documents(Plan plan, List<String> lines) {
        for (Step step : plan.steps()) {
            String head = "cat > " + step.setting().subject() + FILE + " <<'END'";
            if (!step.xml().isEmpty() && !lines.contains(head)) {
                lines.add(head);
                lines.addAll(step.xml().lines().toList());
                lines.add("END");
            }
        }
    }

    private static void script(Plan plan, Step step, List<String> lines) {
        lines.add("# " + step.text() + (step.why().isEmpty() ? "" : ": " + step.why()));
        List<String> command = command(plan, step, step.after());
        if (step.setting().kind() == Setting.Kind.SENDER) {
            lines.add("ip -s link show dev " + quote(step.setting().subject()) + "   # look: its RX packets grow");
        }
        if (!command.isEmpty()) {
            lines.add(shell(command));
        }
        if (step.setting().kind() == Setting.Kind.DEVICE && step.after().equals(Setting.NONE)) {
            lines.add("for i in {1.." + step.limitMillis() / 1000 + "}; do virsh dumpxml " + quote(plan.domain())
                    + " | grep -q \"name='" + step.setting().subject() + "'\" || break; sleep 1; done");
            lines.add("! virsh dumpxml " + quote(plan.domain()) + " | grep -q \"name='"
                    + step.setting().subject() + "'\"");
        }
    }

    private static String shell(List<String> command) {
        return command.stream().map(PlanText::quote).collect(Collectors.joining(" "));
    }

    private static String quote(String word) {
        return word.matches("[A-Za-z0-9@%_+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
