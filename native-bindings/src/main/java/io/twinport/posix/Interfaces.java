package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/** The kernel's network interfaces by their names; the JDK lists only those that have an address. */
public final class Interfaces {
    /** What sysctl means with them (net.ipv4.conf.all), and what the bonding driver has in /sys/class/net. */
    private static final Set<String> RESERVED = Set.of(".", "..", "all", "default", "bonding_masters");

    /** As the kernel has it (dev_valid_name), and a shell or DPDK's devargs do not take for something else. */
    private static final Pattern NAME = Pattern.compile("(?!-)[!-~&&[^/:%,=\\[\\]]]{1,15}");

    private static final MethodHandle INDEX =
            Posix.function("if_nametoindex", FunctionDescriptor.of(JAVA_INT, ADDRESS));

    private Interfaces() {}

    /** Whether an interface can be called so. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches() && !RESERVED.contains(text);
    }

    /**
     * The kernel's number of an interface in this network namespace, which no later one of the same name gets; empty where
     * there is none of that name.
     */
    public static OptionalInt indexOf(String name) {
        try (Arena arena = Arena.ofConfined()) {
            int index = (int) INDEX.invokeExact(Posix.newState(arena), arena.allocateFrom(name));
            return index == 0 ? OptionalInt.empty() : OptionalInt.of(index);
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
