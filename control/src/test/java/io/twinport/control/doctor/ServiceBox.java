package io.twinport.control.doctor;

import static io.twinport.control.doctor.FakeHost.MAC;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.control.program.MachinePrograms;
import io.twinport.control.program.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * A machine in namespaces of its own, with Debian 12's network services, for the tests of a class: the packages are unpacked and
 * not installed, nothing of them runs outside, and all that is written stays in memory and goes with it. The tests are skipped
 * where that cannot be had.
 */
final class ServiceBox implements BeforeAllCallback, AfterAllCallback {
    private static final String SUITE = "bookworm";
    private static final List<String> PACKAGES = List.of(
            "network-manager",
            "cloud-init",
            "ifupdown",
            "dhcpcd-base",
            "systemd",
            "dbus-daemon",
            "isc-dhcp-client",
            "iproute2",
            "bash",
            "coreutils");

    /** Longer than doctor itself waits: the tests run beside others. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What is removed or written in there must not be outside, should the box have ended and its process be another's. */
    private static final String ONLY_INSIDE = "umask 022; [[ -e /service-box ]] && exec \"$@\"";

    private static final String PRELOAD = "/permanent-address.so";

    private Optional<Path> folder = Optional.empty();
    private Optional<Program> init = Optional.empty();
    private Path root = Path.of("");
    private List<String> within = List.of();

    @Override
    public void beforeAll(ExtensionContext tests) throws Exception {
        try {
            make();
        } catch (IOException | UncheckedIOException e) {
            throw new TestAbortedException("there is no place for it, or a program is missing: " + e, e);
        }
    }

