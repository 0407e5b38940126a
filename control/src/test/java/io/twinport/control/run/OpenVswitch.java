package io.twinport.control.run;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.dpdk.testing.DebianPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * Open vSwitch with DPDK as Debian 12 packages it, unpacked and not installed, with all of its files in a folder of the test's and
 * without hugepages: a database, and a switch with one bridge that sends each frame back to where it came from. Its threads are on
 * CPU 0, so that the poll loop has the other one for itself.
 */
final class OpenVswitch implements AutoCloseable {
    /** Its DPDK takes its drivers from where the system has them, and these must be of the same release. */
    private static final Path DRIVERS = Path.of("/usr/lib/x86_64-linux-gnu/dpdk/pmds-23.0");

    private static final String BRIDGE = "bridge";
    private static final int SECONDS = 60;
    private static final Pattern PACKETS = Pattern.compile("n_packets=(\\d+)");

    private final Path root;
    private final Path folder;

    /** What a switch that was killed leaves, and the next one stumbles over. */
    private final List<Path> sockets = new ArrayList<>();

    /** The database, and the switches, of which the last one runs. */
    private final List<Program> programs = new ArrayList<>();

    private OpenVswitch(Path root, Path folder) {
        this.root = root;
        this.folder = folder;
        sockets.add(folder.resolve(BRIDGE + ".mgmt"));
    }

    private void launch() {
        String ignored =
                run("usr/bin/ovsdb-tool", "create", file("conf.db"), root + "/usr/share/openvswitch/vswitch.ovsschema");
        start("usr/sbin/ovsdb-server", file("conf.db"), "--remote=punix:" + file("db.sock"), control("db"));
        awaitFile("db.sock");
        change("init");
        change(
                "set",
                "Open_vSwitch",
                ".",
                "other_config:dpdk-init=true",
                "other_config:dpdk-lcore-mask=0x1",
                "other_config:pmd-cpu-mask=0x1",
                // Else it makes 131072 mbufs, in 400 MB.
                "other_config:per-port-memory=true",
                // Without --legacy-mem it adds --in-memory, which EAL does not take without hugepages.
                "other_config:dpdk-extra=--no-pci --legacy-mem --no-huge -m 256 --no-telemetry --log-level=1");
        change("add-br", BRIDGE, "--", "set", "bridge", BRIDGE, "datapath_type=netdev", "fail-mode=secure");
        startSwitch();
    }

    /** Starts it; where there is none to be had the calling test is skipped. */
    static OpenVswitch start(Path folder) throws Exception {
        Assumptions.assumeTrue(
                Files.isDirectory(DRIVERS),
                "Open vSwitch of Debian 12 is not tested: " + DRIVERS
                        + " is not there, with drivers for its DPDK 22.11");
        Path root = DebianPackages.fetch("bookworm", "openvswitch", "openvswitch-switch-dpdk");
        OpenVswitch started = new OpenVswitch(root, Files.createDirectories(folder));
        try {
            started.launch();
            return started;
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
    }

    /**
     * Adds a port that connects to where twinport listens, again and again.
     *
     * @return the socket
     */
    Path addConnectingPort(String name) {
        Path socket = folder.resolve(name + ".sock");
        change(
                "add-port",
                BRIDGE,
                name,
                "--",
                "set",
                "interface",
                name,
                "type=dpdkvhostuserclient",
                "options:vhost-server-path=" + socket);
        return socket;
    }

    /**
     * Adds a port that listens.
     *
     * @return its socket
     */
    Path addListeningPort(String name) {
        change("add-port", BRIDGE, name, "--", "set", "interface", name, "type=dpdkvhostuser");
        Path socket = folder.resolve(name);
        sockets.add(socket);
        return socket;
    }

    /** The switch dies, with no chance to say good-bye. */
    void kill() {
        programs.getLast().kill();
        int ignored = programs.getLast().waitFor(SECONDS);
    }

    /** Starts a new one, which has its ports from the database. */
    void restart() throws IOException {
        for (Path socket : sockets) {
            Files.deleteIfExists(socket);
        }
        startSwitch();
    }

    /** Frames that the switch has sent back since its start; it counts them each second. */
    long packets() {
        Matcher count = PACKETS.matcher(run("usr/bin/ovs-ofctl", "dump-flows", management()));
        return count.find() ? Long.parseLong(count.group(1)) : 0;
    }

    private void startSwitch() {
        start(
                "usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk",
                "unix:" + file("db.sock"),
                "-vconsole:warn",
                "-vfile:off",
                control("switch"));
        awaitFile(BRIDGE + ".mgmt");
        String ignored = run("usr/bin/ovs-ofctl", "add-flow", management(), "actions=in_port");
    }

    private String management() {
        return "unix:" + file(BRIDGE + ".mgmt");
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private String control(String name) {
        return "--unixctl=" + file(name + ".ctl");
    }

    private void change(String... command) {
        List<String> all = new ArrayList<>(List.of("usr/bin/ovs-vsctl", "--no-wait", "--db=unix:" + file("db.sock")));
        all.addAll(Arrays.asList(command));
        String ignored = run(all.toArray(String[]::new));
    }

    private String run(String... command) {
        return Program.run(with(command));
    }

    private void start(String... command) {
        programs.add(Program.start(with(command)));
    }

    /** The program from the unpacked tree, with its libraries, and with the folder for all that it makes. */
    private String[] with(String... command) {
        List<String> all = new ArrayList<>(List.of("env", "LD_LIBRARY_PATH=" + root + "/usr/lib/x86_64-linux-gnu"));
        for (String variable : List.of("OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR", "OVS_SYSCONFDIR")) {
            all.add(variable + "=" + folder);
        }
        all.add("OVS_PKGDATADIR=" + root + "/usr/share/openvswitch");
        all.add(root.resolve(command[0]).toString());
        all.addAll(Arrays.asList(command).subList(1, command.length));
        return all.toArray(String[]::new);
    }

    private void awaitFile(String name) {
        if (!Pause.until(() -> Files.exists(folder.resolve(name)), SECONDS * 1000L)) {
            throw new AssertionError("no " + name + ":\n" + programs.getLast().output());
        }
    }

    @Override
    public void close() {
        programs.forEach(Program::close);
    }
}
