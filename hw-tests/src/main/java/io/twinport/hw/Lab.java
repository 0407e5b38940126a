package io.twinport.hw;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What guests are made of: QEMU, a kernel, and an initramfs with the class path of this JVM on top of the cached base. So a
 * guest always runs the code that the test was compiled with.
 */
public final class Lab {
    /** Those of the launcher. */
    static final List<String> JAVA_FLAGS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-Xmx64m",
            "-XX:-UsePerfData",
            "-Dagrona.disable.bounds.checks=true");

    private static final int BUILD_MINUTES = 10;
    private static @Nullable Lab opened;

    private final List<String> qemu;
    private final Path base;
    private final Path initrd;
    private @Nullable Accelerator accelerator;

    private Lab(List<String> qemu, Path base, Path initrd) {
        this.qemu = qemu;
        this.base = base;
        this.initrd = initrd;
    }

    /**
     * Fetches and builds what is not there yet.
     *
     * @throws LabException if that cannot be done on this machine; the message says why
     */
    public static synchronized Lab open() {
        if (opened == null) {
            List<String> qemu = script("qemu.sh");
            Path base = Path.of(script("guest.sh").getFirst());
            try {
                opened = new Lab(qemu, base, initrd(base.resolve("base.cpio")));
            } catch (IOException e) {
                throw new LabException("cannot write the guest's initramfs: " + e, e);
            }
        }
        return opened;
    }

    /** The start of a QEMU command line. */
    List<String> qemu() {
        return qemu;
    }

    /** How guests are run here. Found out at the first call. */
    synchronized Accelerator accelerator() {
        if (accelerator == null) {
            accelerator = Accelerator.find(this);
        }
        return accelerator;
    }

    /** A file for something that takes long to find out. */
    Path kept(String name) {
        return base.resolveSibling(name);
    }

    Path kernel() {
        return base.resolve("vmlinuz");
    }

    Path initrd() {
        return initrd;
    }

    /** The folder with what a guest is booted from. */
    Path guest() {
        return base;
    }

    private static Path initrd(Path base) throws IOException {
        Path file = Files.createTempFile("twinport-hw-", ".cpio");
        file.toFile().deleteOnExit();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            Files.copy(base, out);
            try (CpioWriter cpio = new CpioWriter(out)) {
                cpio.file("usr/bin/lab-java", "#!/bin/sh\nexec " + java() + " \"$@\"\n");
                cpio.file("usr/bin/twinport", "#!/bin/sh\nexec lab-java io.twinport.control.cli.Main \"$@\"\n");
                cpio.folder("app");
                List<Path> entries = classPathEntries();
                for (int i = 0; i < entries.size(); i++) {
                    cpio.copy(entries.get(i), nameInGuest(i, entries.get(i)));
                }
            }
        }
        return file;
    }

    /** The flags, and the class path of this JVM as it is in the guest. */
    private static String java() {
        List<String> names = new ArrayList<>();
        List<Path> entries = classPathEntries();
        for (int i = 0; i < entries.size(); i++) {
            names.add("/" + nameInGuest(i, entries.get(i)));
        }
        return "java " + String.join(" ", JAVA_FLAGS) + " $TWINPORT_JAVA_OPTS -cp " + String.join(":", names);
    }

    private static List<Path> classPathEntries() {
        return List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream()
                .map(Path::of)
                .filter(Files::exists)
                .toList();
    }

    /** Numbered, since several folders are called {@code classes}. */
    private static String nameInGuest(int index, Path entry) {
        return "app/" + index + "-" + entry.getFileName();
    }

    /** Runs one of the scripts beside this module and returns its lines; what it says on its way is shown. */
    static List<String> script(String name) {
        Path script = folder().resolve(name);
        try {
            ProcessBuilder builder = new ProcessBuilder(script.toString());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            Process process = builder.start();
            CompletableFuture<String> said = CompletableFuture.supplyAsync(() -> show(process.errorReader()));
            List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new LabException(script + " has not ended within " + BUILD_MINUTES + " minutes");
            }
            if (process.exitValue() != 0) {
                throw new LabException(said.join());
            }
            return lines;
        } catch (IOException e) {
            throw new LabException("cannot run " + script + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException(script + ": interrupted", e);
        }
    }

    /** Shows what a script says on its way, and returns the last of it: where it fails it says there why. */
    private static String show(BufferedReader lines) {
        return lines.lines().peek(System.err::println).reduce("", (before, line) -> line);
    }

    /** The scripts'. Tests run in their module's folder, the launcher elsewhere. */
    static Path folder() {
        String home = System.getProperty("twinport.home");
        return (home != null ? Path.of(home, "hw-tests") : Path.of(""))
                .resolve("lab")
                .toAbsolutePath();
    }
}
