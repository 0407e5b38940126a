package io.twinport.perf.forward;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.perf.launch.CpuWait;
import io.twinport.perf.launch.Rig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One launch of {@code dpdk-testpmd}, driven by its prompt. It cannot stop at a count, so its driver's counter of sent
 * frames is read twice, the count apart, as ours is.
 */
final class Testpmd implements AutoCloseable {
    private static final Pattern SENT = Pattern.compile("TX-packets:\\s+(\\d+)");
    private static final Pattern RATE = Pattern.compile("Tx-pps:\\s+(\\d+)");

    /** testpmd takes a clock of its own beside the counters; more than that between it and ours is a disturbed run. */
    private static final double TOLERANCE = 0.02;

    /** Below it the time of asking would count. */
    private static final long SHORTEST_NANOS = 300_000_000;

    private static final long LONGEST_WAIT_MILLIS = 5000;

    /** Lines of its output that are shown when it fails. */
    private static final int LAST_LINES = 6;

    private final Process process;
    private final Writer prompt;
    private final BufferedReader output;
    private final List<String> seen = new ArrayList<>();

    private Testpmd(Process process) {
        this.process = process;
        this.prompt = process.outputWriter();
        this.output = process.inputReader();
    }

    /**
     * Starts one, measures it and ends it.
     *
     * @throws UserException if it is not installed, fails, or its numbers contradict each other
     */
    static Sample measure(ForwardSetup setup) {
        try (Testpmd testpmd = new Testpmd(start(setup))) {
            CompletableFuture<Process> exit = testpmd.process.onExit();
            exit.orTimeout(setup.limit().toMillis(), TimeUnit.MILLISECONDS).exceptionally(late -> {
                testpmd.process.destroyForcibly(); // its output ends, which the reader reports
                return testpmd.process;
            });
            return testpmd.forward(setup);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> command(ForwardSetup setup) {
        // Line by line: a pipe makes it buffer its answers until it ends.
        List<String> command = new ArrayList<>(List.of("stdbuf", "-oL", "dpdk-testpmd"));
        command.addAll(setup.rig().ealOfC("testpmd"));
        command.addAll(List.of("--vdev=net_null0", "--", "-i", "--nb-cores=1"));
        command.addAll(List.of("--forward-mode=io", "--port-topology=loop", "--no-lsc-interrupt"));
        command.addAll(List.of("--burst=" + ForwardSetup.BURST, "--total-num-mbufs=" + Rig.MBUFS));
        command.add("--mbcache=" + Rig.MBUF_CACHE);
        command.addAll(List.of("--rxd=" + Rig.DESCRIPTORS, "--txd=" + Rig.DESCRIPTORS));
        return command;
    }

    private static Process start(ForwardSetup setup) throws IOException {
        try {
            return new ProcessBuilder(command(setup)).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UserException("cannot start testpmd: " + e.getMessage() + ". Run: sudo ./twinport setup", e);
        }
    }

    private Sample forward(ForwardSetup setup) throws IOException {
        say("start");
        Pause.millis(setup.warmUp().toMillis() / 2);
        read();
        Pause.millis(setup.warmUp().toMillis() / 2);
        long waited = CpuWait.nanos(process.pid(), setup.rig().pollCpu());
        Counters begin = read();
        Counters last = begin;
        do {
            long missing = setup.packets() - (last.sent - begin.sent);
            Pause.millis(Math.clamp(missing * 1000 / Math.max(last.packetsPerSecond, 1), 1, LONGEST_WAIT_MILLIS));
            Counters now = read();
            now.check(last);
            last = now;
        } while (last.sent - begin.sent < setup.packets());
        waited = CpuWait.nanos(process.pid(), setup.rig().pollCpu()) - waited;
        return new Sample(last.sent - begin.sent, last.nanos - begin.nanos, waited, "");
    }

    /**
     * @param nanos when they were asked for; the answer is some 50 us later, each time
     * @param packetsPerSecond by testpmd's own reckoning, since the counters were read before
     */
    private record Counters(long sent, long nanos, long packetsPerSecond) {
        void check(Counters before) {
            long interval = nanos - before.nanos;
            if (interval < SHORTEST_NANOS) {
                return; // a slice of time that another process had, or one of asking
            }
            if (sent == before.sent) {
                throw new UserException("testpmd does not forward: its port has sent " + sent + " frames and no more");
            }
            double rate = (sent - before.sent) * 1e9 / interval;
            if (Math.abs(rate / packetsPerSecond - 1) > TOLERANCE) {
                throw new UserException("testpmd reckons with " + packetsPerSecond
                        + " packets per second, the benchmark"
                        + " with " + Math.round(rate) + ": the machine is too busy to time it. Run it again when it is"
                        + " quiet");
            }
        }
    }

    private Counters read() throws IOException {
        long nanos = System.nanoTime();
        say("show port stats all");
        long sent = find(SENT);
        return new Counters(sent, nanos, find(RATE));
    }

    private void say(String line) throws IOException {
        try {
            prompt.write(line + "\n");
            prompt.flush();
        } catch (IOException e) {
            throw new UserException(failure(), e);
        }
    }

    private long find(Pattern pattern) throws IOException {
        String line;
        while ((line = output.readLine()) != null) {
            seen.add(line);
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                return Long.parseLong(matcher.group(1));
            }
        }
        throw new UserException(failure());
    }

    private String failure() throws IOException {
        String line;
        while ((line = output.readLine()) != null) {
            seen.add(line);
        }
        List<String> last = seen.stream().filter(text -> !text.isBlank()).toList();
        return "dpdk-testpmd has ended or hangs (is it missing? Run: sudo ./twinport setup). Its last words:\n  "
                + String.join("\n  ", last.subList(Math.max(0, last.size() - LAST_LINES), last.size()));
    }

    /** Ends it: by its prompt, and by force if it does not go. */
    @Override
    public void close() throws IOException {
        try (prompt) {
            prompt.write("quit\n");
        } catch (IOException e) {
            // It has ended already: the pipe is closed.
        }
        try {
            while (output.readLine() != null) {
                // Its parting statistics; unread they would block it.
            }
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
