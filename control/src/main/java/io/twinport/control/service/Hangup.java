package io.twinport.control.service;

import io.twinport.posix.Signals;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/** SIGHUP of a process that reads a configuration: it means that it is to be read again, and is never the end. Any thread. */
public final class Hangup {
    private static boolean isPending;
    private static @Nullable Runnable reload;

    private Hangup() {}

    /** As early as can be; until {@link #handle} it waits. The launcher has it ignored until here. */
    public static void hold() {
        Signals.disarm(Signals.HANGUP);
        Signal.handle(new Signal("HUP"), signal -> arrived());
    }

    /** Has it handled from now on, one that has come already too. */
    public static synchronized void handle(Runnable action) {
        reload = action;
        if (isPending) {
            isPending = false;
            Thread.ofPlatform().daemon().name("hangup").start(action);
        }
    }

    /** On a thread of its own for each signal. */
    private static void arrived() {
        Runnable action;
        synchronized (Hangup.class) {
            action = reload;
            isPending = action == null;
        }
        if (action != null) {
            action.run();
        }
    }
}
