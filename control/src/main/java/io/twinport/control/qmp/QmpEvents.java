package io.twinport.control.qmp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The events that have come and that nobody has taken: the newest ones, if nobody takes any. */
final class QmpEvents {
    static final int KEPT = 1024;

    private final Deque<QmpEvent> events = new ArrayDeque<>();
    private String end = "";

    synchronized void add(QmpEvent event) {
        if (events.size() == KEPT) {
            events.removeFirst();
        }
        events.addLast(event);
        notifyAll();
    }

    synchronized void clear() {
        events.clear();
    }

    /** None will come any more. */
    synchronized void end(String reason) {
        end = reason;
        notifyAll();
    }

    synchronized QmpEvent await(String name, Predicate<QmpEvent> condition, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            for (Iterator<QmpEvent> each = events.iterator(); each.hasNext(); ) {
                QmpEvent event = each.next();
                if (condition.test(event)) {
                    each.remove();
                    return event;
                }
            }
            if (!end.isEmpty()) {
                throw new QmpException("event " + name + " will not come: " + end);
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new QmpException("no event " + name + " within " + limit.toMillis() + " ms; others: "
                        + events.stream()
                                .map(event -> event.name() + event.data())
                                .toList());
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new QmpException("event " + name + ": interrupted", e);
            }
        }
    }
}
