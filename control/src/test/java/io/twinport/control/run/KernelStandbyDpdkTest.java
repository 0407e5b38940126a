package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.posix.InterfaceFeatures;
import io.twinport.posix.Interfaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * U9: {@code --standby-driver kernel} over a pair of the kernel's, whose far end is in a namespace of the test's and counts
 * what comes.
 *
 * <pre>
 *   here                                    the namespace
 *   ping - tk... - twinport - twk... ------ far 10.78.0.2
 * </pre>
 */
class KernelStandbyDpdkTest {
    private static final int SECONDS = 60;
    private static final int SILENCE_MILLIS = 5_000;
    private static final String ID = Long.toString(ProcessHandle.current().pid(), 36);
    private static final String NEAR = "twk" + ID;
    private static final String TAP = "tk" + ID;
    private static final String NAMESPACE = "twinport-kernel-" + ID;
    private static final String MAC = "02:00:00:00:78:01";
    private static final String FAR_MAC = "02:00:00:00:78:02";

    @TempDir
    private Path folder;

    @BeforeEach
    void makeNetwork() throws IOException {
        Program.run("ip", "netns", "add", NAMESPACE);
        plug();
        // Some distributions' default; the far end must not be heard of by what the kernel says of itself.
        setting("ipv4", "rp_filter", "2");
    }

    private void plug() {
        Program.run("ip", "link", "add", NEAR, "address", MAC, "type", "veth", "peer", "far", "netns", NAMESPACE);
        far("ip", "link", "set", "far", "address", FAR_MAC, "addrgenmode", "none");
        far("ip", "addr", "add", "10.78.0.2/24", "dev", "far");
        far("ip", "link", "set", "far", "up");
    }

    @AfterEach
    void removeNetwork() {
        Program.run("ip", "netns", "delete", NAMESPACE); // and the pair with it
    }

    private static String far(String... command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", NAMESPACE));
        all.addAll(List.of(command));
        return Program.run(all.toArray(String[]::new));
    }

    private static Path settingFile(String family, String key) {
        return Path.of("/proc/sys/net", family, "conf", NEAR, key);
    }

    private static void setting(String family, String key, String value) throws IOException {
        Files.writeString(settingFile(family, key), value);
    }

    private static int index() {
        return Interfaces.indexOf(NEAR).orElseThrow();
    }

    /** All that the run changes, and what it must not. */
    private static List<String> state() throws IOException {
        return List.of(
                Integer.toHexString(Interfaces.link(index()).orElseThrow().flags()),
                InterfaceFeatures.of(index()).toString(),
                Program.run("tc", "qdisc", "show", "dev", NEAR),
                Program.run("ip", "-4", "address", "show", "dev", NEAR),
                Files.readString(settingFile("ipv6", "disable_ipv6")),
                Files.readString(settingFile("ipv4", "rp_filter")));
    }

    private static long arrivedAtFarEnd() {
        return Long.parseLong(
                far("cat", "/sys/class/net/far/statistics/rx_packets").strip());
    }

    private Program startRun(String... more) {
        List<String> arguments = new ArrayList<>(List.of("run", "--cnc-dir", folder.toString(), "--standby", NEAR));
        arguments.addAll(List.of("--standby-driver", "kernel"));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("--", "-l", "1", "--no-huge"));
        return Program.twinport(arguments.toArray(String[]::new));
    }

    private static void end(Program run) {
        run.interrupt();
        assertEquals(0, run.waitFor(SECONDS), run::output);
        assertEquals(0, run.count("Exception|^\\d+ times:"), run::output);
    }

    @Test
    void shouldKeepTheKernelSilentAndPutAllBack() throws Exception {
        List<String> before = state();
        try (Program run = startRun("--handler", "sink", "--announce", "0")) {
            run.awaitLine("standby " + NEAR + " is silent now: no IPv6, no ARP", SECONDS);
            run.awaitLine("standby net_af_packet_" + NEAR + ".* joined", SECONDS);
            run.awaitLine("standby link up", SECONDS);
            // Somebody who does not know that the interface is taken.
            Program.run("ip", "address", "add", "10.79.0.1/24", "dev", NEAR);
            try (Program ping = Program.start("ping", "-c", "2", "-i", "0.2", "-W", "1", "10.79.0.2")) {
                assertEquals(1, ping.waitFor(SECONDS), ping::output);
            }
            Pause.millis(SILENCE_MILLIS);
            assertEquals(0, arrivedAtFarEnd(), "frames that are not the port's");
            Program.run("ip", "address", "delete", "10.79.0.1/24", "dev", NEAR);
            end(run);
        }
        assertEquals(before, state());
    }

    @Test
    void shouldPassTrafficAndNothingTwiceAlsoOverTheNextInterface() {
        try (Program run = startRun("--handler", "tap:" + TAP)) {
            run.awaitLine("standby link up", SECONDS);
            Program.run("ip", "address", "add", "10.78.0.1/24", "dev", TAP);
            Program.run("ip", "link", "set", TAP, "up");
            ping();
            Program.run("ip", "link", "delete", NEAR);
            run.awaitLine("standby " + NEAR + " has gone", SECONDS);
            plug();
            run.awaitCount("standby net_af_packet_" + NEAR + ".* joined", 2, SECONDS);
            run.awaitCount("standby link up", 2, SECONDS);
            ping();
            end(run);
        }
    }

    private static void ping() {
        try (Program ping = Program.start("ping", "-c", "20", "-i", "0.05", "-w", "30", "10.78.0.2")) {
            assertEquals(0, ping.waitFor(SECONDS), ping::output);
            assertEquals(0, ping.count("DUP"), ping::output);
        }
    }

    @Test
    void shouldRefuseAnInterfaceWithAnAddressAndChangeNothing() throws Exception {
        Program.run("ip", "address", "add", "10.79.0.1/24", "dev", NEAR);
        List<String> before = state();
        try (Program run = startRun()) {
            assertEquals(2, run.waitFor(SECONDS), run::output);
            assertTrue(run.output().contains("--standby " + NEAR + " has the address 10.79.0.1"), run::output);
        }
        assertEquals(before, state());
        assertEquals(0, arrivedAtFarEnd());
    }
}
