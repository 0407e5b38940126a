package io.twinport.control.host.migrate;

/** Both hosts, as a plan's steps need them. Every call has a limit of its own. */
public interface Hosts {
    /**
     * Where a domain stands on a host.
     *
     * @throws UnreachableException if the host cannot be asked
     */
    DomainState state(Side side);

    /**
     * The value of a setting.
     *
     * @throws UnreachableException if the host cannot be asked
     */
    String read(Setting setting);

    /** A value as the host has it: one that begins with {@code @} is resolved. */
    String resolve(Side side, String value);

    /**
     * Carries out a step's command with another value. What it has come to the setting's value tells, and not its answer.
     *
     * @return what the command complained of; empty if it did not
     * @throws UnreachableException if the host cannot be asked
     */
    String set(Step step, String value);

    /**
     * Migrates the guest, and returns as soon as it runs at the target or the migration has ended in another way. Which of both, the
     * states of the domain tell.
     *
     * @param watch looked at all the time: how far it is, and whether it is to be aborted
     * @return what libvirt complained of; empty if it did not
     */
    String migrate(Step step, Watch watch);

    /** Waits until a migration that {@link #migrate} began has ended; returns what it complained of. */
    String awaitMigration();

    /** Asks libvirt to abort the migration; what it has come to the states tell. */
    void abort();

    /** {@code System.nanoTime}. */
    long nanos();

    /** Until something may have changed, at most so long. */
    void pause(long millis);

    /** Looks on while a guest is migrated. */
    interface Watch {
        /** How far it is, a line. */
        void progress(String text);

        /** Whether somebody wants it to end. */
        boolean isAborted();
    }
}
