package io.twinport.control;

import java.lang.System.Logger.Level;
import java.util.Arrays;

/** Twinport's own mistakes, which a user can do nothing about. They are said in a paragraph; a trace is for who asks for it. */
public final class Fault {
    private static final String OURS = "io.twinport.";

    private Fault() {}

    /** What has happened and where, in one line. */
    public static String describe(Throwable e) {
        if (e instanceof InternalError) { // the JVM's word for SIGBUS
            return "memory is gone that a file was mapped to: has somebody cut NAME.cnc or NAME.flight short?";
        }
        String place = Arrays.stream(e.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith(OURS))
                .findFirst()
                .map(frame -> " at " + frame)
                .orElse("");
        return "an internal fault, and no mistake of yours: " + Printable.line(e.toString()) + place
                + ". Please report it.";
    }

    /** Says it on stderr. */
    public static void report(Throwable e) {
        System.err.println(Journal.forStderr(
                Level.ERROR,
                "twinport: " + describe(e)
                        + " With TWINPORT_JAVA_OPTS=-Dtwinport.trace=true it shows all of its trace."));
        if (Boolean.getBoolean("twinport.trace")) {
            e.printStackTrace();
        }
    }

    /** From now on it is also said of threads that end by one. */
    public static void reportUncaught() {
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> report(e));
    }
}
