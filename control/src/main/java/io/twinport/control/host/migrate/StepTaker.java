package io.twinport.control.host.migrate;

import io.twinport.control.Log;
import java.util.function.BooleanSupplier;

/** Takes a step on a host, and takes it back: what it has come to is read, and what is somebody else's is left alone. */
final class StepTaker {
    /** Between two looks at a value that is waited for. */
    private static final long LOOK_MILLIS = 100;

    private final Hosts hosts;
    private final Log log;
    private final BooleanSupplier isInterrupted;

    StepTaker(Hosts hosts, Log log, BooleanSupplier isInterrupted) {
        this.hosts = hosts;
        this.log = log;
        this.isInterrupted = isInterrupted;
    }

    void checkInterrupt() throws StepException {
        if (isInterrupted.getAsBoolean()) {
            throw new StepException("interrupted");
        }
    }

    /** Whether a value is one that a step may begin with. */
    static boolean isExpected(Step step, String seen) {
        // An entry moves with the guest's frames: the bridge learns over what was written.
        boolean isMoved = step.setting().kind() == Setting.Kind.ENTRY && !seen.equals(Setting.NONE);
        return step.before().isEmpty()
                || seen.equals(step.before())
                || isMoved && !step.before().equals(Setting.NONE);
    }

    /** Whether a value is what a step is to lead to. */
    boolean isWanted(Step step, String seen) {
        return seen.equals(hosts.resolve(step.setting().side(), step.after()));
    }

    /** Gives a setting its value, unless it has it. */
    void change(Step step, String seen, boolean mayBeInterrupted) throws StepException {
        if (isWanted(step, seen)) {
            log.say(step.setting().text() + " is " + seen + " already");
            return;
        }
        log.say(step.text());
        apply(step, step.after(), mayBeInterrupted);
    }

    private void apply(Step step, String value, boolean mayBeInterrupted) throws StepException {
        String wanted = hosts.resolve(step.setting().side(), value);
        String complaint = hosts.set(step, wanted);
        // What the kernel has refused it will not do later; a guest may.
        long limitMillis = complaint.isEmpty() || step.setting().kind().isOfGuest() ? step.limitMillis() : 0;
        long start = hosts.nanos();
        while (!isThere(step, hosts.read(step.setting()), wanted)) {
            if (mayBeInterrupted) {
                checkInterrupt();
            }
            if (hosts.nanos() - start >= limitMillis * 1_000_000) {
                throw new StepException(step.setting().text() + " has not become " + wanted
                        + (limitMillis == 0 ? "" : " within " + limitMillis + " ms")
                        + (complaint.isEmpty() ? "" : ": " + complaint));
            }
            hosts.pause(LOOK_MILLIS);
        }
    }

    /** A guest that has its primary already moves the bridge's entry with its next frame: that is where its frames are to go. */
    private static boolean isThere(Step step, String now, String wanted) {
        boolean mayMove = step.setting().kind() == Setting.Kind.ENTRY
                && step.phase() == Phase.ARRIVE
                && step.after().startsWith("@");
        return now.equals(wanted) || mayMove && !now.equals(Setting.NONE);
    }

    /** Gives a setting back the value that it had, if what it has is ours. */
    void undo(Step step, String seen) throws StepException {
        Setting setting = step.setting();
        if (setting.kind() == Setting.Kind.SENDER) {
            if (!setting.key().isEmpty()) {
                hosts.set(step, Setting.NONE); // it is asked; its word would be no proof
            }
            return;
        }
        String old = step.before().isEmpty() ? seen : step.before();
        if (seen.equals(hosts.resolve(setting.side(), step.after()))) {
            return; // it was so before: somebody else's
        }
        String now = setting.kind() == Setting.Kind.DEVICE ? awaitDeparture(step, old) : hosts.read(setting);
        if (now.equals(old)) {
            return;
        }
        boolean isOurs =
                now.equals(hosts.resolve(setting.side(), step.after())) || setting.kind() == Setting.Kind.ENTRY;
        if (!isOurs) {
            throw new StepException(setting.text() + " is " + now + ", which is neither ours nor what it was (" + old
                    + "): it is left alone");
        }
        log.say("back: " + setting.text() + ": " + now + " -> " + old);
        apply(step, old, false);
    }

    /** A guest that was asked to let a device go may do so a while later: then it would be missing after all. */
    private String awaitDeparture(Step step, String old) {
        long start = hosts.nanos();
        String now = hosts.read(step.setting());
        while (now.equals(old) && hosts.nanos() - start < step.limitMillis() * 1_000_000) {
            hosts.pause(LOOK_MILLIS);
            now = hosts.read(step.setting());
        }
        if (now.equals(old)) {
            log.warn(step.setting().text() + " was asked for, and the guest keeps it; should it leave later, 'migrate"
                    + " reattach' brings it back");
        }
        return now;
    }
}
