package io.twinport.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** Who may read and write the files that this process makes, libraries in it included. */
public final class FileModes {
    private static final int GROUP_AND_OTHERS = 0077;

    private static final MethodHandle UMASK = Posix.function("umask", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private FileModes() {}

    /** From now on files, folders and sockets are for this user alone, whoever makes them. */
    public static void keepToThisUser() {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) UMASK.invokeExact(Posix.newState(arena), GROUP_AND_OTHERS);
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
