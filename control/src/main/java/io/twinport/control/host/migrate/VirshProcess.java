package io.twinport.control.host.migrate;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A {@code virsh} that runs for a while: a migration, a stream of events. Its lines are read on a thread of their own. */
final class VirshProcess implements AutoCloseable {
    private static final int LONGEST_LINE = 4096;

    private final Process process;
    private final Thread reader;
    private volatile String last = "";

    private VirshProcess(Process process, Consumer<String> taker) {
        this.process = process;
        this.reader = Thread.ofPlatform().daemon().name("virsh").start(() -> read(taker));
    }

    /** @param taker of each line, cut where it is very long */
    static VirshProcess start(List<String> command, Consumer<String> taker) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().put("LC_ALL", "C");
        return new VirshProcess(builder.start(), taker);
    }

    private void read(Consumer<String> taker) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            StringBuilder line = new StringBuilder();
            for (int c = lines.read(); c >= 0; c = lines.read()) {
                if (c != '\n' && c != '\r') {
                    if (line.length() < LONGEST_LINE) {
                        line.append((char) c);
                    }
                } else if (!line.isEmpty()) {
                    last = line.toString();
                    taker.accept(last);
                    line.setLength(0);
                }
            }
        } catch (IOException e) {
            // it has ended
        }
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** What it complained of; empty where it did not. Waits for its end, and ends it where that does not come. */
    String complaint(long limitMillis) {
        try {
            if (!process.waitFor(limitMillis, TimeUnit.MILLISECONDS)) {
                return "virsh has not ended within " + limitMillis / 1000 + " s";
            }
            reader.join(1000);
            return process.exitValue() == 0 ? "" : last.replaceFirst("^error: ", "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "virsh was not waited for";
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
