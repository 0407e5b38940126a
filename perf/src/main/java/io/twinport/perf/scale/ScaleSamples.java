package io.twinport.perf.scale;

import io.twinport.perf.statistics.Ratio;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What all launches of a run have measured: as many samples of each case, by round. */
final class ScaleSamples {
    private static final double NANOS = 1e3;

    private final List<Integer> ports;
    private final List<Integer> queues;
    private final Map<ScaleCase, List<ScaleSample>> samples;

    /**
     * @param ports numbers of them, 1 first
     * @param queues numbers of them, 1 first
     */
    ScaleSamples(List<Integer> ports, List<Integer> queues, Map<ScaleCase, List<ScaleSample>> samples) {
        this.ports = ports;
        this.queues = queues;
        this.samples = samples;
    }

    List<ScaleCase> cases() {
        return List.copyOf(samples.keySet());
    }

    boolean has(ScaleCase what) {
        return samples.containsKey(what);
    }

    /** Of each round. */
    double[] each(ScaleCase what, ToDoubleFunction<ScaleSample> value) {
        return Objects.requireNonNull(samples.get(what)).stream()
                .mapToDouble(value)
                .toArray();
    }

    Ratio median(ScaleCase what, ToDoubleFunction<ScaleSample> value) {
        return Ratio.ofRounds(each(what, value));
    }

    List<Integer> ports() {
        return ports;
    }

    /** Numbers of ports above 1. */
    List<Integer> furtherPorts() {
        return ports.subList(1, ports.size());
    }

    /** Numbers of queues above 1. */
    List<Integer> furtherQueues() {
        return queues.subList(1, queues.size());
    }

    /** Our rate divided by testpmd's on as many ports, queues and loops. */
    Ratio rateVsTestpmd(ScaleCase ours) {
        ScaleCase theirs = new ScaleCase(Peer.TESTPMD, ours.ports(), ours.busy(), ours.queues(), ours.loops());
        return Ratio.of(each(ours, ScaleSample::mpps), each(theirs, ScaleSample::mpps));
    }

    /** By how many nanoseconds each idle port beside a busy one makes a pass of the loop longer. */
    Ratio idleNanos(Peer peer, int n) {
        double[] alone = passNanos(ScaleCase.ofPorts(peer, 1, 1));
        double[] beside = passNanos(ScaleCase.ofPorts(peer, n, 1));
        double[] each = new double[alone.length];
        Arrays.setAll(each, round -> (beside[round] - alone[round]) / (n - 1));
        return Ratio.ofRounds(each);
    }

    /** Of a loop with one busy port, whose device yields a full burst at each pass. */
    private double[] passNanos(ScaleCase what) {
        return each(what, sample -> NANOS * ScaleSetup.BURST / sample.mpps());
    }

    /** A figure for each number of ports, of cases that there are. */
    static Map<Integer, Ratio> byPorts(List<Integer> numbers, Function<Integer, Ratio> figure) {
        Map<Integer, Ratio> figures = new LinkedHashMap<>();
        numbers.forEach(n -> figures.put(n, figure.apply(n)));
        return figures;
    }

    /** Of a peer whose ports are all busy; empty if there is no such peer. */
    Map<Integer, Ratio> byPorts(Peer peer, ToDoubleFunction<ScaleSample> value) {
        return has(ScaleCase.ofPorts(peer, 1, 1))
                ? byPorts(ports, n -> median(ScaleCase.ofPorts(peer, n, n), value))
                : Map.of();
    }
}
