package io.twinport.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** What threads of ordinary scheduling get of a CPU that others want too: nice values, which Linux has for each thread. */
public final class Priority {
    /** The least, 1/15 of what a thread of the usual 0 gets. */
    public static final int LOWEST = 19;

    private static final int PRIO_PROCESS = 0;
    private static final MethodHandle SET =
            Posix.function("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle GET =
            Posix.function("getpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private Priority() {}

    /** Makes way for others; without privileges there is no way back. */
    public static void lowerThisThread(int nice) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Posix.newState(arena);
            if ((int) SET.invokeExact(state, PRIO_PROCESS, 0, nice) < 0) {
                throw new PosixException("setpriority(" + nice + ")", Posix.errno(state), "0 to 19 are always allowed");
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** The calling thread's nice value. */
    public static int ofThisThread() {
        try (Arena arena = Arena.ofConfined()) {
            return (int) GET.invokeExact(Posix.newState(arena), PRIO_PROCESS, 0);
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
