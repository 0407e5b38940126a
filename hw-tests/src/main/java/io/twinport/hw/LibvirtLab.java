package io.twinport.hw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Two hosts with libvirt, a switch between them, and a guest with a pair, whose driver is the kernel's. An emulated NIC is the primary:
 * a tap in the bridge that is the NIC's switch, in which an entry is what a VF's filter is. As root.
 *
 * <pre>
 *   hosta: guest - nic - eth0 == fabric: sw0 == eth0 - nic : hostb
 * </pre>
 *
 * The guest answers to {@link EchoTraffic}, which both hosts and the fabric send.
 */
final class LibvirtLab implements AutoCloseable {
    static final String MAC = "52:54:00:00:12:53";
    static final String DOMAIN = "vm01";

    private static final int GUEST = 77;
    private static final int FABRIC = 254;
    private static final int FRAMES_PER_SECOND = 100;
    private static final Duration BOOT = Duration.ofSeconds(120);
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int RUN_SECONDS = 60;

    private final Path folder;
    private final Path programs;
    private final Process fabric;
    private final List<LibvirtHost> hosts = new ArrayList<>();
    private EchoTraffic traffic = EchoTraffic.NONE;

    private LibvirtLab(Path folder, Path programs, Process fabric) {
        this.folder = folder;
        this.programs = programs;
        this.fabric = fabric;
    }

    /**
     * The programs of hosts, unpacked.
     *
     * @throws LabException if they cannot be had, or there can be no hosts on this machine; the message says why
     */
    static Path tree() {
        List<String> namespaces = List.of("--net", "--mount", "--pid", "--uts", "--ipc", "--fork");
        LabProcess.Ran ran = LabProcess.attempt(
                RUN_SECONDS,
                Stream.of(List.of("unshare"), namespaces, List.of("true"))
                        .flatMap(List::stream)
                        .toList());
        if (ran.exitCode() != 0) {
            throw new LabException(
                    "hosts in namespaces take root's rights: " + ran.output().strip());
        }
        return Path.of(Lab.script("libvirt.sh").getFirst());
    }

