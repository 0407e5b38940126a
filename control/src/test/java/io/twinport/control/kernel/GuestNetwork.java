package io.twinport.control.kernel;

import io.twinport.control.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * A guest and its network, a namespace of the kernel's each, made for each test. Both sides of the guest's failover port are veths into one
 * bridge, whose own interface is the other host:
 *
 * <pre>
 *   guest                                  network
 *   wan - twinport - af_packet - primary ---- to-primary - br0 10.77.0.1
 *                  \ af_packet - standby ---- to-standby - /
 * </pre>
 */
final class GuestNetwork implements BeforeEachCallback, AfterEachCallback {
    static final String MAC = "02:00:00:00:00:01";
    static final String HOST = "10.77.0.1";
    static final String PRIMARY = "primary";
    static final String STANDBY = "standby";

    private static final String ID = Long.toString(ProcessHandle.current().pid(), 36);

    private final String guest = "twinport-guest-" + ID;
    private final String network = "twinport-host-" + ID;

    private boolean isMade;

    /** Makes it with both sides plugged in, or has the test skipped where there are no namespaces. */
    @Override
    public void beforeEach(ExtensionContext test) {
        try {
            Program.run("ip", "netns", "add", guest);
        } catch (IllegalStateException e) {
            throw new TestAbortedException("it takes root and network namespaces: " + e.getMessage(), e);
        }
        Program.run("ip", "netns", "add", network);
        isMade = true;
        setUp();
    }

    @Override
    public void afterEach(ExtensionContext test) {
        if (isMade) {
            Program.run("ip", "netns", "delete", guest);
            Program.run("ip", "netns", "delete", network);
        }
    }

    private void setUp() {
        // The sides have the TAP's MAC address, and the guest's own stack sees their frames too: it is not to take them
        // for
        // its own, nor to answer ARP by them. Nor is it to say anything there that teaches the bridge another port.
        inGuest("sh", "-c", "cd /proc/sys/net; echo 1 | tee ipv4/conf/all/rp_filter > ipv4/conf/all/arp_ignore");
        for (String namespace : List.of(guest, network)) {
            Program.run(within(
                    namespace, "sh", "-c", "cd /proc/sys/net/ipv6 && echo 1 > conf/default/disable_ipv6 || true"));
        }
        inNetwork("ip", "link", "set", "lo", "up");
        // An address of its own: else it has that of one of its ports, and changes it when the port goes.
        inNetwork("ip", "link", "add", "br0", "address", "02:00:00:00:00:02", "type", "bridge", "forward_delay", "0");
        inNetwork("ip", "addr", "add", HOST + "/24", "dev", "br0");
        inNetwork("ip", "link", "set", "br0", "up");
        plug(PRIMARY, MAC);
        plug(STANDBY, MAC);
    }

    /** Plugs a side in. */
    void plug(String side, String mac) {
        String far = "to-" + side;
        inNetwork("ip", "link", "add", far, "type", "veth", "peer", "name", side, "netns", guest, "address", mac);
        // What the bridge passes on must be whole frames with checksums: nothing behind an AF_PACKET socket completes
        // them.
        inNetwork("ethtool", "-K", far, "tx", "off");
        inNetwork("ip", "link", "set", far, "up", "master", "br0");
        inGuest("ip", "link", "set", side, "up");
    }

    /** Pulls a side out: its interface is gone, without notice. */
    void pull(String side) {
        inGuest("ip", "link", "delete", side);
    }

    /** Cuts the wire of a side at its far end. */
    void cut(String side) {
        inNetwork("ip", "link", "set", "to-" + side, "down");
    }

    void restore(String side) {
        inNetwork("ip", "link", "set", "to-" + side, "up");
    }

    /** The guest's network namespace. */
    String guest() {
        return guest;
    }

    /** Frames that the other host has received. */
    long received() {
        return Long.parseLong(
                inNetwork("cat", "/sys/class/net/br0/statistics/rx_packets").trim());
    }

    /** Runs a command in the guest and returns what it printed. */
    String inGuest(String... command) {
        return Program.run(within(guest, command));
    }

    /** Runs a command on the other host and returns what it printed. */
    String inNetwork(String... command) {
        return Program.run(within(network, command));
    }

    Program startInGuest(String... command) {
        return Program.start(within(guest, command));
    }

    Program startInNetwork(String... command) {
        return Program.start(within(network, command));
    }

    /** Starts a failover port in the guest, with an interface called {@code wan}. */
    Program startTwinport(Path folder, String... options) {
        List<String> arguments = new ArrayList<>(List.of("--name", "guest", "--cnc-dir", folder.toString()));
        arguments.addAll(List.of("--primary", "net_af_packet0,iface=" + PRIMARY));
        arguments.addAll(List.of("--standby", "net_af_packet1,iface=" + STANDBY));
        arguments.addAll(List.of("--handler", "tap:wan"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--", "--no-huge"));
        return startTwinport(arguments);
    }

    /** Runs {@code twinport run} in the guest. */
    Program startTwinport(List<String> arguments) {
        return startTwinport(guest, arguments);
    }

    /** Runs {@code twinport run} on the other host. */
    Program startTwinportInNetwork(List<String> arguments) {
        return startTwinport(network, arguments);
    }

    private static Program startTwinport(String namespace, List<String> arguments) {
        return Program.twinport(
                List.of(within(namespace)),
                List.of(),
                Stream.concat(Stream.of("run"), arguments.stream()).toArray(String[]::new));
    }

    /** A command as it runs in the guest. */
    String[] guestCommand(String... command) {
        return within(guest, command);
    }

    private static String[] within(String namespace, String... command) {
        return Stream.concat(Stream.of("ip", "netns", "exec", namespace), Stream.of(command))
                .toArray(String[]::new);
    }
}
