package io.twinport.control.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Program;
import io.twinport.posix.DatagramReceiver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole run as a service manager starts it: what it tells, what it prints, and what it leaves for others to open. */
class ServiceDpdkTest {
    private static final int SECONDS = 60;

    private final FileTime start = FileTime.fromMillis(System.currentTimeMillis());

    @TempDir
    private Path folder;

    private Path made() {
        return folder.resolve("made");
    }

    private Path journal() {
        return folder.resolve("journal");
    }

    /** As systemd does: with a notification socket, a watchdog, a journal, and here a umask that hides nothing. */
    private Program startService(String socket) throws IOException {
        Files.createFile(journal());
        String stream = Files.getAttribute(journal(), "unix:dev") + ":" + Files.getAttribute(journal(), "unix:ino");
        List<String> command = new ArrayList<>(List.of("env", "NOTIFY_SOCKET=" + socket, "WATCHDOG_USEC=400000"));
        command.add("JOURNAL_STREAM=" + stream);
        command.addAll(List.of("sh", "-c", "umask 0; exec \"$@\" >>" + journal() + " 2>&1", "sh"));
        List<String> options = new ArrayList<>(List.of("run", "--name", "s", "--cnc-dir", made() + "/cnc"));
        options.addAll(List.of("--primary", "net_virtio_user0,server=1,path=" + made() + "/p,mac=02:00:00:00:00:01"));
        options.addAll(List.of("--standby", "net_virtio_user1,server=1,path=" + made() + "/s"));
        options.addAll(List.of("--flight-recorder", "16", "--", "--no-huge"));
        command.addAll(Program.command(List.of(), options.toArray(String[]::new)));
        Files.createDirectory(made());
        return Program.start(command.toArray(String[]::new));
    }

    @Test
    void shouldTellItsManagerAndKeepWhatItMakesToItself() throws IOException {
        String socket = folder.resolve("notify").toString();
        try (DatagramReceiver manager = new DatagramReceiver(socket);
                Program service = startService(socket)) {
            assertTrue(manager.receive().startsWith("READY=1\nSTATUS=twinport: poll loop on CPU "));
            assertEquals("WATCHDOG=1", manager.receive());
            assertEquals("WATCHDOG=1", manager.receive());

            assertOfThisUserAlone(service.pid());

            service.interrupt();
            String told;
            do {
                told = manager.receive();
            } while (told.equals("WATCHDOG=1"));
            assertEquals("STOPPING=1\nSTATUS=ending", told);
            assertEquals(0, service.waitFor(SECONDS), this::printed);
        }
        List<String> lines = Files.readAllLines(journal());
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("<6>ready, MAC address")), this::printed);
        assertFalse(lines.stream().anyMatch(line -> line.matches("\\d\\d:\\d\\d:\\d\\d.*")), this::printed);
    }

    /** What cannot be started is told with the priority of an error. */
    @Test
    void shouldMarkErrors() throws IOException {
        Files.createFile(journal());
        String stream = Files.getAttribute(journal(), "unix:dev") + ":" + Files.getAttribute(journal(), "unix:ino");
        List<String> command = new ArrayList<>(List.of("env", "JOURNAL_STREAM=" + stream));
        command.addAll(List.of("sh", "-c", "exec \"$@\" >>" + journal() + " 2>&1", "sh"));
        command.addAll(Program.command(
                List.of(), "run", "-c", folder.resolve("none.yaml").toString()));
        try (Program service = Program.start(command.toArray(String[]::new))) {
            assertEquals(2, service.waitFor(SECONDS), this::printed);
        }
        assertTrue(printed().startsWith("<3>twinport: "), this::printed);
    }

    private String printed() {
        try {
            return Files.readString(journal());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertOfThisUserAlone(long pid) throws IOException {
        Path eal = Path.of("/var/run/dpdk/twinport-" + pid);
        Set<Path> all = new TreeSet<>();
        for (Path root : List.of(made(), eal)) {
            try (Stream<Path> tree = Files.walk(root)) {
                tree.filter(path -> !path.equals(made())).forEach(all::add);
            }
        }
        for (String expected : new String[] {"cnc/s.cnc", "cnc/s.flight", "p", "s"}) {
            assertTrue(all.contains(made().resolve(expected)), () -> expected + " of " + all);
        }
        assertTrue(all.contains(eal.resolve("dpdk_telemetry.v2")), all::toString);
        all.addAll(openElsewhere(pid));
        for (Path path : all) {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
            assertTrue(mode.endsWith("------"), () -> path + " " + mode);
        }
    }

    /** Files of folders that all users share, which the process has open and has made. */
    private Set<Path> openElsewhere(long pid) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
            return descriptors
                    .map(ServiceDpdkTest::target)
                    .filter(path -> Stream.of("/run/", "/var/run/", "/dev/shm/", "/dev/hugepages/", "/tmp/")
                            .anyMatch(path.toString()::startsWith))
                    .filter(path -> !path.equals(journal()) && isNew(path))
                    .collect(Collectors.toSet());
        }
    }

    /** What was there before are the program's own files, in a checkout below one of these folders. */
    private boolean isNew(Path path) {
        try {
            return Files.getLastModifiedTime(path).compareTo(start) > 0;
        } catch (IOException e) {
            return false; // gone meanwhile
        }
    }

    private static Path target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor);
        } catch (IOException e) {
            return descriptor; // closed meanwhile
        }
    }
}
