package io.twinport.control.host.migrate;

import java.util.List;

/**
 * A migration, as it is to be carried out.
 *
 * @param domain its name
 * @param uuid by which both hosts know it
 * @param source the URI of its libvirt
 * @param target likewise
 * @param onSource what starts a program on that host; empty for this machine
 * @param onTarget likewise
 * @param way who takes the primary out and puts it back
 * @param migrationOptions of {@code virsh migrate}, besides those that every migration has
 * @param notes what somebody should know before
 */
public record Plan(
        String domain,
        String uuid,
        String source,
        String target,
        List<String> onSource,
        List<String> onTarget,
        Way way,
        List<String> migrationOptions,
        List<Step> steps,
        List<String> notes) {
    /** Who takes the primary out and puts it back. */
    public enum Way {
        /** We do, before and after. */
        MANAGED,
        /** QEMU does, within the migration ({@code failover=on}). */
        QEMU
    }

    public Plan {
        onSource = List.copyOf(onSource);
        onTarget = List.copyOf(onTarget);
        migrationOptions = List.copyOf(migrationOptions);
        steps = List.copyOf(steps);
        notes = List.copyOf(notes);
    }

    String uri(Side side) {
        return side == Side.SOURCE ? source : target;
    }

    List<String> starter(Side side) {
        return side == Side.SOURCE ? onSource : onTarget;
    }

    List<Step> of(Phase phase) {
        return steps.stream().filter(step -> step.phase() == phase).toList();
    }

    /** The standbys, as the names that begin with {@code @}. */
    List<String> standbys() {
        return of(Phase.ARRIVE).stream()
                .filter(step -> step.setting().kind() == Setting.Kind.ENTRY
                        && step.after().startsWith("@"))
                .map(Step::after)
                .distinct()
                .toList();
    }
}
