package io.twinport.control.run;

import io.twinport.control.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A {@code dpdk-testpmd} process as a far end, on CPU 0 so that the poll loop has the other one for itself. */
final class Testpmd {
    private static final String PREFIX = "testpmd-" + ProcessHandle.current().pid() + "-";

    private static int started;

    private Testpmd() {}

    /** Removes what killed processes leave in EAL's folder. */
    static void cleanUp() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("/var/run/dpdk"))) {
            for (Path folder : folders.filter(f -> f.getFileName().toString().startsWith(PREFIX))
                    .toList()) {
                try (Stream<Path> files = Files.list(folder)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(folder);
            }
        }
    }

    /** A far end that sends every frame back, addresses exchanged. */
    static Program reflector(Path socket) {
        return start(List.of(), socket, "macswap");
    }

    /** A far end that counts and frees every frame. */
    static Program sink(Path socket) {
        return start(List.of(), socket, "rxonly");
    }

    /** A far end that passes frames on to a TAP interface and back, in a network namespace. */
    static Program tap(String namespace, Path socket, String tap) {
        return start(List.of("ip", "netns", "exec", namespace), socket, "io", "--vdev=net_tap0,iface=" + tap);
    }

    /** A far end that writes every frame to a pcap file, which is whole when it has ended. */
    static Program capture(Path socket, Path file) {
        return start(List.of(), socket, "io", "--vdev=net_pcap0,tx_pcap=" + file);
    }

    private static Program start(List<String> before, Path socket, String mode, String... vdevs) {
        List<String> command = new ArrayList<>(before);
        // Its stdin stays open as long as this process lives; it ends when that does.
        command.addAll(
                List.of("dpdk-testpmd", "--lcores=0@0,1@0", "--main-lcore=0", "--no-pci", "--no-huge", "-m", "64"));
        String prefix = PREFIX + started++;
        command.addAll(List.of("--no-telemetry", "--log-level=1", "--file-prefix=" + prefix));
        // The vhost device last: it connects while it is configured, and forwarding starts after all of them.
        command.addAll(Arrays.asList(vdevs));
        command.add("--vdev=net_vhost0,iface=" + socket + ",client=1");
        command.addAll(List.of("--", "--forward-mode=" + mode, "--total-num-mbufs=4096", "--auto-start"));
        // On a busy machine frames come before it forwards: they are not to be thrown away.
        command.addAll(List.of("--disable-link-check", "--no-flush-rx"));
        return Program.start(command.toArray(String[]::new));
    }
}
