package io.twinport.control.host.migrate;

/** When a step is taken, and so what a failure means. */
public enum Phase {
    /** At the source, before the migration. A failure: all of it is undone, in reverse order. */
    PREPARE,
    /** The migration. Where the guest is afterwards says how it goes on. */
    MIGRATE,
    /** At the source, as soon as the guest runs at the target. A failure from here on: the rest is done all the same. */
    LEAVE,
    /** At the host that has the guest. */
    ARRIVE
}
