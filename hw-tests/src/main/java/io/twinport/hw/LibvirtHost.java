package io.twinport.hw;

import io.twinport.control.Pause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A host with libvirt, in namespaces of its own on this machine: {@code lab/host.sh}. Nothing of it is left when it is closed. */
final class LibvirtHost implements AutoCloseable {
    private static final int START_MILLIS = 60_000;
    private static final int COMMAND_SECONDS = 60;
    private static final String DOMAIN = "vm01";

    private final String name;
    private final Path folder;
    private final Path virsh;
    private final Process process;
    private final long pid;

    private LibvirtHost(String name, Path folder, Path virsh, Process process, long pid) {
        this.name = name;
        this.folder = folder;
        this.virsh = virsh;
        this.process = process;
        this.pid = pid;
    }

    /**
     * Starts one, and waits until its libvirt answers.
     *
     * @param tree its programs
     * @param guest the folder with what a guest is booted from
     * @param number the last of its IP address and of its MAC address
     * @param virsh this machine's
     * @param folder for its logs
     */
    static LibvirtHost start(Path tree, Path guest, String name, int number, Path virsh, Path folder) {
        List<String> command = List.of(
                "unshare",
                "--net",
                "--mount",
                "--pid",
                "--uts",
                "--ipc",
                "--fork",
                "--kill-child",
                Lab.folder().resolve("host.sh").toString(),
                tree.toString(),
                guest.toString(),
                name,
                LibvirtLab.address(number));
        Process process = LabProcess.start(command, folder.resolve(name + ".log"));
        LibvirtHost host = new LibvirtHost(name, folder, virsh, process, LabProcess.child(process));
        if (!Pause.until(host::answers, START_MILLIS)) {
            host.close();
            throw new LabException(
                    "the libvirt of " + name + " does not answer: " + LabProcess.text(folder.resolve(name + ".log")));
        }
        return host;
    }

    private boolean answers() {
        return process.isAlive()
                && Files.exists(file("run/libvirt/libvirt-sock"))
                && LabProcess.attempt(COMMAND_SECONDS, virshCommand("list")).exitCode() == 0;
    }

    String name() {
        return name;
    }

    /** A process in it. */
    long pid() {
        return pid;
    }

    /** A file of it, as this machine sees it. */
    Path file(String path) {
        return Path.of("/proc", String.valueOf(pid), "root", path);
    }

    String uri() {
        return "qemu+unix:///system?socket=" + file("run/libvirt/libvirt-sock");
    }

    /** What starts a program of this machine in its network. */
    List<String> starter() {
        return List.of("nsenter", "-t", String.valueOf(pid), "-n");
    }

    /** Runs a program of this machine in its network; it has to succeed. */
    String run(String... command) {
        return LabProcess.run(
                COMMAND_SECONDS,
                Stream.concat(starter().stream(), Stream.of(command)).toList());
    }

    String virsh(String... command) {
        return LabProcess.run(COMMAND_SECONDS, virshCommand(command));
    }

    private List<String> virshCommand(String... command) {
        List<String> all = new ArrayList<>(List.of(virsh.toString(), "--quiet", "--connect", uri()));
        all.addAll(List.of(command));
        return all;
    }

    /** Whether the guest runs there. */
    boolean hasGuest() {
        return virsh("list", "--name").contains(DOMAIN);
    }

    /** Ends its libvirt without a chance to say good-bye, and keeps it away. */
    void takeLibvirtdAway() {
        try {
            Files.createFile(file("run/libvirtd.off"));
            String _ = LabProcess.run(
                    COMMAND_SECONDS,
                    List.of(
                            "nsenter",
                            "-t",
                            String.valueOf(pid),
                            "-m",
                            "-p",
                            "-r",
                            "bash",
                            "-c",
                            "kill -9 $(</run/libvirtd.pid)"));
        } catch (IOException e) {
            throw new LabException(name + ": " + e, e);
        }
    }

    /** Lets it come again, and waits for that. */
    void bringLibvirtdBack() {
        try {
            Files.deleteIfExists(file("run/libvirtd.off"));
        } catch (IOException e) {
            throw new LabException(name + ": " + e, e);
        }
        awaitLibvirtd();
    }

    void awaitLibvirtd() {
        if (!Pause.until(this::answers, START_MILLIS)) {
            throw new LabException("the libvirt of " + name + " does not come back");
        }
    }

    /**
     * All of it that a migration may change: entries and filters for the guest's address, interfaces, the domain, its stored document, which
     * devices it has, and whether these have a link.
     */
    String snapshot() {
        String entries = run("bridge", "fdb", "show")
                .lines()
                .filter(line -> line.startsWith(LibvirtLab.MAC) && line.matches(".*(static|permanent).*"))
                .sorted()
                .collect(Collectors.joining("\n"));
        String links = run("ip", "-o", "link")
                .lines()
                .map(line -> line.split(":? +", 3)[1].replaceFirst("@.*", ""))
                .sorted()
                .collect(Collectors.joining(" "));
        StringBuilder text = new StringBuilder(entries + "\n" + links + "\n");
        for (String domain : virsh("list", "--all", "--name").split("\\s+")) {
            if (!domain.isEmpty()) {
                text.append(domain).append(' ').append(virsh("domstate", domain));
                text.append(virsh("dumpxml", "--inactive", domain));
                text.append(hasGuest() ? devices(domain) : "");
            }
        }
        return text.toString();
    }

    private String devices(String domain) {
        return virsh("domiflist", domain)
                .lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.strip().split(" +")[0])
                .map(each -> each + " " + virsh("domif-getlink", domain, each).strip())
                .collect(Collectors.joining("\n"));
    }

    /** Its logs are kept. */
    @Override
    public void close() {
        keep("var/log/libvirt/qemu/" + DOMAIN + ".log", name + "-qemu.log");
        keep("var/log/libvirt/libvirtd.out", name + "-libvirtd.log");
        keep("run/" + DOMAIN + ".console", name + "-console.log");
        try {
            process.getOutputStream().close();
            process.destroyForcibly();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new LabException(name + " does not end");
            }
        } catch (IOException e) {
            // it has ended by itself
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep(String from, String to) {
        try {
            Files.copy(file(from), folder.resolve(to), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // there is none
        }
    }
}
