package io.twinport.perf.load;

import io.twinport.perf.report.Conditions;
import io.twinport.perf.statistics.Ratio;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What {@code bench forward --ndr --json} writes.
 *
 * @param device that was forwarded on
 * @param hugepages whether EAL had them
 * @param size of the frames, bytes
 * @param burst frames received and sent at once by the forwarder, at most
 * @param trialMillis how long a rate was offered
 * @param trials of a rate, at most
 * @param precision of the search, a share of the rate
 * @param launches of each case
 * @param ratios by round; of a round in which a case has no such rate there is none
 */
public record NdrResult(
        String command,
        String machine,
        String dpdk,
        String jdk,
        boolean hugepages,
        String device,
        int size,
        int burst,
        long trialMillis,
        int trials,
        double precision,
        int launches,
        Map<String, Searches> cases,
        Map<String, Ratio> ratios)
        implements Conditions {

    /**
     * A case.
     *
     * @param bounded how many searches ended at the most that was offered, or could be: there the rate may be higher
     */
    public record Searches(Rates ndr, Rates pdr, long bounded) {}

    /** Million packets per second, of each launch in their order; 0 where not even the least rate held. */
    @SuppressWarnings("ArrayRecordComponent") // written as JSON, never compared
    public record Rates(double[] mpps, double median, double min, double max) {
        static Rates of(double[] mpps) {
            return new Rates(
                    mpps,
                    Ratio.median(mpps),
                    Arrays.stream(mpps).min().orElseThrow(),
                    Arrays.stream(mpps).max().orElseThrow());
        }
    }

    static NdrResult of(
            String command,
            String machine,
            String dpdk,
            String jdk,
            NdrSetup setup,
            int launches,
            Map<ForwarderCase, List<NdrBench.Sample>> samples) {
        Map<String, Searches> cases = new LinkedHashMap<>();
        samples.forEach((what, list) -> cases.put(what.label(), searches(list)));
        return new NdrResult(
                command,
                machine,
                dpdk,
                jdk,
                setup.load().rig().hasHugepages(),
                "vhost",
                setup.load().length(),
                setup.load().burst(),
                setup.trial().toMillis(),
                setup.trials(),
                setup.range().precision(),
                launches,
                cases,
                ratios(cases));
    }

    private static Searches searches(List<NdrBench.Sample> samples) {
        return new Searches(
                Rates.of(mpps(samples, NdrBench.Sample::ndr)),
                Rates.of(mpps(samples, NdrBench.Sample::pdr)),
                samples.stream()
                        .filter(sample -> sample.ndr().isBound() || sample.pdr().isBound())
                        .count());
    }

    private static double[] mpps(List<NdrBench.Sample> samples, Function<NdrBench.Sample, NdrSearch.Outcome> outcome) {
        return samples.stream()
                .mapToDouble(sample -> outcome.apply(sample).rate() / 1e6)
                .toArray();
    }

    private static Map<String, Ratio> ratios(Map<String, Searches> cases) {
        Map<String, Ratio> ratios = new LinkedHashMap<>();
        put(ratios, "bareVsTestpmd", cases, ForwarderCase.BARE, ForwarderCase.TESTPMD);
        put(ratios, "failoverVsTestpmd", cases, ForwarderCase.FAILOVER, ForwarderCase.TESTPMD);
        put(ratios, "failoverVsBare", cases, ForwarderCase.FAILOVER, ForwarderCase.BARE);
        return ratios;
    }

    private static void put(
            Map<String, Ratio> ratios,
            String name,
            Map<String, Searches> cases,
            ForwarderCase what,
            ForwarderCase other) {
        Searches one = Objects.requireNonNull(cases.get(what.label()));
        Searches another = Objects.requireNonNull(cases.get(other.label()));
        put(ratios, name + ".ndr", one.ndr.mpps, another.ndr.mpps);
        put(ratios, name + ".pdr", one.pdr.mpps, another.pdr.mpps);
    }

    private static void put(Map<String, Ratio> ratios, String name, double[] mpps, double[] others) {
        int[] rounds = IntStream.range(0, mpps.length)
                .filter(i -> mpps[i] > 0 && others[i] > 0)
                .toArray();
        if (rounds.length > 0) {
            ratios.put(
                    name,
                    Ratio.of(
                            Arrays.stream(rounds).mapToDouble(i -> mpps[i]).toArray(),
                            Arrays.stream(rounds).mapToDouble(i -> others[i]).toArray()));
        }
    }
}
