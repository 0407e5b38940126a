package io.twinport.perf.scale;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.control.cli.Main;
import io.twinport.dataplane.cnc.CncException;
import io.twinport.dataplane.cnc.CncReading;
import io.twinport.perf.launch.Launch;
import io.twinport.perf.launch.ResidentMemory;
import io.twinport.posix.Folder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One launch of the product's command {@code run}, looked at from outside by its {@code twinport.cnc}. */
final class RunLaunch {
    private static final String NAME = "run";
    private static final String SENT = "port 0 tx_packets primary";

    private static final Duration END_TIME = Duration.ofSeconds(15);

    private RunLaunch() {}

    static ScaleSample measure(ScaleCase what, ScaleSetup setup) {
        try (Folder folder = Folder.create("twinport-bench")) {
            Path output = folder.path().resolve("output");
            ProcessBuilder command = command(what, setup, folder.path())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            long startedAt = System.nanoTime();
            Process process = command.start();
            try {
                return measure(process, startedAt, folder.path().resolve(NAME + ".cnc"), output, setup);
            } finally {
                end(process);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ProcessBuilder command(ScaleCase what, ScaleSetup setup, Path folder) {
        List<String> arguments = arguments(what, setup, folder);
        boolean cached = what.peer().hasCache();
        if (setup.launcher().isEmpty()) {
            return new ProcessBuilder(
                    cached ? Launch.java(Main.class, arguments) : Launch.javaWithoutCache(Main.class, arguments));
        }
        arguments.addFirst(setup.launcher().get().toString());
        ProcessBuilder command = new ProcessBuilder(arguments);
        if (!cached) {
            command.environment().put("TWINPORT_JAVA_OPTS", "-XX:AOTMode=off");
        }
        return command;
    }

    private static List<String> arguments(ScaleCase what, ScaleSetup setup, Path folder) {
        List<String> arguments = new ArrayList<>(List.of(
                "run",
                "--primary",
                what.primary(0),
                "--standby",
                ScaleCase.standby(0),
                "--handler",
                "reflect",
                "--name",
                NAME,
                "--cnc-dir",
                folder.toString(),
                "--",
                "-l",
                "" + setup.rig().pollCpu()));
        arguments.addAll(setup.rig().memory());
        return arguments;
    }

    private static ScaleSample measure(Process process, long startedAt, Path cnc, Path output, ScaleSetup setup)
            throws IOException {
        boolean sent = Pause.until(
                () -> !process.isAlive() || hasSent(cnc), setup.limit().toMillis());
        long firstPacket = System.nanoTime() - startedAt;
        if (!sent || !process.isAlive()) {
            throw new UserException("twinport run has sent no frame. It said:\n"
                    + Files.readString(output, StandardCharsets.UTF_8).indent(2));
        }
        Pause.millis(setup.warmUp().plus(setup.measured()).toMillis());
        return ScaleSample.ofStart(firstPacket, ResidentMemory.kilobytes(process.pid()));
    }

    /** What a {@code twinport.cnc} says of frames sent, once it is there. */
    private static boolean hasSent(Path cnc) {
        try {
            return CncReading.readCounters(cnc).stream()
                    .anyMatch(counter -> counter.label().equals(SENT) && counter.value() > 0);
        } catch (CncException e) {
            return false; // it is not there yet
        }
    }

    /** As a user does, by a signal; its handler gives the devices back. */
    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(END_TIME)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
