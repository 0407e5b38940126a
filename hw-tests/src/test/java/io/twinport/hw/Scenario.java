package io.twinport.hw;

import io.twinport.control.qmp.QmpException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** One run of a scenario: its guests, wires and programs, which end with it, and its story as progress lines. */
public final class Scenario implements AutoCloseable {
    /** The address of the guest's two NICs. */
    public static final String MAC = "52:54:00:aa:bb:01";

    private final String name;
    private final Lab lab;
    private final Path folder;
    private final long start = System.nanoTime();
    private final List<QemuVm> guests = new ArrayList<>();
    private final List<Wire> wires = new ArrayList<>();
    private final List<GuestProgram> programs = new ArrayList<>();

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
        Wire wire = Wire.open(folder);
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

    /** Starts a program in a guest, whose output is kept if the test fails. */
    public GuestProgram start(QemuVm guest, String programName, String command) {
        GuestProgram program = guest.shell().start(programName, command);
        programs.add(program);
        return program;
    }

    /** Saves what programs have printed and what the kernels say, as far as the guests still answer. */
    void keepEvidence() {
        for (GuestProgram program : programs) {
            save(program.name() + ".log", program::toString);
        }
        for (QemuVm guest : guests) {
            save(guest.name() + "-dmesg.log", () -> guest.shell().run("dmesg"));
        }
    }

    @Override
    public void close() {
        guests.forEach(QemuVm::close);
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
