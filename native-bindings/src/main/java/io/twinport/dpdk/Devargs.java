package io.twinport.dpdk;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** DPDK's way to name a device and its arguments: {@code net_tap0,iface=tw0} or {@code 0000:05:00.0}. Text only. */
public final class Devargs {
    private Devargs() {}

    /** The device's name; PCI addresses in full and in lower case. */
    public static String nameOf(String devargs) {
        String name = devargs.split(",", 2)[0].trim();
        if (name.matches("(?i)[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]")) {
            return "0000:" + name.toLowerCase(Locale.ROOT);
        }
        return isPci(name) ? name.toLowerCase(Locale.ROOT) : name;
    }

    /** Whether a device's name is a PCI address, {@code 0000:05:00.0}. */
    public static boolean isPci(String name) {
        return name.matches("(?i)[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");
    }

    /** The value of {@code key=value} behind the name. */
    public static Optional<String> argument(String devargs, String key) {
        return Arrays.stream(devargs.split(",", -1))
                .skip(1)
                .map(String::trim)
                .filter(pair -> pair.startsWith(key + "="))
                .map(pair -> pair.substring(key.length() + 1))
                .findFirst();
    }

    /** The same with another value behind {@code key=}, which need not have been there. */
    public static String with(String devargs, String key, String value) {
        return without(devargs, key) + "," + key + "=" + value;
    }

    private static String without(String devargs, String key) {
        String[] parts = devargs.split(",", -1);
        return Stream.concat(
                        Stream.of(parts[0]),
                        Arrays.stream(parts).skip(1).filter(pair -> !pair.trim().startsWith(key + "=")))
                .collect(Collectors.joining(","));
    }
}
