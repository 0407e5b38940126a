package io.twinport.perf.launch;

import io.twinport.control.UserException;
import io.twinport.dpdk.EalArguments;
import io.twinport.posix.Affinity;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What all processes of a run have in common.
 *
 * @param pollCpu the CPU of the loop that is measured
 * @param otherCpu where everything else of the process runs
 * @param memory EAL's options for memory
 */
public record Rig(int pollCpu, int otherCpu, List<String> memory) {
    /** Mbufs in each pool. */
    public static final int MBUFS = 16_383;

    public static final int MBUF_CACHE = 256;

    /** Slots of rings, where the device lets one choose; the product's own number. */
    public static final int DESCRIPTORS = 512;

    private static final int MEGABYTES = 128;

    /** Takes the last CPU for the loop and the first one for the rest. */
    public static Rig ofThisMachine() {
        SortedSet<Integer> mine = Affinity.ofThisProcess();
        if (mine.size() < 2) {
            throw new UserException("This process may use CPU " + mine.first()
                    + " only; the benchmark wants one for the loop and another one for everything else."
                    + " Give it two (taskset, cpuset, or a larger machine).");
        }
        return new Rig(mine.last(), mine.first(), eal(mine.last()).extra());
    }

    private static EalArguments eal(int cpu) {
        return new EalArguments(new TreeSet<>(List.of(cpu)), List.of(), List.of()).withMemoryAtHand(MEGABYTES);
    }

    /** EAL's arguments of a process of ours. */
    public EalArguments eal() {
        return new EalArguments(new TreeSet<>(List.of(pollCpu)), List.of(), new ArrayList<>(memory));
    }

    /** EAL's arguments of a C program whose second lcore polls; the same log level as ours. */
    public List<String> ealOfC(String filePrefix) {
        List<String> list =
                new ArrayList<>(List.of("-l", otherCpu + "," + pollCpu, "--main-lcore=" + otherCpu, "--no-pci"));
        list.addAll(List.of(
                "--log-level=critical",
                "--file-prefix=" + filePrefix + "-" + ProcessHandle.current().pid()));
        list.addAll(memory);
        return list;
    }

    /** The same with an lcore on each of some CPUs; the main one, which only waits, may have to share one with them. */
    public List<String> ealOfC(String filePrefix, List<Integer> pollCpus) {
        List<String> list = ealOfC(filePrefix);
        StringBuilder lcores = new StringBuilder("--lcores=0@" + otherCpu);
        for (int i = 0; i < pollCpus.size(); i++) {
            lcores.append(',').append(i + 1).append('@').append(pollCpus.get(i));
        }
        list.set(list.indexOf("-l") + 1, lcores.toString());
        list.remove("-l");
        list.set(list.indexOf("--main-lcore=" + otherCpu), "--main-lcore=0");
        return list;
    }

    /** EAL's arguments of a C program at the far end of a wire: all of it on the CPU that does not forward. */
    public List<String> ealOfFarEnd(String filePrefix) {
        return ealOfC(filePrefix, List.of(otherCpu));
    }

    public boolean hasHugepages() {
        return !memory.contains("--no-huge");
    }

    /** As a process of ours takes it among its arguments; {@link #parse} reads it. */
    public String toText() {
        return pollCpu + " " + otherCpu + " " + String.join(" ", memory);
    }

    /** Reads {@link #toText}. */
    public static Rig parse(String text) {
        String[] fields = text.split(" ", -1);
        return new Rig(
                Integer.parseInt(fields[0]),
                Integer.parseInt(fields[1]),
                List.of(fields).subList(2, fields.length));
    }
}