    /**
     * Starts it, with the guest at the first host.
     *
     * @param tree the hosts' programs
     * @param folder for its logs
     */
    static LibvirtLab start(Lab lab, Path tree, Path folder) {
        Process fabric = LabProcess.start(
                List.of("unshare", "--net", "--fork", "--kill-child", "sh", "-c", "exec cat >/dev/null"),
                folder.resolve("fabric.log"));
        LibvirtLab started = new LibvirtLab(folder, folder.resolve("programs"), fabric);
        try {
            started.launch(lab, tree);
            return started;
        } catch (IOException e) {
            started.close();
            throw new LabException("the lab of two hosts: " + e, e);
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
    }

    private void launch(Lab lab, Path tree) throws IOException {
        Files.createDirectories(programs);
        String loader = tree + "/usr/lib64/ld-linux-x86-64.so.2 --library-path " + tree + "/usr/lib/x86_64-linux-gnu ";
        Path virsh = script("plain-virsh", "exec " + loader + tree + "/usr/bin/virsh \"$@\"");
        Path _ = script("virsh", "exec " + atStep() + " " + virsh + " \"$@\"");
        for (String[] command : new String[][] {
            {"link", "set", "lo", "up"},
            {"link", "add", "sw0", "address", mac(FABRIC), "type", "bridge", "forward_delay", "0"},
            {"addr", "add", address(FABRIC) + "/24", "dev", "sw0"},
            {"link", "set", "sw0", "up"}
        }) {
            inFabric(command);
        }
        for (int number = 1; number <= 2; number++) {
            LibvirtHost host =
                    LibvirtHost.start(tree, lab.guest(), number == 1 ? "hosta" : "hostb", number, virsh, folder);
            hosts.add(host);
            String end = "up-" + host.name();
            String _ = host.run(
                    "ip", "link", "set", "wire", "netns", String.valueOf(LabProcess.child(fabric)), "name", end);
            inFabric("link", "set", end, "master", "sw0", "up");
        }
        bootGuest();
        traffic = EchoTraffic.start(
                mac(0),
                address(GUEST),
                FRAMES_PER_SECOND,
                List.of(
                        new EchoTraffic.Sender(
                                "outside", LabProcess.child(fabric), "sw0", mac(FABRIC), address(FABRIC)),
                        new EchoTraffic.Sender("hosta", first().pid(), "br0", mac(1), address(1)),
                        new EchoTraffic.Sender("hostb", second().pid(), "br0", mac(2), address(2))));
        traffic.awaitAnswers();
    }

    private String atStep() {
        return Lab.folder().resolve("at-step.sh") + " " + programs;
    }

    private Path script(String name, String line) throws IOException {
        Path file = Files.writeString(programs.resolve(name), "#!/bin/sh\n" + line + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void inFabric(String... command) {
        String _ = LabProcess.run(
                RUN_SECONDS,
                Stream.concat(
                                Stream.of("nsenter", "-t", String.valueOf(LabProcess.child(fabric)), "-n", "ip"),
                                Stream.of(command))
                        .toList());
    }

    private void bootGuest() {
        LibvirtHost host = first();
        String _ = host.virsh("define", Lab.folder().resolve("domain.xml").toString());
        String _ = host.run("bridge", "fdb", "replace", MAC, "dev", "vf0", "master", "static");
        String _ = host.virsh("start", DOMAIN);
        try (GuestShell shell = GuestShell.connect(DOMAIN, host.file("run/vm01.shell"), BOOT)) {
            shell.run("modprobe e1000e && modprobe virtio_net && ip link set eth0 up");
            shell.run("ip addr add " + address(GUEST) + "/24 dev eth0");
            // What is asked of the network while nothing gets through is none of what is counted.
            for (int number : new int[] {1, 2, FABRIC}) {
                shell.run("arp -i eth0 -s " + address(number) + " " + mac(number));
            }
            shell.await("test \"$(cat /sys/class/net/eth2/carrier)\" = 1", BOOT);
        }
    }

    static String address(int number) {
        return "10.9.0." + number;
    }

    /** A host's; 0 for the guest's. */
    private static String mac(int number) {
        return number == 0 ? MAC : number == FABRIC ? "02:00:00:00:ff:fe" : "02:00:00:00:ff:0" + number;
    }

    LibvirtHost first() {
        return hosts.get(0);
    }

    LibvirtHost second() {
        return hosts.get(1);
    }

    /** The host that has the guest. */
    LibvirtHost source() {
        return first().hasGuest() ? first() : second();
    }

    LibvirtHost other(LibvirtHost host) {
        return host == first() ? second() : first();
    }

    EchoTraffic traffic() {
        return traffic;
    }

    /**
     * Plants a fault at a command of the next {@link #migrate}.
     *
     * @param kind as {@code lab/at-step.sh} calls it
     * @param number of the command among those that change something, from 1
     */
    void plant(String kind, int number, LibvirtHost source) {
        try {
            Files.writeString(
                    programs.resolve("fault"),
                    number + " " + kind + " " + source.pid() + " "
                            + other(source).pid() + "\n");
        } catch (IOException e) {
            throw new LabException("no fault can be planted: " + e, e);
        }
    }

    /** The commands of the last {@link #migrate} that changed something. */
    List<String> commands() {
        Path file = programs.resolve("commands");
        return Files.exists(file) ? LabProcess.text(file).lines().toList() : List.of();
    }

    /** What a command does, in a word. */
    static String verb(String command) {
        return Stream.of(command.split(" "))
                .filter(word -> word.matches("domif-setlink|(de|at)tach-device.*|migrate|replace|add|del"))
                .findFirst()
                .orElse(command);
    }

    /**
     * Begins {@code twinport migrate} from a host to the other one.
     *
     * @param options of it, behind {@code run}
     */
    HostProgram migrate(LibvirtHost source, String... options) {
        try {
            Files.deleteIfExists(programs.resolve("commands"));
            List<String> arguments = new ArrayList<>(
                    List.of("migrate", "run", DOMAIN, other(source).uri()));
            arguments.addAll(List.of(
                    "--connect", source.uri(),
                    "--on-source", starter(source),
                    "--on-target", starter(other(source)),
                    "--journal", folder.resolve("journal").toString()));
            arguments.addAll(List.of(options));
            return HostProgram.start(programs, arguments);
        } catch (IOException e) {
            throw new LabException("twinport cannot be started: " + e, e);
        }
    }

    private String starter(LibvirtHost host) {
        return atStep() + " " + String.join(" ", host.starter());
    }

    /** As {@link #migrate}, to its end; a planted fault is gone then. */
    LabProcess.Ran migrateToTheEnd(LibvirtHost source, String... options) {
        try (HostProgram program = migrate(source, options)) {
            int code = program.await(LIMIT);
            return new LabProcess.Ran(code, program.output());
        } finally {
            removeFault();
        }
    }

    void removeFault() {
        try {
            Files.deleteIfExists(programs.resolve("fault"));
        } catch (IOException e) {
            throw new LabException("a planted fault stays: " + e, e);
        }
    }

    /** Whether a migration was begun and has not come to its end. */
    boolean hasJournal() {
        return Files.exists(folder.resolve("journal").resolve(DOMAIN + ".journal"));
    }

    @Override
    public void close() {
        traffic.close();
        hosts.forEach(LibvirtHost::close);
        fabric.destroyForcibly();
    }
}
