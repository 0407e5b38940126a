package io.twinport.dpdk;

import io.twinport.posix.Affinity;
import io.twinport.posix.HugePages;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The command line of EAL.
 *
 * @param pollCpus the CPUs of the poll loops ({@code -l}): EAL keeps its event threads off them
 * @param allowedPci PCI devices that EAL may touch; none switches its PCI bus off
 * @param extra the user's own arguments, which win over ours
 */
public record EalArguments(SortedSet<Integer> pollCpus, List<String> allowedPci, List<String> extra) {
    /** An address at which there is no device: with it alone EAL has a PCI bus, and touches nothing there. */
    public static final String NO_DEVICE = "0000:ff:1f.7";

    /** What our processes' prefixes begin with; their numbers follow. */
    static final String PREFIX = "twinport-";

    private static final List<String> MEMORY_OPTIONS = List.of(
            "--no-huge",
            "--in-memory",
            "--legacy-mem",
            "--match-allocations",
            "--huge-dir",
            "--huge-unlink",
            "--huge-worker-stack",
            "--socket-mem");

    /** One file descriptor for each memory segment would be more than vhost-user can pass on. */
    private static final String SINGLE_FILE = "--single-file-segments";

    /** @throws IllegalArgumentException if EAL, or twinport, cannot do with the user's own arguments */
    public EalArguments {
        pollCpus = new TreeSet<>(pollCpus);
        allowedPci = List.copyOf(allowedPci);
        extra = List.copyOf(extra);
        EalOptions options = EalOptions.parse(extra);
        for (String against : List.of("--no-pci", "-b", "--block")) {
            if (!allowedPci.isEmpty() && options.has(against)) {
                throw new IllegalArgumentException(
                        "EAL's option " + against + " cannot be given where a side is a PCI device:"
                                + " EAL is told to take that one and no other");
            }
        }
    }

    /** With the CPUs that the user's own arguments name, or the last that this process may use. */
    public static EalArguments of(List<String> allowedPci, List<String> extra) {
        return new EalArguments(EalOptions.parse(extra).pollCpus(), allowedPci, extra);
    }

    /** The CPUs of this process that are not polled on; all of them where none is left. */
    public SortedSet<Integer> otherCpus() {
        SortedSet<Integer> others = new TreeSet<>(Affinity.ofThisProcess());
        others.removeAll(pollCpus);
        return others.isEmpty() ? Affinity.ofThisProcess() : others;
    }

    /** Whether the user has decided about hugepages. */
    public boolean decidesMemory() {
        return extra.stream().anyMatch(argument -> MEMORY_OPTIONS.stream().anyMatch(argument::startsWith));
    }

    /** With hugepages where {@code megabytes} of them are free, else without. */
    public EalArguments withMemoryAtHand(int megabytes) {
        if (decidesMemory()) {
            return completeMemory(megabytes);
        }
        List<String> memory = HugePages.freeMegabytes() >= megabytes
                ? List.of("--in-memory", SINGLE_FILE, "-m", "" + megabytes)
                : List.of("--no-huge", "-m", "" + megabytes);
        return with(memory);
    }

    /** What the user's own choice of memory needs beside it. */
    private EalArguments completeMemory(int megabytes) {
        List<String> missing = new ArrayList<>();
        if (extra.contains("--no-huge") && extra.stream().noneMatch(argument -> argument.startsWith("-m"))) {
            missing.addAll(List.of("-m", "" + megabytes));
        }
        if (extra.contains("--in-memory") && !extra.contains(SINGLE_FILE)) {
            missing.add(SINGLE_FILE);
        }
        return with(missing);
    }

    /** Whether EAL uses hugepages. */
    public boolean usesHugePages() {
        return !extra.contains("--no-huge");
    }

    private EalArguments with(List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(extra);
        return new EalArguments(pollCpus, allowedPci, all);
    }

    List<String> toList() {
        List<String> list = new ArrayList<>(List.of("twinport"));
        addUnlessGiven(
                list,
                "-l",
                String.join(",", pollCpus.stream().map(String::valueOf).toList()));
        // Below "error": drivers log a lost link at ERR from within the interrupt, before they call back (70 us).
        addUnlessGiven(list, "--log-level", "critical");
        addUnlessGiven(list, "--file-prefix", ownPrefix());
        if (allowedPci.isEmpty()) {
            list.add("--no-pci");
        }
        allowedPci.forEach(address -> list.addAll(List.of("-a", address)));
        list.addAll(extra);
        return list;
    }

    /** The {@code --file-prefix} of a process whose user has given none. */
    static String ownPrefix() {
        return PREFIX + ProcessHandle.current().pid();
    }

    private void addUnlessGiven(List<String> list, String option, String value) {
        if (extra.stream().noneMatch(argument -> argument.startsWith(option))) {
            list.add(option.startsWith("--") ? option + "=" + value : option);
            if (!option.startsWith("--")) {
                list.add(value);
            }
        }
    }
}
