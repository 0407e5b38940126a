package io.twinport.perf.load;

import io.twinport.control.Machine;
import io.twinport.perf.launch.Rounds;
import io.twinport.perf.report.Printer;
import io.twinport.posix.Folder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Looks for the no-drop rate of each case, in turn, each time in fresh processes. */
public final class NdrBench {
    /** How often a trial is made at most, while others disturb it. */
    private static final int ATTEMPTS = 6;

    private static final Duration QUICK_TRIAL = Duration.ofMillis(200);

    /** Longer than that without its CPU, and a forwarder's ring overflows at rates worth looking for. */
    private static final long DISTURBED_NANOS = 10_000;

    /** The load's CPU has other threads too; what they take of it moves the schedule and loses nothing. */
    private static final double LOAD_DISTURBED = 0.1;

    private static final double UNABLE = 0.01;

    private final NdrSetup setup;
    private final Printer out;

    public NdrBench(NdrSetup setup, Printer out) {
        this.setup = setup;
        this.out = out;
    }

    /**
     * One search.
     *
     * @param ndr nothing lost
     * @param pdr at most {@link NdrSetup#PARTIAL_DROP} lost
     */
    record Sample(NdrSearch.Outcome ndr, NdrSearch.Outcome pdr, int trials, String dpdk) {}

    /**
     * @param launches of each case; each round begins with another case, so that none always follows the same one
     * @param command how the user can run the same again
     */
    public NdrResult run(int launches, String command) {
        Map<ForwarderCase, List<Sample>> samples;
        try (Folder folder = Folder.create("twinport-bench")) {
            Path program = Generator.program(folder.path());
            samples = Rounds.run(ForwarderCase.PLAIN, launches, (what, round) -> search(what, round, program));
        }
        String dpdk = Objects.requireNonNull(samples.get(ForwarderCase.BARE))
                .getFirst()
                .dpdk();
        NdrResult result = NdrResult.of(command, Machine.describe(), dpdk, Machine.jdk(), setup, launches, samples);
        print(result);
        return result;
    }

    /** Short trials, one search: where a rate about the no-drop rate will do. */
    public static NdrSetup quick(LoadSetup load) {
        return new NdrSetup(load, NdrSearch.Range.USUAL, QUICK_TRIAL, 3);
    }

    private Sample search(ForwarderCase what, String round, Path program) {
        Sample sample = search(what, program);
        out.say(
                "%s  %-9s NDR %s   PDR %s Mpps   (%d trials)",
                round, what.label(), text(sample.ndr), text(sample.pdr), sample.trials);
        return sample;
    }

    /** The no-drop rate of a case, 0 if there is none; by one search. */
    public long ndr(ForwarderCase what, Path program) {
        return search(what, program).ndr.rate();
    }

    private Sample search(ForwarderCase what, Path program) {
        int[] trials = {0};
        try (LoadedForwarder loaded = LoadedForwarder.start(what, setup.load(), program)) {
            NdrSearch search = new NdrSearch(
                    rate -> {
                        trials[0]++;
                        return offer(loaded, rate);
                    },
                    setup.range(),
                    setup.trials());
            NdrSearch.Outcome pdr = search.find(NdrSetup.PARTIAL_DROP);
            NdrSearch.Outcome ndr = search.find(0);
            return new Sample(ndr, pdr, trials[0], loaded.forwarder().dpdk());
        }
    }

    /**
     * Frames that were lost while another process had the forwarder's CPU say nothing of it, and a load that was away was
     * not the load that was wanted: such a trial is made again; the last attempt counts as it is.
     */
    private NdrSearch.Trial offer(LoadedForwarder loaded, long rate) {
        int attempt = 0;
        while (true) {
            long waited = loaded.forwarder().waited();
            Counts counts = loaded.send(rate, setup.trial());
            waited = loaded.forwarder().waited() - waited;
            boolean isDisturbed = (counts.lossRatio() > 0 && waited > DISTURBED_NANOS)
                    || counts.away() > LOAD_DISTURBED * counts.nanos();
            if (!isDisturbed || ++attempt == ATTEMPTS) {
                return new NdrSearch.Trial(counts.lossRatio(), counts.unableShare() <= UNABLE);
            }
        }
    }

    private void print(NdrResult result) {
        out.say("");
        out.say("%-10s %26s   %26s", "Mpps", "no-drop rate", "partial-drop rate (0.5 %)");
        out.say("%-10s %8s %8s %8s   %8s %8s %8s", "case", "median", "min", "max", "median", "min", "max");
        result.cases().forEach((name, rates) -> {
            NdrResult.Rates ndr = rates.ndr();
            NdrResult.Rates pdr = rates.pdr();
            out.say(
                    "%-10s %8.3f %8.3f %8.3f   %8.3f %8.3f %8.3f%s",
                    name,
                    ndr.median(),
                    ndr.min(),
                    ndr.max(),
                    pdr.median(),
                    pdr.min(),
                    pdr.max(),
                    rates.bounded() > 0
                            ? "   " + rates.bounded() + " of the searches ended at what can be offered"
                            : "");
        });
        out.say("");
        out.ratios("ratio by round", result.ratios());
        out.say("");
        out.say("%s", result.facts());
    }

    private static String text(NdrSearch.Outcome outcome) {
        return String.format(Locale.ROOT, "%s%.3f", outcome.isBound() ? ">= " : "", outcome.rate() / 1e6);
    }
}
