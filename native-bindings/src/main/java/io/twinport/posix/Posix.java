package io.twinport.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/** How libc's functions are found and how their {@code errno} gets to Java: each call leaves it in a captured state. */
final class Posix {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private Posix() {}

    /** A function whose first argument in Java is the state for {@link #errno}. */
    static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
    }

    /** As {@link #function}, of a variadic one that is always called with the types given. */
    static MethodHandle variadic(String name, FunctionDescriptor type, int fixedArguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                type,
                Linker.Option.firstVariadicArg(fixedArguments),
                Linker.Option.captureCallState("errno"));
    }

    static MemorySegment newState(Arena arena) {
        return arena.allocate(STATE);
    }

    static int errno(MemorySegment state) {
        return state.get(JAVA_INT, ERRNO);
    }

    static AssertionError impossible(Throwable e) {
        return new AssertionError(e);
    }
}
