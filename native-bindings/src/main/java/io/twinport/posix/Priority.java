package io.twinport.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** How much of a CPU a thread gets beside others. */
public final class Priority {
    private static final int PRIO_PROCESS = 0;
    private static final int THIS_THREAD = 0;

    /**
     * Nine times the weight of an ordinary thread, and the turn as soon as there is something to do. No more: what this thread
     * waits for may be held by an ordinary one, which a real-time priority would never let go on.
     */
    private static final int HIGH = -10;

    private static final MethodHandle SET =
            Posix.function("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

    private Priority() {}

    /**
     * Puts the calling thread, and those that it creates, before ordinary ones ({@code nice}).
     *
     * @return false where that is not permitted: it takes CAP_SYS_NICE
     */
    public static boolean raiseThisThread() {
        try (Arena arena = Arena.ofConfined()) {
            return (int) SET.invokeExact(Posix.newState(arena), PRIO_PROCESS, THIS_THREAD, HIGH) == 0;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
