package io.twinport.control.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Pause;
import io.twinport.control.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * TCP of two kernels, by a primary that writes no checksums and a standby that does, while it goes from one to the other:
 *
 * <pre>
 *   guest                                            network
 *   wan - twinport - af_packet -------- veth --------- br0 10.77.0.1
 *                  \ our own driver --- vhost-user --- net_vhost - twinport - far - br0
 * </pre>
 */
class TapOffloadsDpdkTest {
    private static final int SECONDS = 60;
    private static final int SWITCHES = 12;
    private static final int DWELL_MILLIS = 60;
    private static final String ADDRESS = "10.77.0.2/24";

    @TempDir
    private Path folder;

    @RegisterExtension
    private final GuestNetwork network = new GuestNetwork();

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true"})
    void shouldCarryTcpFromSideToSide(boolean offloads, boolean farOffloads) {
        try (Program far = startFar(farOffloads);
                Program run = start(offloads);
                Program server = network.startInNetwork("iperf3", "-s", "--forceflush", "-B", GuestNetwork.HOST)) {
            server.awaitLine("Server listening", SECONDS);
            assertEquals(offloads ? "on" : "off", checksumming());
            int before = run.count("switch standby -> primary");
            try (Program iperf = startIperf()) {
                awaitTraffic(iperf);
                for (int i = 1; i <= SWITCHES; i++) {
                    network.cut(GuestNetwork.PRIMARY);
                    run.awaitCount("switch primary -> standby", i, SECONDS);
                    Pause.millis(DWELL_MILLIS);
                    if (i % 4 == 0) {
                        awaitTraffic(iperf);
                    }
                    network.restore(GuestNetwork.PRIMARY);
                    run.awaitCount("switch standby -> primary", before + i, SECONDS);
                    Pause.millis(DWELL_MILLIS);
                }
                awaitTraffic(iperf);
                iperf.interrupt();
                iperf.awaitLine("receiver", SECONDS);
            }
            assertEquals(0, badChecksums(network.inGuest("cat", "/proc/net/snmp")));
            assertEquals(0, badChecksums(network.inNetwork("cat", "/proc/net/snmp")));
            assertEquals(offloads && farOffloads, unfinished() > 0, () -> show("xstats"));
            end(run);
            end(far);
        }
    }

    /** Copies of a frame are known by their bytes, and these are not all there yet. */
    @Test
    void shouldRefuseToCompareFramesWithoutChecksums() {
        Executed run = Executed.twinport(
                "run",
                "--primary",
                "net_null0",
                "--handler",
                "tap:wan,offloads",
                "--rx-mode",
                "both",
                "--",
                "--no-huge");
        assertEquals(2, run.code(), run::output);
        assertTrue(run.output().contains("--rx-mode both with --handler tap:wan,offloads: "), run::output);
    }

    private Program start(boolean offloads) {
        List<String> arguments = new ArrayList<>(List.of("--name", "guest", "--cnc-dir", folder.toString()));
        arguments.addAll(List.of("--primary", "net_af_packet0,iface=" + GuestNetwork.PRIMARY));
        arguments.addAll(List.of("--standby", "vhost-user:" + folder.resolve("far"), "--failback", "at-once"));
        arguments.addAll(List.of("--handler", "tap:wan" + (offloads ? ",offloads" : ""), "--", "--no-huge"));
        Program run = network.startTwinport(arguments);
        run.awaitReady(2, SECONDS);
        network.inGuest("ip", "addr", "add", ADDRESS, "dev", "wan");
        network.inGuest("ip", "link", "set", "wan", "up");
        network.inGuest("ping", "-c", "3", "-i", "0.2", "-w", "20", GuestNetwork.HOST);
        return run;
    }

    private Program startFar(boolean offloads) {
        Program far = network.startTwinportInNetwork(List.of(
                "--name",
                "far",
                "--cnc-dir",
                folder.toString(),
                "--primary",
                "net_vhost0,iface=" + folder.resolve("far"),
                "--handler",
                "tap:far" + (offloads ? ",offloads" : ""),
                "--",
                "--no-huge"));
        far.awaitLine("primary net_vhost0 .* joined", SECONDS);
        network.inNetwork("ip", "link", "set", "far", "up", "master", "br0");
        return far;
    }

    /** Both ways, until it is interrupted. */
    private Program startIperf() {
        return network.startInGuest(
                "iperf3", "-c", GuestNetwork.HOST, "--bidir", "-b", "20M", "-t", "0", "-i", "0.5", "--forceflush");
    }

    private static void awaitTraffic(Program iperf) {
        for (String way : List.of("TX-C", "RX-C")) {
            String moves = way + "\\].*sec +[1-9][\\d.]* \\wBytes";
            iperf.awaitCount(moves, iperf.count(moves) + 2, SECONDS);
        }
    }

    private static void end(Program run) {
        run.interrupt();
        assertEquals(0, run.waitFor(SECONDS), run::output);
        assertEquals(0, run.count("Exception|^\\d+ times:|frames are not back|not fully restored"), run::output);
    }

    private String checksumming() {
        return network.inGuest("ethtool", "-k", "wan")
                .lines()
                .filter(line -> line.startsWith("tx-checksumming:"))
                .map(line -> line.split(" ")[1])
                .findFirst()
                .orElseThrow();
    }

    /** Segments that a kernel has dropped because of their checksums. */
    private static long badChecksums(String snmp) {
        List<String[]> tcp = snmp.lines()
                .filter(line -> line.startsWith("Tcp:"))
                .map(line -> line.split(" "))
                .toList();
        List<String> names = List.of(tcp.getFirst());
        return Long.parseLong(tcp.getLast()[names.indexOf("InCsumErrors")]);
    }

    /** Frames that the standby has received with a checksum to be written. */
    private long unfinished() {
        return show("xstats")
                .lines()
                .filter(line -> line.contains("rx_q0_unfinished"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*\\D", "")))
                .sum();
    }

    private String show(String what) {
        return Executed.twinport("show", what, "--name", "guest", "--cnc-dir", folder.toString())
                .output();
    }
}
