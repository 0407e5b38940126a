package io.twinport.control.host.probe;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The real ones. One that hangs is killed, and that is a failure. */
final class MachineCommands implements HostCommands {
    private static final int SECONDS = 60;

    @Override
    public String run(String... command) {
        String line = String.join(" ", command);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().put("LC_ALL", "C");
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + File.pathSeparator + more);
        try {
            Process process = builder.start();
            CompletableFuture<String> out = read(process.getInputStream());
            CompletableFuture<String> err = read(process.getErrorStream());
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new ProbeException(line + " has not ended within " + SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new ProbeException(line + ": " + err.join().strip().replaceAll("\\s*\\n\\s*", "; "));
            }
            return out.join();
        } catch (IOException e) {
            throw new ProbeException(line + " cannot be started (" + e.getMessage() + "). Is it installed?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProbeException(line + " was not waited for");
        }
    }

    /** Each on a thread of its own, so that a program which fills one pipe can go on with the other. */
    private static CompletableFuture<String> read(InputStream pipe) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("command").start(() -> {
            try (pipe) {
                text.complete(new String(pipe.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                text.complete(""); // it was killed
            }
        });
        return text;
    }
}
