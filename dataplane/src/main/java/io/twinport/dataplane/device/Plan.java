package io.twinport.dataplane.device;

import io.twinport.dataplane.loop.StuckLoopException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Steps with what undoes them. To run it is to take them in order; if one fails those before are undone in reverse, and so
 * they are when the plan's work ends. An undo that fails keeps none of the others from being done.
 */
final class Plan {
    private record Step(String name, Runnable action, Runnable undo) {}

    /** An undo that failed: what it was to undo, and why it could not. */
    record Failure(String step, RuntimeException cause) {}

    private final List<Step> steps = new ArrayList<>();
    private final Deque<Step> done = new ArrayDeque<>();

    /** Adds a step; its action either succeeds or changes nothing. */
    Plan then(String name, Runnable action, Runnable undo) {
        steps.add(new Step(name, action, undo));
        return this;
    }

    /**
     * Takes all steps.
     *
     * @throws RuntimeException of the step that failed; the steps before are undone. Only where a poll loop may use the
     *     device yet ({@link StuckLoopException}) all stays as it is
     */
    void run() {
        for (Step step : steps) {
            try {
                step.action().run();
            } catch (StuckLoopException e) {
                throw e;
            } catch (RuntimeException e) {
                undo().forEach(failure -> e.addSuppressed(failure.cause()));
                throw e;
            }
            done.push(step);
        }
    }

    /** Undoes what was done, the last step first. */
    List<Failure> undo() {
        List<Failure> failures = new ArrayList<>();
        while (!done.isEmpty()) {
            Step step = done.pop();
            try {
                step.undo().run();
            } catch (RuntimeException e) {
                failures.add(new Failure(step.name(), e));
            }
        }
        return failures;
    }
}
