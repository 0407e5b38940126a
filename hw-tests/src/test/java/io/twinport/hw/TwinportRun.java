package io.twinport.hw;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code twinport run} in a guest, over its NICs {@code pr} and {@code sb}. */
final class TwinportRun {
    /** An emulated CPU takes ten seconds and more to start the JVM and EAL, and to compile what it warms up. */
    private static final Duration START = Duration.ofSeconds(90);

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Pattern COUNTERS =
            Pattern.compile("rx (\\d+), tx (\\d+) by the primary \\+ (\\d+) by the standby,"
                    + " tx refused (\\d+), tx dropped (\\d+), rx suppressed on the idle side (\\d+)");

    private final GuestProgram program;
    private int switchesAtStart;
    private int linksAtStart;

    /**
     * What it prints at its end.
     *
     * @param refused given back to the handler, or dropped while neither side was ready
     */
    record Counters(long received, long sentByPrimary, long sentByStandby, long refused, long suppressed) {
        /** Of a run that has ended. */
        static Counters of(GuestProgram twinport) {
            Matcher matcher = COUNTERS.matcher(twinport.output());
            if (!matcher.find()) {
                throw new AssertionError("no summary: " + twinport);
            }
            return new Counters(
                    Long.parseLong(matcher.group(1)),
                    Long.parseLong(matcher.group(2)),
                    Long.parseLong(matcher.group(3)),
                    Long.parseLong(matcher.group(4)) + Long.parseLong(matcher.group(5)),
                    Long.parseLong(matcher.group(6)));
        }

        long sent() {
            return sentByPrimary + sentByStandby;
        }
    }

    private TwinportRun(GuestProgram program) {
        this.program = program;
    }

    /** Starts it, lets it take both NICs, and waits until it uses the primary. */
    static TwinportRun start(Scenario scenario, QemuVm guest, String handler) {
        guest.loadVfio();
        TwinportRun run = new TwinportRun(scenario.start(
                guest,
                "twinport",
                "twinport run --bind --primary " + guest.address("pr") + " --standby " + guest.address("sb")
                        + " --handler " + handler));
        run.program.awaitLine("switch \\w+ -> primary", START);
        run.program.awaitLine("primary link up", START);
        run.program.awaitLine("standby link up", START);
        run.switchesAtStart = run.story(" switch ").size();
        run.linksAtStart = 2;
        return run;
    }

    /** Waits until it has told something so many times. */
    void awaitCount(String regex, int count) {
        program.awaitCount(regex, count, SOON);
    }

    /** The switches since it has first used the primary with the standby at hand, in order: {@code primary -> standby}. */
    List<String> switches() {
        List<String> all = story(" switch ");
        return all.subList(switchesAtStart, all.size());
    }

    /** The links' changes since then, in order: {@code primary link down}. */
    List<String> links() {
        List<String> all = story(" link (up|down)$");
        return all.subList(linksAtStart, all.size());
    }

    /** By the time that each line starts with: they are told by several threads. */
    private List<String> story(String regex) {
        return program.lines("^\\d\\d:.*" + regex).stream()
                .sorted()
                .map(line -> line.replaceFirst("^\\S+ +(switch )?", "").replaceFirst(",.*", ""))
                .toList();
    }

    /** Ends it and returns its counters. */
    Counters stop() {
        int exitCode = program.terminate(SOON);
        if (exitCode != 0) {
            throw new AssertionError("exit code " + exitCode + " of " + program);
        }
        return Counters.of(program);
    }

    @Override
    public String toString() {
        return program.toString();
    }
}
