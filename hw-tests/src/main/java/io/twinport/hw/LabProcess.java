package io.twinport.hw;

import io.twinport.control.Pause;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of this machine that a lab is made with. */
final class LabProcess {
    private static final int FORK_MILLIS = 60_000;

    /** What a program has printed, stderr too, and its exit code. */
    record Ran(int exitCode, String output) {}

    private LabProcess() {}

    /** Starts a program whose input stays open until it is closed, or until this process is gone. */
    static Process start(List<String> command, Path log) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new LabException("cannot start " + command.getFirst() + ": " + e.getMessage(), e);
        }
    }

    /** The process that another one has forked as soon as it could. */
    static long child(Process process) {
        if (!Pause.until(() -> process.children().findAny().isPresent() || !process.isAlive(), FORK_MILLIS)
                || !process.isAlive()) {
            throw new LabException("a namespace was not made");
        }
        return process.children().findFirst().orElseThrow().pid();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Runs a program that has to succeed, and returns what it has printed. */
    static String run(int seconds, List<String> command) {
        Ran ran = attempt(seconds, command);
        if (ran.exitCode() != 0) {
            throw new LabException(String.join(" ", command) + ": " + ran.exitCode() + "\n" + ran.output());
        }
        return ran.output();
    }

    static Ran attempt(int seconds, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new LabException(String.join(" ", command) + " does not end");
            }
            return new Ran(process.exitValue(), output);
        } catch (IOException e) {
            throw new LabException("cannot run " + command.getFirst() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }
}
