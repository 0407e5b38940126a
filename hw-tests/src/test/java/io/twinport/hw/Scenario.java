package io.twinport.hw;

import io.twinport.control.qmp.QmpException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** One run of a scenario: its guests, wires and programs, which end with it, and its story as progress lines. */
public final class Scenario implements AutoCloseable {
    /** The address of the guest's two NICs. */
    public static final String MAC = "52:54:00:aa:bb:01";

    private final String name;
    private final Lab lab;
    private final Path folder;
    private final long start = System.nanoTime();
    private boolean qemuCrashed;
    private final List<QemuVm> guests = new ArrayList<>();
    private final List<Wire> wires = new ArrayList<>();
    private final Map<QemuVm, List<GuestProgram>> programs = new HashMap<>();

    Scenario(String name, Lab lab, Path folder) {
        this.name = name;
        this.lab = lab;
        this.folder = folder;
        empty(folder);
    }

    /** Tells what happens next. */
    public void step(String what) {
        System.out.printf(Locale.ROOT, "%-3s %6.1f s  %s%n", name, (System.nanoTime() - start) / 1e9, what);
    }

    /** Where everything that the run leaves is. */
    public Path folder() {
        return folder;
    }

    /** A switch, for the NICs of one guest or of a pair. */
    public Wire wire() {
        return wire("wire");
    }

    /** One of several switches. */
    public Wire wire(String wireName) {
        Wire wire = Wire.open(folder.resolve(wireName));
        wires.add(wire);
        return wire;
    }

    /** A guest to be described and then given to {@link #start}. */
    public QemuVm.Builder guest(String guestName) {
        return QemuVm.describe(lab, guestName, folder.resolve(guestName));
    }

    /** Starts a guest, and waits until its shell answers. */
    public QemuVm start(QemuVm.Builder builder) {
        QemuVm guest = builder.start();
        guests.add(guest);
        return guest;
    }

    /** Starts a program in a guest, whose output is kept. */
    public GuestProgram start(QemuVm guest, String programName, String command) {
        GuestProgram program = guest.shell().start(programName, command);
        programs.computeIfAbsent(guest, key -> new ArrayList<>()).add(program);
        return program;
    }

    /** Ends a guest before the scenario's end; two at a time would be in each other's way. */
    public void end(QemuVm guest) {
        keepEvidence(guest);
        guests.remove(guest);
        guest.close();
    }

    /** Whether QEMU ended by itself and not in order, which nothing in a guest may make it do. */
    boolean hasQemuCrashed() {
        return qemuCrashed;
    }

    /** Saves what programs have printed and what the kernels say, as far as the guests still answer. */
    private void keepEvidence(QemuVm guest) {
        if (!isRunning(guest)) {
            return; // its QEMU is gone, or it has gone on elsewhere
        }
        for (GuestProgram program : programs.getOrDefault(guest, List.of())) {
            save(program.name() + ".log", program::toString);
        }
        save(guest.name() + "-dmesg.log", () -> guest.shell().run("dmesg"));
        save(guest.name() + "-jvm-crash.log", () -> guest.shell().run("cat /hs_err* 2>/dev/null || echo none"));
    }

    private static boolean isRunning(QemuVm guest) {
        try {
            String status = guest.qmp().execute("query-status").path("status").asString("");
            return status.equals("running");
        } catch (QmpException e) {
            return false;
        }
    }

    @Override
    public void close() {
        for (QemuVm guest : guests) {
            qemuCrashed |= guest.hasCrashed();
            keepEvidence(guest);
            guest.close();
        }
        wires.forEach(Wire::close);
    }

    private interface Text {
        String get();
    }

    private void save(String file, Text text) {
        try {
            Files.writeString(folder.resolve(file), text.get() + "\n");
        } catch (IOException | LabException | QmpException e) {
            step("no " + file + ": " + e.getMessage());
        }
    }

    private static void empty(Path folder) {
        try {
            if (Files.exists(folder)) {
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
