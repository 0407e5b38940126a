package io.twinport.control.run;

import io.twinport.control.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A bridge of the kernel's in a namespace, with a port for each side: the TAP of a testpmd process. */
final class BridgedFarEnds {
    private final String namespace =
            "twinport-net-" + Long.toString(ProcessHandle.current().pid(), 36);
    private final Path folder;

    private BridgedFarEnds(Path folder) {
        this.folder = folder;
    }

    /** @param folder of the sockets, which are called {@code primary} and {@code standby} */
    static BridgedFarEnds make(Path folder) {
        BridgedFarEnds network = new BridgedFarEnds(folder);
        Program.run("ip", "netns", "add", network.namespace);
        // An address of its own: else it has that of one of its ports, and changes it when the port goes.
        network.run("ip", "link", "add", "br0", "address", "02:00:00:00:00:02", "type", "bridge", "forward_delay", "0");
        network.run("ip", "addr", "add", "10.77.0.2/24", "dev", "br0");
        network.run("ip", "link", "set", "br0", "up");
        for (String tap : List.of("primary", "standby")) {
            // Persistent: the kernel takes 40 ms to remove an interface, and the socket of a killed process waits for
            // it.
            network.run("ip", "tuntap", "add", "mode", "tap", "multi_queue", "name", tap);
            network.run("ip", "link", "set", tap, "up", "master", "br0");
        }
        return network;
    }

    /** Starts the far end of a side. */
    Program farEnd(String side) {
        return Testpmd.tap(namespace, folder.resolve(side), side);
    }

    /** Runs a command in the namespace and returns what it printed. */
    String run(String... command) {
        String[] all = new String[command.length + 4];
        System.arraycopy(new String[] {"ip", "netns", "exec", namespace}, 0, all, 0, 4);
        System.arraycopy(command, 0, all, 4, command.length);
        return Program.run(all);
    }

    /** Where the bridge has learnt an address: {@code primary}, {@code standby}, or nowhere. */
    String learnt(String mac) {
        return run("bridge", "fdb", "show", "br", "br0")
                .lines()
                .filter(line -> line.startsWith(mac + " dev "))
                .map(line -> line.split(" ")[2])
                .findFirst()
                .orElse("nowhere");
    }

    void remove() throws IOException {
        Testpmd.cleanUp();
        Program.run("ip", "netns", "delete", namespace);
    }
}
