package io.twinport.control.cli;

import io.twinport.control.UserException;
import io.twinport.posix.Affinity;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that moves packets. */
final class EngineOptions {
    /** What a process is called that is given no other name. */
    static final String DEFAULT_NAME = "twinport";

    private static final Pattern CPU_RANGE = Pattern.compile("(\\d+)(?:-(\\d+))?");

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description =
                    "Name of this instance: two at a time need two names. Default: twinport; for the demo one of its own")
    @Nullable
    String name;

    @Option(
            names = "--cnc-dir",
            paramLabel = "DIR",
            description = "Folder of NAME.cnc: commands, events, counters and switch records. Default:"
                    + " /dev/shm/twinport-USER")
    @Nullable
    Path folder;

    /** Takes what others say. */
    void overrideBy(EngineOptions given) {
        name = given.name != null ? given.name : name;
        folder = given.folder != null ? given.folder : folder;
    }

    Path cncFile(String defaultName) {
        String name = this.name != null ? this.name : defaultName;
        if (!name.matches("[\\w.-]+")) {
            throw new UserException("--name '" + name + "': use letters, digits, '.', '-' and '_' only");
        }
        Path parent = folder != null ? folder : Path.of("/dev/shm", "twinport-" + System.getProperty("user.name"));
        return parent.resolve(name + ".cnc");
    }

    /**
     * The CPUs of the poll loops: those of the user's own {@code -l}, or the last that this process may use.
     *
     * @param eal the user's EAL arguments
     */
    static SortedSet<Integer> pollCpus(List<String> eal) {
        SortedSet<Integer> mine = Affinity.ofThisProcess();
        for (int i = 0; i < eal.size(); i++) {
            String argument = eal.get(i);
            if (argument.equals("-l") && i + 1 < eal.size()) {
                return parse(eal.get(i + 1), mine);
            }
            if (argument.startsWith("-l") && argument.length() > 2) {
                return parse(argument.substring(2), mine);
            }
        }
        return new TreeSet<>(List.of(mine.last()));
    }

    private static SortedSet<Integer> parse(String list, SortedSet<Integer> mine) {
        SortedSet<Integer> cpus = new TreeSet<>();
        for (String part : list.split(",", -1)) {
            Matcher range = CPU_RANGE.matcher(part.trim());
            if (!range.matches()) {
                throw new UserException("-l " + list + ": '" + part
                        + "' is neither a CPU nor a range of CPUs. Write -l 1" + " or -l 2-3.");
            }
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            for (int cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        if (!mine.containsAll(cpus)) {
            throw new UserException(
                    "-l " + list + ": this process may use CPUs " + mine + " only. Choose among these.");
        }
        return cpus;
    }
}
