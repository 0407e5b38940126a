package io.twinport.control.kernel;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A session of ssh from the guest to the other host that stays open, and in which numbers are echoed one after the other. */
final class SshSession implements AutoCloseable {
    private static final int SECONDS = 60;
    private static final String PORT = "22";

    private final Program server;
    private final Process client;
    private final Thread echoing;
    private volatile int echoed;
    private volatile String failure = "";

    private SshSession(Program server, Process client) {
        this.server = server;
        this.client = client;
        this.echoing = Thread.ofPlatform().daemon().start(this::echo);
    }

    /** @param folder where its keys go, and what the server takes for the home of the user */
    static SshSession open(GuestNetwork network, Path folder) throws IOException {
        Path home = folder.resolve("home");
        Path keys = home.resolve(".ssh");
        for (Path each : new Path[] {home, keys}) {
            Files.createDirectory(
                    each, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path hostKey = folder.resolve("host-key");
        Path key = folder.resolve("key");
        Program.run("dropbearkey", "-t", "ed25519", "-f", hostKey.toString());
        String made = Program.run("dropbearkey", "-t", "ed25519", "-f", key.toString());
        String known = made.lines()
                .filter(line -> line.startsWith("ssh-ed25519 "))
                .findFirst()
                .orElseThrow();
        Files.writeString(keys.resolve("authorized_keys"), known + "\n");
        // The user's own home is not to know of this key. The command has mounts of its own, as ip gives it a new /sys.
        String start = "mount --bind " + home + " " + System.getProperty("user.home") + " && exec dropbear -F -E -s -r "
                + hostKey + " -P " + folder.resolve("pid") + " -p " + GuestNetwork.HOST + ":" + PORT;
        Program server = network.startInNetwork("sh", "-c", start);
        server.awaitLine("Not backgrounding", SECONDS);
        Process client = new ProcessBuilder(network.guestCommand(
                        "dbclient",
                        "-T",
                        "-yy",
                        "-i",
                        key.toString(),
                        "-p",
                        PORT,
                        System.getProperty("user.name") + "@" + GuestNetwork.HOST,
                        "cat"))
                .redirectError(folder.resolve("dbclient.log").toFile())
                .start();
        return new SshSession(server, client);
    }

    private void echo() {
        try (OutputStream out = client.getOutputStream();
                BufferedReader in = client.inputReader(StandardCharsets.UTF_8)) {
            for (int number = 0; ; number++) {
                out.write((number + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
                String line = in.readLine();
                if (line == null || Integer.parseInt(line) != number) {
                    failure = number + " came back as " + line;
                    return;
                }
                echoed = number + 1;
                Pause.millis(10);
            }
        } catch (IOException | NumberFormatException e) {
            failure = e.toString();
        }
    }

    /** How many numbers have come back, each as it was sent. */
    int echoed() {
        return echoed;
    }

    /** Why it has ended, with what its server says; empty while it is open. */
    String failure() {
        return failure.isEmpty() ? "" : failure + "\n" + server.output();
    }

    @Override
    public void close() {
        client.destroyForcibly();
        server.close();
        try {
            echoing.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
