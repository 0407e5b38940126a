package io.twinport.dpdk;

import io.twinport.posix.Affinity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The user's own arguments for EAL, read as EAL reads them (lib/eal/common/eal_common_options.c and lib/eal/linux/eal.c of
 * DPDK 22.11 and 24.11). EAL itself prints pages of help where it does not like one, and ends the process for some.
 */
public final class EalOptions {
    private static final String CPUS = "-l";

    /** What both releases take: names, and what a value has to match; after a '?' it may be left out, without any there is none. */
    private static final Map<String, Kind> KINDS = kinds("""
            -a,--allow,-b,--block  .+
            -d                     .+
            -l                     .+
            -m                     \\d{1,9}
            -n                     [1-9]\\d{0,3}
            -r                     [1-9]|1[0-6]
            -v,--create-uio-dev,--in-memory,--legacy-mem,--match-allocations
            --no-hpet,--no-huge,--no-pci,--no-shconf,--no-telemetry
            --single-file-segments,--telemetry,--vmware-tsc-map
            --base-virtaddr        (0[xX])?\\p{XDigit}{1,16}
            --file-prefix          [\\w.-]{1,64}
            --force-max-simd-bitwidth  0|64|128|256|512
            --huge-dir             /.*
            --huge-unlink         ?existing|always|never
            --huge-worker-stack   ?[1-9]\\d{0,8}
            --iova-mode            pa|va
            --log-level            (?!help$)([^,:]+[,:])?[\\w.-]+
            --mbuf-pool-ops-name   \\S+
            --proc-type            primary
            --socket-limit,--socket-mem  \\d{1,7}(,\\d{1,7}){0,31}
            --syslog               \\w+
            --trace                .+
            --trace-bufsz          [1-9]\\d{0,8}[BKM]?
            --trace-dir            .+
            --trace-mode           o\\w*|d\\w*
            --vdev                 [a-z]\\w*(,.*)?
            --vfio-intr            legacy|msi|msix
            --vfio-vf-token        \\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}
            """);

    private static final String OWN_THREADS = "the poll loops are twinport's own threads, whose CPUs are given by -l";

    private static final String ENDS = "EAL would print its help and end the process";
    private static final String NO_SERVICES = "no DPDK service runs in twinport";

    /** What EAL takes and twinport cannot do with, and why. */
    private static final Map<String, String> REFUSED = Map.of(
            "-h", ENDS,
            "--help", ENDS,
            "-c", OWN_THREADS,
            "--lcores", OWN_THREADS,
            "--main-lcore", OWN_THREADS,
            "-s", NO_SERVICES,
            "-S", NO_SERVICES);

    /** Which EAL does not take together. */
    private static final List<List<String>> CONFLICTS = List.of(
            List.of("-m", "--socket-mem"),
            List.of("--no-huge", "--socket-mem"),
            List.of("--no-huge", "--huge-unlink"),
            List.of("--no-huge", "--huge-worker-stack"),
            List.of("--no-huge", "--match-allocations"),
            List.of("--no-huge", "--in-memory"),
            List.of("--legacy-mem", "--in-memory"),
            List.of("--legacy-mem", "--match-allocations"));

    private static final Pattern CPU_RANGE = Pattern.compile("(\\d+)(?:-(\\d+))?");

    /** @param value null for an option without one, else what it has to match */
    private record Kind(@Nullable Pattern value, boolean isOptional) {}

    /** @param words that it was given in */
    private record Given(String name, String value, List<String> words) {}

    private final List<Given> given = new ArrayList<>();

    private EalOptions() {}

    /**
     * Reads arguments.
     *
     * @throws IllegalArgumentException that says what EAL, or twinport, cannot do with
     */
    public static EalOptions parse(List<String> arguments) {
        EalOptions options = new EalOptions();
        for (int i = 0; i < arguments.size(); i++) {
            i += options.add(arguments.get(i), i + 1 < arguments.size() ? arguments.get(i + 1) : null);
        }
        options.checkTogether();
        return options;
    }

