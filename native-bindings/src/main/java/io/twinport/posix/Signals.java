package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** What the JVM cannot do with signals. */
public final class Signals {
    public static final int HANGUP = 1;

    private static final MethodHandle SIGNAL =
            Posix.function("signal", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));

    /** A function of libc that takes a number, and does nothing to anybody. */
    private static final MemorySegment NOTHING =
            Linker.nativeLinker().defaultLookup().findOrThrow("abs");

    private Signals() {}

    /**
     * From now on a signal does nothing, and the JVM can be asked to handle it. One that the process was started to ignore, as
     * by nohup, the JVM leaves alone, whoever asks.
     */
    public static void disarm(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ignored = (MemorySegment) SIGNAL.invokeExact(Posix.newState(arena), signal, NOTHING);
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
