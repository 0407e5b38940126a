package io.twinport.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** The end of the process without the JVM's help. */
public final class ProcessEnd {
    private static final MethodHandle EXIT = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("_exit"), FunctionDescriptor.ofVoid(JAVA_INT));

    private ProcessEnd() {}

    /**
     * Ends the process at once: nothing is flushed, no hook runs. Unlike {@link Runtime#halt} it does not wait for a
     * safepoint, which a thread that is stuck in Java code never reaches.
     */
    public static void now(int exitCode) {
        try {
            EXIT.invokeExact(exitCode);
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
