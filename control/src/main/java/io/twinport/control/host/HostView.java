package io.twinport.control.host;

import io.twinport.control.program.Answer;
import io.twinport.control.program.MachinePrograms;
import io.twinport.control.program.Programs;
import io.twinport.posix.SystemFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** This host's devices and interfaces. Each thing is looked at once, when it is first wanted; a test has a folder for the root. */
public final class HostView {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");
    private static final String ETHERNET = "0x0200";

    /** Of interfaces over interfaces: a bridge over a VLAN over a bond over a PF. */
    private static final int DEEPEST = 5;

    private final Path root;
    private final Programs programs;
    private final List<String> failures = new ArrayList<>();
    private final List<HostLink> links;
    private final List<FdbEntry> fdb;

    /** @param root of the machine's files */
    public HostView(Path root, Programs programs) {
        this.root = root;
        this.programs = programs;
        this.links = ask(HostLink::of, "ip", "-j", "-d", "link", "show");
        this.fdb = new ArrayList<>();
        // What is learned may be ten thousands, and is not asked for.
        for (String state : List.of("permanent", "static")) {
            fdb.addAll(ask(FdbEntry::of, "bridge", "-j", "fdb", "show", "state", state));
        }
    }

    public static HostView ofThisMachine() {
        Path root = Path.of("/");
        return new HostView(root, new MachinePrograms(root, List.of(), LIMIT));
    }

    private <T> List<T> ask(Function<JsonNode, T> reader, String program, String... arguments) {
        Answer answer = programs.ask(program, arguments);
        if (!answer.isGood()) {
            failures.add(program + ": " + answer.why());
            return List.of();
        }
        try {
            // Without an entry it prints nothing.
            String text = answer.out().isBlank() ? "[]" : answer.out();
            return JsonMapper.shared().readTree(text).valueStream().map(reader).toList();
        } catch (JacksonException e) {
            failures.add(program + " answers with what is no JSON");
            return List.of();
        }
    }

    /** What could not be asked, and why. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    public List<HostLink> links() {
        return links;
    }

    public Optional<HostLink> link(String name) {
        return links.stream().filter(link -> link.name().equals(name)).findFirst();
    }

    /** Entries that somebody made. */
    public List<FdbEntry> fdb() {
        return List.copyOf(fdb);
    }

    public boolean hasIommu() {
        return !SystemFiles.list(path("/sys/kernel/iommu_groups")).isEmpty();
    }

    /** Whether a PCI device is there, by its address {@code 0000:42:02.5}. */
    public boolean hasDevice(String address) {
        return Files.exists(device(address));
    }

    public boolean isEthernet(String address) {
        return text(address, "class").startsWith(ETHERNET);
    }

    /** The driver that has a device; empty where none has. */
    public String driver(String address) {
        return SystemFiles.target(device(address).resolve("driver"))
                .map(SystemFiles::name)
                .orElse("");
    }

    /** What a PF is; its firmware only where {@code ethtool} is installed. */
    public NicId nic(String pf) {
        String ethtool = interfacesOf(pf).stream()
                .findFirst()
                .map(name -> programs.ask("ethtool", "-i", name).out())
                .orElse("");
        return NicId.of(text(pf, "vendor"), text(pf, "device"), driver(pf), ethtool);
    }

    private String text(String address, String file) {
        return SystemFiles.text(device(address).resolve(file));
    }

    /** The address of a VF's PF; empty where it is no VF. */
    public Optional<String> pfOf(String address) {
        return SystemFiles.target(device(address).resolve("physfn")).map(SystemFiles::name);
    }

    /** The interfaces of a device that the kernel drives. */
    public List<String> interfacesOf(String address) {
        return SystemFiles.names(device(address).resolve("net"));
    }

    /** The PCI device of an interface; empty where it has none. */
    public Optional<String> deviceOf(String netdev) {
        return isName(netdev)
                ? SystemFiles.target(path("/sys/class/net/" + netdev + "/device"))
                        .map(SystemFiles::name)
                : Optional.empty();
    }

    /** The VFs of a PF by their numbers: {@code virtfn3} is at index 3; empty where there is a gap. */
    public List<String> vfsOf(String pf) {
        List<String> vfs = new ArrayList<>();
        for (int i = 0; ; i++) {
            Optional<Path> vf = SystemFiles.target(device(pf).resolve("virtfn" + i));
            if (vf.isEmpty()) {
                return vfs;
            }
            vfs.add(SystemFiles.name(vf.get()));
        }
    }

    /** Receive queues that an interface has; 0 where it is not known. */
    public long queuesOf(String netdev) {
        return isName(netdev)
                ? SystemFiles.names(path("/sys/class/net/" + netdev + "/queues")).stream()
                        .filter(queue -> queue.startsWith("rx-"))
                        .count()
                : 0;
    }

    /** The ports of a bridge. */
    public List<String> portsOf(String bridge) {
        return isName(bridge) ? SystemFiles.names(path("/sys/class/net/" + bridge + "/brif")) : List.of();
    }

    /** The interfaces with a PCI device that an interface is, or is over. */
    public List<String> devicesBelow(String netdev) {
        TreeSet<String> found = new TreeSet<>();
        below(netdev, found, 0);
        return List.copyOf(found);
    }

    private void below(String netdev, TreeSet<String> found, int depth) {
        if (!isName(netdev) || depth > DEEPEST) {
            return;
        }
        if (deviceOf(netdev).isPresent()) {
            found.add(netdev);
        }
        for (String file : SystemFiles.names(path("/sys/class/net/" + netdev))) {
            if (file.startsWith("lower_")) {
                below(file.substring("lower_".length()), found, depth + 1);
            }
        }
    }

    /** The version that a program says it has, as major times 1000 and minor; empty where it is not installed. */
    public Optional<Integer> version(String program) {
        Answer answer = programs.ask(program, "--version");
        Matcher version = VERSION.matcher(answer.out());
        return answer.isGood() && version.find()
                ? Optional.of(1000 * Integer.parseInt(version.group(1)) + Integer.parseInt(version.group(2)))
                : Optional.empty();
    }

    private Path device(String address) {
        return path("/sys/bus/pci/devices/" + address);
    }

    /** What a document names may be anything, and becomes part of a path. */
    private static boolean isName(String netdev) {
        return netdev.matches("[^/\\s\\p{Cntrl}]{1,15}") && !netdev.matches("\\.{1,2}");
    }

    private Path path(String absolute) {
        return root.resolve(absolute.substring(1));
    }
}
