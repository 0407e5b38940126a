package io.twinport.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** The user that this process runs as. */
public final class ThisUser {
    /** The one who may do everything anyway. */
    public static final int ROOT = 0;

    private static final MethodHandle GETEUID = Posix.function("geteuid", FunctionDescriptor.of(JAVA_INT));
    private static final int ID = geteuid();

    private ThisUser() {}

    /** The effective user id, which new files belong to. */
    public static int id() {
        return ID;
    }

    /** The name, or the number of a user that has none: all of those are {@code ?} to the JVM. */
    public static String name() {
        String name = System.getProperty("user.name", "?");
        return name.equals("?") ? String.valueOf(ID) : name;
    }

    private static int geteuid() {
        try (Arena arena = Arena.ofConfined()) {
            return (int) GETEUID.invokeExact(Posix.newState(arena));
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
