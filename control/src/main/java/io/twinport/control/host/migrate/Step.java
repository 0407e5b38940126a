package io.twinport.control.host.migrate;

/**
 * A step of a plan: a setting that gets another value, or the migration itself.
 *
 * @param id by which a journal names it
 * @param setting of the migration: the guest
 * @param before the precondition: the value that it has; empty for any. What is undone gets it back
 * @param after the value that it gets, which is the check too
 * @param why for people
 * @param needs the step without which this one is left out; empty for none; behind {@link #UNLESS} the one with which it is
 * @param isOptional whether the plan goes on without it: that is said
 * @param xml of a device
 * @param limitMillis for its command and, again, until the value is seen
 */
public record Step(
        String id,
        Phase phase,
        Setting setting,
        String before,
        String after,
        String why,
        String needs,
        boolean isOptional,
        String xml,
        long limitMillis) {
    static final String UNLESS = "!";
    static final long QUICK_MILLIS = 5_000;

    /** A guest's driver may take its time; QEMU does not say no. */
    static final long UNPLUG_MILLIS = 10_000;

    /** Until a guest has sent something by the other device: its driver starts, its link comes up. */
    static final long WORD_MILLIS = 10_000;

    static Step of(String id, Phase phase, Setting setting, String before, String after, String why) {
        return new Step(id, phase, setting, before, after, why, "", false, "", QUICK_MILLIS);
    }

    Step needing(String step) {
        return new Step(id, phase, setting, before, after, why, step, isOptional, xml, limitMillis);
    }

    Step optional() {
        return new Step(id, phase, setting, before, after, why, needs, true, xml, limitMillis);
    }

    Step withXml(String document) {
        return new Step(id, phase, setting, before, after, why, needs, isOptional, document, limitMillis);
    }

    Step within(long millis) {
        return new Step(id, phase, setting, before, after, why, needs, isOptional, xml, millis);
    }

    boolean isMigration() {
        return phase == Phase.MIGRATE;
    }

    /** {@code source: link of tap01: down -> up}. */
    public String text() {
        return setting.text() + ": " + (before.isEmpty() ? "" : before + " -> ") + after;
    }
}
