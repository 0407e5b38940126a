package io.twinport.control.host.migrate;

import io.twinport.control.Log;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Carries a plan out. Before the guest runs at the target a failure undoes what was done, in reverse order; after that all is
 * finished forward, whatever fails on the way. Which of both it is, both hosts say and no memory of this process: so another one
 * can go on from the journal. Where a host cannot be asked nothing more is touched.
 */
public final class Runner {
    /** Between two looks at a value that is waited for. */
    private static final long LOOK_MILLIS = 100;

    /** Both hosts are asked one after the other, and a migration may end between: what does not fit together is looked at again. */
    private static final long FIT_MILLIS = 3_000;

    /** A migration that was aborted, or whose client has died, ends within about a second. */
    private static final long SETTLE_MILLIS = 60_000;

    private final Plan plan;
    private final Hosts hosts;
    private final MigrationJournal journal;
    private final Log log;
    private final BooleanSupplier isInterrupted;
    private final StepTaker steps;
    private final List<String> faults = new ArrayList<>();

    /**
     * @param journal with the plan; closed by whoever opened it
     * @param isInterrupted whether somebody wants it to end: it is undone then, if it still can be
     */
    public Runner(Hosts hosts, MigrationJournal journal, Log log, BooleanSupplier isInterrupted) {
        this.plan = journal.plan();
        this.hosts = hosts;
        this.journal = journal;
        this.log = log;
        this.isInterrupted = isInterrupted;
        this.steps = new StepTaker(hosts, log, isInterrupted);
    }

    /** From the start, or on from where a former run was broken off. */
    public Outcome run() {
        return guarded(() -> switch (settle(false)) {
            case SOURCE -> plan.of(Phase.MIGRATE).isEmpty() ? finish() : forward();
            case TARGET -> finish();
            case OFF -> undo("the guest is off", Place.OFF);
            case MIGRATING, UNKNOWN -> unknown();
        });
    }

    /** Back to the start, if the guest is still at the source; else all is finished forward. */
    public Outcome rollback() {
        return guarded(() -> {
            Place place = settle(true);
            return switch (place) {
                case SOURCE, OFF -> undo("a rollback was asked for", place);
                case TARGET -> {
                    log.warn("the guest runs at the target, from which nothing leads back: the rest is finished");
                    yield finish();
                }
                case MIGRATING, UNKNOWN -> unknown();
            };
        });
    }

    /** What is done where both hosts can be asked. */
    private interface Way {
        Outcome go();
    }

    private Outcome guarded(Way way) {
        try {
            return way.go();
        } catch (UnreachableException e) {
            log.warn(String.valueOf(e.getMessage()));
            return unknown();
        }
    }

    private Outcome forward() {
        try {
            for (Step step : plan.of(Phase.PREPARE)) {
                steps.checkInterrupt();
                prepare(step);
            }
            steps.checkInterrupt();
        } catch (StepException | UncheckedIOException e) {
            return undo(String.valueOf(e.getMessage()), settle(true));
        }
        return migrate();
    }

    private void prepare(Step step) throws StepException {
        String seen = hosts.read(step.setting());
        boolean wasSeen = journal.seen(step).filter(seen::equals).isPresent();
        if (!wasSeen && !steps.isWanted(step, seen) && !StepTaker.isExpected(step, seen)) {
            if (step.setting().kind() == Setting.Kind.VF_MAC) {
                // libvirt has given it back what it had, or another guest has the VF by now.
                log.say(step.text() + ": it is " + seen + " and no longer the guest's, and is left alone");
                return;
            }
            throw new StepException(
                    step.setting().text() + " is " + seen + ", and was " + step.before() + " when the plan was made");
        }
        try {
            journal.begin(step, seen);
            steps.change(step, seen, true);
        } catch (StepException e) {
            if (!step.isOptional() || isInterrupted.getAsBoolean()) {
                throw e;
            }
            log.warn(String.valueOf(e.getMessage()) + "; the plan goes on without it");
        }
    }

    private Outcome migrate() {
        Step step = plan.of(Phase.MIGRATE).getFirst();
        try {
            journal.begin(step, Setting.THERE);
        } catch (UncheckedIOException e) {
            return undo(String.valueOf(e.getMessage()), settle(true));
        }
        log.say(step.text());
        String complaint = hosts.migrate(step, new Hosts.Watch() {
            @Override
            public void progress(String text) {
                log.say(text);
            }

            @Override
            public boolean isAborted() {
                return isInterrupted.getAsBoolean();
            }
        });
        Place place = settle(false);
        return switch (place) {
            case TARGET -> finish();
            case SOURCE, OFF -> undo("the migration failed: " + complaint, place);
            case MIGRATING, UNKNOWN -> unknown();
        };
    }

