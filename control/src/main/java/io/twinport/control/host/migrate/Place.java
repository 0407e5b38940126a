package io.twinport.control.host.migrate;

/** Where a guest is, as both hosts show it. */
public enum Place {
    SOURCE,
    /** It is off, and the source has its definition. */
    OFF,
    MIGRATING,
    TARGET,
    /** Two running copies, or none: nothing is touched. */
    UNKNOWN;

    static Place of(DomainState source, DomainState target) {
        if (source.isPostcopy() || target.isPostcopy()) {
            // It has left: only the target can go on, whether or not the rest of the memory has come.
            return target.isActive() ? TARGET : UNKNOWN;
        }
        if (source.isActive() && target.isActive()) {
            return target.isIncoming() || source.hasJob() || isLeaving(source) ? MIGRATING : UNKNOWN;
        }
        if (source.isActive()) {
            return source.hasJob() || isLeaving(source) ? MIGRATING : SOURCE;
        }
        if (target.isActive()) {
            return target.isIncoming() ? MIGRATING : TARGET;
        }
        return !source.state().isEmpty() && target.state().isEmpty() ? OFF : UNKNOWN;
    }

    private static boolean isLeaving(DomainState source) {
        return source.state().equals("paused") && source.reason().equals("migrating");
    }
}
