package io.twinport.control.host.probe;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What has been changed on the machine, and how each change is taken back: in reverse, and all of them, whatever fails. */
final class Undo {
    private record Change(String what, Runnable undo) {}

    private final Deque<Change> changes = new ArrayDeque<>();

    /**
     * To be called before the change: what has been done half is taken back too.
     *
     * @param what has to be done by hand if it cannot be taken back
     */
    void add(String what, Runnable undo) {
        changes.push(new Change(what, undo));
    }

    /**
     * Takes everything back.
     *
     * @return what could not be, and why
     */
    List<String> all() {
        List<String> failures = new ArrayList<>();
        while (!changes.isEmpty()) {
            Change change = changes.pop();
            try {
                change.undo.run();
            } catch (RuntimeException e) {
                failures.add(change.what + " (" + e.getMessage() + ")");
            }
        }
        return failures;
    }
}