    /** Where the guest is once no migration of it is under way. */
    private Place settle(boolean toAbort) {
        long start = hosts.nanos();
        boolean wasAborted = false;
        long fitting = start;
        while (true) {
            Place place = place();
            long now = hosts.nanos();
            fitting = place == Place.UNKNOWN ? fitting : now;
            boolean isFinal =
                    place == Place.UNKNOWN ? now - fitting > FIT_MILLIS * 1_000_000 : place != Place.MIGRATING;
            if (isFinal || now - start > SETTLE_MILLIS * 1_000_000) {
                return place;
            }
            boolean isOurs = plan.of(Phase.MIGRATE).stream()
                    .anyMatch(step -> journal.seen(step).isPresent());
            if (toAbort && isOurs && !wasAborted && place == Place.MIGRATING) {
                hosts.abort();
                wasAborted = true;
            }
            hosts.pause(LOOK_MILLIS);
        }
    }

    private Place place() {
        return Place.of(hosts.state(Side.SOURCE), hosts.state(Side.TARGET));
    }

    /** All of it; what cannot be undone is said, and the rest is undone all the same. */
    private Outcome undo(String why, Place place) {
        if (place == Place.TARGET) {
            return finish(); // it was there already when it was to be aborted
        }
        if (place != Place.SOURCE && place != Place.OFF) {
            return unknown();
        }
        log.warn(why + ". What was done is undone");
        note("undo: " + why);
        for (Step step : wayBack()) {
            Optional<String> seen = journal.seen(step);
            if (seen.isPresent()
                    && (place == Place.SOURCE || !step.setting().kind().isOfGuest())) {
                if (attempt(() -> steps.undo(step, seen.get()))) {
                    undone(step);
                }
            }
        }
        return end(Outcome.UNDONE);
    }

    /** The reverse order; only that the guest has its primary before the frames for it go there. */
    private List<Step> wayBack() {
        Map<Boolean, List<Step>> steps = plan.of(Phase.PREPARE).reversed().stream()
                .collect(Collectors.partitioningBy(step -> step.setting().kind() == Setting.Kind.DEVICE));
        return Stream.of(true, false)
                .flatMap(isDevice -> steps.getOrDefault(isDevice, List.of()).stream())
                .toList();
    }

    private Outcome finish() {
        Set<String> failed = new HashSet<>();
        for (Phase phase : List.of(Phase.LEAVE, Phase.ARRIVE)) {
            for (Step step : plan.of(phase)) {
                boolean isFallback = step.needs().startsWith(Step.UNLESS);
                if (isFallback && !failed.contains(step.needs().substring(Step.UNLESS.length()))) {
                    continue;
                }
                if (failed.contains(step.needs())) {
                    failed.add(step.id());
                    log.warn("left out: " + step.text());
                } else if (!attempt(() -> finish(step))) {
                    failed.add(step.id());
                }
            }
        }
        String complaint = hosts.awaitMigration();
        if (!complaint.isEmpty()) {
            fault("the guest runs at the target, and virsh says: " + complaint);
        }
        return end(Outcome.DONE);
    }

    private void finish(Step step) throws StepException {
        String seen = hosts.read(step.setting());
        if (!steps.isWanted(step, seen) && !StepTaker.isExpected(step, seen)) {
            boolean isLeft = step.setting().kind() == Setting.Kind.VF_MAC
                    || step.setting().kind() == Setting.Kind.VF_LINK;
            if (isLeft) {
                log.say(step.setting().text() + " is " + seen + " and no longer the guest's, and is left alone");
                return;
            }
            throw new StepException(
                    step.setting().text() + " is " + seen + " and should be " + step.before() + ": it is left alone");
        }
        try {
            steps.change(step, seen, false);
        } catch (StepException e) {
            if (!step.isOptional()) {
                throw e;
            }
            log.warn(String.valueOf(e.getMessage()) + "; the plan goes on without it");
        }
    }

    private interface Attempt {
        void go() throws StepException;
    }

    private boolean attempt(Attempt attempt) {
        try {
            attempt.go();
            return true;
        } catch (StepException e) {
            fault(String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void fault(String text) {
        faults.add(text);
        log.warn(text);
        note("fault: " + text);
    }

    private Outcome end(Outcome good) {
        if (!faults.isEmpty()) {
            return Outcome.FAULT;
        }
        try {
            journal.end(good);
        } catch (UncheckedIOException e) {
            log.warn(String.valueOf(e.getMessage()));
        }
        return good;
    }

    /** What is still known of both. */
    private Outcome unknown() {
        for (Side side : Side.values()) {
            try {
                log.warn("the " + side.text() + " " + plan.uri(side) + ": " + plan.domain() + " is "
                        + hosts.state(side).text());
            } catch (UnreachableException e) {
                log.warn(String.valueOf(e.getMessage()));
            }
        }
        note("unknown");
        return Outcome.UNKNOWN;
    }

    private void undone(Step step) {
        try {
            journal.undone(step);
        } catch (UncheckedIOException e) {
            log.warn(String.valueOf(e.getMessage())); // it is looked at again, and found as it was
        }
    }

    /** A full disk must not keep what is to be undone or finished from being so. */
    private void note(String text) {
        try {
            journal.note(text);
        } catch (UncheckedIOException e) {
            log.warn(String.valueOf(e.getMessage()));
        }
    }
}
