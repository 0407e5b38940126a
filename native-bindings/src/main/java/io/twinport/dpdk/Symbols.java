package io.twinport.dpdk;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * Symbols of the loaded libraries for the hand-written calls. Handles are ordinary ones, not critical: an upcall below
 * a critical call aborts the JVM and a driver that blocks in one holds up every safepoint, and neither the 4 ns of a
 * burst are worth that.
 */
final class Symbols {
    private static final Linker LINKER = Linker.nativeLinker();

    private Symbols() {}

    /** A function at an address that is known now. */
    static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(find(name), type);
    }

    /** Functions of one type whose address is the first argument of each call. */
    static MethodHandle functionPointer(FunctionDescriptor type) {
        return LINKER.downcallHandle(type);
    }

    static long address(String name) {
        return find(name).address();
    }

    /**
     * The calling thread's copy of a thread-local variable: glibc's dlsym resolves such a symbol for its caller, so
     * the answer must neither be cached nor passed to another thread.
     */
    static MemorySegment threadLocal(String name) {
        return find(name).reinterpret(Integer.BYTES);
    }

    private static MemorySegment find(String name) {
        return SymbolLookup.loaderLookup()
                .find(name)
                .orElseThrow(() -> new DpdkException("the loaded libdpdk does not export " + name));
    }

    /** For what a downcall cannot throw: a handle only fails so when its call does not match its type. */
    static AssertionError impossible(Throwable e) {
        return new AssertionError(e);
    }
}
