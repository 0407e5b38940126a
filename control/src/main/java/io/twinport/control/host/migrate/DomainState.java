package io.twinport.control.host.migrate;

import java.util.Set;

/**
 * A domain as a host shows it.
 *
 * @param state {@code running}, {@code paused}, {@code shut off}; empty where the host has no such domain
 * @param reason {@code migrating}, {@code post-copy}
 * @param hasJob whether a migration of it is under way, as its source knows it
 */
public record DomainState(String state, String reason, boolean hasJob) {
    public static final DomainState ABSENT = new DomainState("", "", false);

    private static final Set<String> OFF = Set.of("", "shut off", "crashed");

    public boolean isActive() {
        return !OFF.contains(state);
    }

    /** Of a target: QEMU waits for the guest's state. */
    public boolean isIncoming() {
        return state.equals("paused") && (reason.equals("migrating") || reason.equals("starting up"));
    }

    /** The guest runs at the target, and the rest of its memory is at the source. */
    boolean isPostcopy() {
        return reason.startsWith("post-copy");
    }

    public String text() {
        return state.isEmpty() ? "not there" : state + (reason.isEmpty() ? "" : " (" + reason + ")");
    }
}