    private void make() throws IOException, URISyntaxException {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new TestAbortedException("it takes root to make namespaces with interfaces in them");
        }
        Path tree = fetch();
        Path own = Files.createTempDirectory("twinport-services-");
        folder = Optional.of(own);
        Path mounts = Files.createDirectory(own.resolve("mounts"));
        Program first = Program.start(
                "unshare",
                "--mount",
                "--net",
                "--pid",
                "--fork",
                "--kill-child",
                "--propagation",
                "private",
                "bash",
                resource("service-box.sh").toString(),
                tree.toString(),
                mounts.toString(),
                MAC);
        init = Optional.of(first);
        Pause.until(() -> first.count("^ready") > 0 || !first.isAlive(), LIMIT.toMillis());
        Optional<String> pid = ProcessHandle.of(first.pid())
                .flatMap(process -> process.children().findFirst())
                .map(child -> Long.toString(child.pid()));
        if (first.count("^ready") == 0 || pid.isEmpty()) {
            throw new TestAbortedException("it takes namespaces, overlayfs and veths: " + first.output());
        }
        root = Path.of("/proc", pid.get(), "root");
        within = List.of(
                "nsenter",
                "--target=" + pid.get(),
                "--mount",
                "--net",
                "--pid",
                "--root",
                "--wd",
                "env",
                "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL=C",
                "bash",
                "-c",
                ONLY_INSIDE,
                "bash");
        Path library = own.resolve("permanent-address.so");
        Program.run(
                "gcc",
                "-shared",
                "-fPIC",
                "-o",
                library.toString(),
                resource("permanent-address.c").toString());
        Program.run("cp", library.toString(), root + PRELOAD);
        run("mkdir", "-p", "/run/dbus");
        run("dbus-daemon", "--system", "--fork", "--nopidfile");
    }

    /** All that runs in it ends with its first process. */
    @Override
    public void afterAll(ExtensionContext tests) throws IOException {
        init.ifPresent(first -> {
            first.close();
            first.waitFor((int) LIMIT.toSeconds());
        });
        if (folder.isPresent()) {
            try (Stream<Path> files = Files.walk(folder.get())) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    private static Path fetch() throws IOException {
        String cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .orElse(System.getProperty("user.home") + "/.cache");
        Path folder = Path.of(cache, "twinport", "services");
        Files.createDirectories(folder);
        List<String> command = new ArrayList<>(List.of(
                "flock",
                folder.resolve("lock").toString(),
                "../native-bindings/debian/fetch.sh",
                SUITE,
                folder.resolve(SUITE).toString()));
        command.addAll(PACKAGES);
        try (Program fetch = Program.start(command.toArray(String[]::new))) {
            if (fetch.waitFor(600) != 0) {
                throw new TestAbortedException("the services cannot be downloaded: " + fetch.output());
            }
        }
        return folder.resolve(SUITE).resolve("root");
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(ServiceBox.class.getResource(name)).toURI());
    }

    /** Its files, with PCI devices in sysfs that no virtual interface has. */
    FakeHost machine() throws IOException {
        FakeHost machine = new FakeHost(Files.createTempDirectory(folder.orElseThrow(), "machine"));
        for (String name : List.of("bin", "etc", "lib", "proc", "run", "sbin", "usr", "var")) {
            Files.createSymbolicLink(machine.root().resolve(name), root.resolve(name));
        }
        return machine;
    }

    /** The same with a pair. */
    FakeHost machineWithPair() throws IOException {
        return machine().pair().permanent("ens1", "ens5");
    }

    /** Those that {@code doctor} would run in it. */
    Programs programs() {
        return new MachinePrograms(root, within, LIMIT);
    }

    /** Runs a command in it and returns what it printed. */
    String run(String... command) {
        return Program.run(inside(command));
    }

    ServiceBox file(String path, String text) {
        run("bash", "-c", "mkdir -p \"${1%/*}\" && printf '%s\\n' \"$2\" >\"$1\"", "bash", path, text);
        return this;
    }

    /**
     * Starts a service. To it the sides have permanent addresses.
     *
     * @param isReady asked until it is so
     */
    void start(String name, BooleanSupplier isReady, String... command) {
        file("/tmp/" + name + ".log", ""); // that of an earlier one says nothing of this one
        List<String> all = new ArrayList<>(within);
        all.addAll(List.of(
                "env",
                "LD_PRELOAD=" + PRELOAD,
                "bash",
                "-c",
                "echo $$ >/tmp/" + name + ".pid; exec \"$@\" >/tmp/" + name + ".log 2>&1",
                "bash"));
        all.addAll(Arrays.asList(command));
        Program.start(all.toArray(String[]::new));
        if (!Pause.until(isReady, LIMIT.toMillis())) {
            throw new AssertionError(name + " is not ready: " + run("cat", "/tmp/" + name + ".log"));
        }
    }

    /** Ends it. It is told until it has gone: some do not hear what they are told while they start. */
    void stop(String name) {
        run(
                "bash",
                "-c",
                "read -r pid <\"/tmp/$1.pid\"; while kill \"$pid\" 2>/dev/null; do sleep 0.2; done",
                "bash",
                name);
    }

    /**
     * Does something while there is a udev for services: with what it keeps of each device, but nothing that comes of an event.
     *
     * @param property what its rules have given to an interface, {@code NM_UNMANAGED=1}
     */
    void withUdev(String name, String property, Runnable what) {
        run(
                "bash",
                "-c",
                "mkdir -p /run/udev/data; for name in /sys/class/net/*; do read -r index <$name/ifindex;"
                        + " echo I:1 >/run/udev/data/n$index;"
                        + " [[ ${name##*/} != \"$1\" ]] || echo \"E:$2\" >>/run/udev/data/n$index; done",
                "bash",
                name,
                property);
        run("mount", "-o", "remount,rw", "/sys"); // by which they know
        try {
            what.run();
        } finally {
            run("mount", "-o", "remount,ro", "/sys");
            run("rm", "-r", "/run/udev");
        }
    }

    private String[] inside(String... command) {
        return Stream.concat(within.stream(), Stream.of(command)).toArray(String[]::new);
    }
}
