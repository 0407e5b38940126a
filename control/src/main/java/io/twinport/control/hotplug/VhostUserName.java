package io.twinport.control.hotplug;

import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dpdk.Devargs;
import java.util.Optional;
import java.util.Set;

/** How a far end by vhost-user is named that twinport's own driver has: {@code vhost-user:/run/vm.sock,server=1,queues=2}. */
public final class VhostUserName {
    private static final String PREFIX = "vhost-user:";
    private static final String SERVER = "server";
    private static final String QUEUES = "queues";
    private static final String MAC = "mac";
    private static final String PACKED = "packed";
    private static final Set<String> ARGUMENTS = Set.of(SERVER, QUEUES, MAC, PACKED);

    private VhostUserName() {}

    /** Whether a device is named so. */
    public static boolean is(String name) {
        return name.startsWith(PREFIX);
    }

    /** The path in it; empty where a device is named otherwise. */
    static Optional<String> path(String text) {
        String name = Devargs.nameOf(text);
        return is(name) ? Optional.of(name.substring(PREFIX.length())) : Optional.empty();
    }

    /** @throws IllegalArgumentException if an argument is unknown, or none of its values */
    public static void check(String text) {
        if (path(text).filter(path -> path.startsWith("/")).isEmpty()) {
            throw new IllegalArgumentException("give the socket's whole path: vhost-user:/run/vm.sock");
        }
        Devargs.checkArguments(text);
        for (String argument : Devargs.arguments(text)) {
            String key = argument.split("=", 2)[0];
            if (!ARGUMENTS.contains(key)) {
                throw new IllegalArgumentException("there is no argument '" + key
                        + "': server=1 (twinport listens), queues=N, mac=MAC and packed=0 (split rings) are");
            }
        }
        checkSwitch(text, SERVER, "give 1 (twinport listens) or 0");
        checkSwitch(text, PACKED, "give 0 (split rings) or 1 (packed ones where the far end has them)");
        int unused = queues(text);
    }

    private static void checkSwitch(String text, String key, String advice) {
        Devargs.argument(text, key).filter(value -> !value.matches("[01]")).ifPresent(value -> {
            throw new IllegalArgumentException(key + "=" + value + ": " + advice);
        });
    }

    /** Whether packed rings are used where the far end has them. */
    public static boolean isPacked(String text) {
        return Devargs.argument(text, PACKED).filter("0"::equals).isEmpty();
    }

    /** Where the far end is met. */
    public static FarEndAddress address(String text) {
        boolean isServer = Devargs.argument(text, SERVER).filter("1"::equals).isPresent();
        return new FarEndAddress(path(text).orElseThrow(), isServer);
    }

    /** Queue pairs that are used at most: a far end may offer more than it serves. */
    public static int queues(String text) {
        String given = Devargs.argument(text, QUEUES).orElse("1");
        int queues = given.matches("\\d{1,3}") ? Integer.parseInt(given) : 0;
        if (queues < 1 || queues > SideLine.MOST_QUEUES) {
            throw new IllegalArgumentException("queues=" + given + ": 1 to " + SideLine.MOST_QUEUES + " are possible");
        }
        return queues;
    }
}
