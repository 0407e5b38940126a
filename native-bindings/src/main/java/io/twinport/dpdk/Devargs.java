package io.twinport.dpdk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** DPDK's way to name a device and its arguments: {@code net_tap0,iface=tw0} or {@code 0000:05:00.0}. Text only. */
public final class Devargs {
    private Devargs() {}

    /** A PCI address has 5 bits for the device and 3 for the function. */
    private static final Pattern PCI = Pattern.compile("(?i)(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}:[01][0-9a-f]\\.[0-7])");

    private static final Pattern ARGUMENT = Pattern.compile("[\\w.-]+([=(].+)?");

    /** Of a device, without the final 0 ({@code RTE_DEV_NAME_MAX_LEN}). */
    private static final int LONGEST_NAME = 63;

    /** The device's name; a PCI address as the kernel and DPDK write it, however it was spelled. */
    public static String nameOf(String devargs) {
        String name = devargs.split(",", 2)[0].trim();
        Matcher pci = PCI.matcher(name);
        if (!pci.matches()) {
            return name;
        }
        int domain = pci.group(1) == null ? 0 : Integer.parseUnsignedInt(pci.group(1), 16);
        return String.format("%04x:%s", domain, pci.group(2).toLowerCase(Locale.ROOT));
    }

    /** Whether a device's name is a PCI address in full, {@code 0000:05:00.0}. */
    public static boolean isPci(String name) {
        Matcher pci = PCI.matcher(name);
        return pci.matches() && pci.group(1) != null;
    }

    /** The driver of a virtual device: its name without the number, {@code net_tap}. */
    public static String driverOf(String name) {
        return name.replaceAll("\\d+$", "");
    }

    /**
     * Checks that DPDK can take it apart as it is meant.
     *
     * @throws IllegalArgumentException if it cannot
     */
    public static void check(String devargs) {
        if (nameOf(devargs).length() > LONGEST_NAME) {
            throw new IllegalArgumentException("a device's name has " + LONGEST_NAME + " characters at most");
        }
        checkArguments(devargs);
    }

    /**
     * The part of {@link #check} that is about what stands behind the name.
     *
     * @throws IllegalArgumentException if an argument is none, or is there twice
     */
    public static void checkArguments(String devargs) {
        List<String> keys = new ArrayList<>();
        for (String argument : arguments(devargs)) {
            if (!ARGUMENT.matcher(argument).matches()) {
                throw new IllegalArgumentException(
                        "'" + argument + "' is no argument of a device: write key=value, with commas between");
            }
            keys.add(argument.split("=", 2)[0]);
        }
        // Which of two counts is each driver's own choice, except where several are several queues (net_pcap).
        for (String key : List.of("mac", "path", "server", "iface")) {
            if (Collections.frequency(keys, key) > 1) {
                throw new IllegalArgumentException("'" + key + "=' is there twice");
            }
        }
    }

    /** What stands behind the name; commas in brackets belong to a value: {@code representor=[0,1]}. */
    public static List<String> arguments(String devargs) {
        return Arrays.stream(devargs.split(",(?![^\\[]*\\])(?![^(]*\\))", -1))
                .skip(1)
                .map(String::trim)
                .toList();
    }

    /** The value of {@code key=value} behind the name. */
    public static Optional<String> argument(String devargs, String key) {
        return arguments(devargs).stream()
                .filter(pair -> pair.startsWith(key + "="))
                .map(pair -> pair.substring(key.length() + 1))
                .findFirst();
    }

    /** The same with another value behind {@code key=}, which need not have been there. */
    public static String with(String devargs, String key, String value) {
        Stream<String> others = arguments(devargs).stream().filter(pair -> !pair.startsWith(key + "="));
        return String.join(
                ",",
                Stream.of(Stream.of(devargs.split(",", 2)[0]), others, Stream.of(key + "=" + value))
                        .flatMap(parts -> parts)
                        .toList());
    }
}