    /** @return how many arguments after this one belong to it */
    private int add(String argument, @Nullable String next) {
        boolean isLong = argument.startsWith("--");
        int end = isLong ? (argument + "=").indexOf('=') : Math.min(2, argument.length());
        String name = argument.substring(0, end);
        String attached = isLong && end < argument.length() ? argument.substring(end + 1) : argument.substring(end);
        boolean hasValue = end < argument.length();
        if (REFUSED.containsKey(name)) {
            throw new IllegalArgumentException(name + " cannot be given to EAL: " + REFUSED.get(name));
        }
        Kind kind = KINDS.get(name);
        if (kind == null) {
            throw new IllegalArgumentException("EAL has no option '" + argument
                    + "'. Those that it has are in the chapter" + " 'EAL parameters' of DPDK's documentation");
        }
        if (kind.value() == null || kind.isOptional()) {
            if (hasValue) {
                check(name, attached, kind);
            }
            given.add(new Given(name, attached, List.of(argument)));
            return 0;
        }
        if (!hasValue && next == null) {
            throw new IllegalArgumentException("EAL's option " + name + " needs a value after it");
        }
        String value = hasValue || next == null ? attached : next;
        check(name, value, kind);
        given.add(new Given(name, value, hasValue || next == null ? List.of(argument) : List.of(argument, next)));
        return hasValue ? 0 : 1;
    }

    private static void check(String name, String value, Kind kind) {
        if (kind.value() == null) {
            throw new IllegalArgumentException("EAL's option " + name + " takes no value, and not '" + value + "'");
        }
        if (!kind.value().matcher(value).matches()) {
            throw new IllegalArgumentException("EAL's option " + name + " cannot be '" + value + "'"
                    + (name.equals("--proc-type") ? ": twinport is a primary process" : ""));
        }
    }

    private void checkTogether() {
        for (List<String> pair : CONFLICTS) {
            if (pair.stream().allMatch(this::has)) {
                throw new IllegalArgumentException(
                        "EAL does not take " + String.join(" and ", pair) + " together: leave one of them out");
            }
        }
        if (values(CPUS).size() > 1) {
            throw new IllegalArgumentException("EAL takes -l once: give one list of CPUs, -l 1,3-5");
        }
        boolean allows = has("-a") || has("--allow");
        if (allows && (has("-b") || has("--block"))) {
            throw new IllegalArgumentException("EAL does not take -a and -b together: leave one of them out");
        }
    }

    /** Whether an option of that name was given. */
    public boolean has(String name) {
        return given.stream().anyMatch(option -> option.name().equals(name));
    }

    /** The values of all options of that name. */
    public List<String> values(String name) {
        return given.stream()
                .filter(option -> option.name().equals(name))
                .map(Given::value)
                .toList();
    }

    /** All arguments as they were given, but for those options of that name whose values are meant. */
    public List<String> without(String name, Predicate<String> value) {
        return given.stream()
                .filter(option -> !option.name().equals(name) || !value.test(option.value()))
                .flatMap(option -> option.words().stream())
                .toList();
    }

    /**
     * The CPUs of the poll loops: those of {@code -l}, or the last that this process may use.
     *
     * @throws IllegalArgumentException if it may not use one of them
     */
    public SortedSet<Integer> pollCpus() {
        SortedSet<Integer> mine = Affinity.ofThisProcess();
        Optional<String> list = values(CPUS).stream().findFirst();
        return list.isEmpty() ? new TreeSet<>(List.of(mine.last())) : cpus(list.get(), mine);
    }

    private static SortedSet<Integer> cpus(String list, SortedSet<Integer> mine) {
        SortedSet<Integer> cpus = new TreeSet<>();
        for (String part : list.split(",", -1)) {
            Matcher range = CPU_RANGE.matcher(part);
            int first = range.matches() ? cpu(range.group(1)) : 1;
            int last = range.matches() && range.group(2) != null ? cpu(range.group(2)) : first;
            if (!range.matches() || first > last) {
                throw new IllegalArgumentException(
                        "-l " + list + ": '" + part + "' is neither a CPU nor a range of CPUs. Write -l 1 or -l 2-3");
            }
            for (int cpu = first; cpu <= last; cpu++) {
                if (!mine.contains(cpu)) {
                    throw new IllegalArgumentException(
                            "-l " + list + ": this process may use CPUs " + mine + " only. Choose among these");
                }
                cpus.add(cpu);
            }
        }
        return cpus;
    }

    /** No kernel has so many that it would be cut short. */
    private static int cpu(String number) {
        return number.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(number);
    }

    private static Map<String, Kind> kinds(String table) {
        Map<String, Kind> kinds = new TreeMap<>();
        for (String line : table.lines().toList()) {
            String[] row = line.split("\\s+", 2);
            String value = row.length == 1 ? "" : row[1];
            boolean isOptional = value.startsWith("?");
            Kind kind = new Kind(
                    value.isEmpty() ? null : Pattern.compile(isOptional ? value.substring(1) : value), isOptional);
            for (String name : row[0].split(",")) {
                kinds.put(name, kind);
            }
        }
        return kinds;
    }
}
