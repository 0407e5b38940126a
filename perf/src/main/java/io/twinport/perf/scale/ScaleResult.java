package io.twinport.perf.scale;

import io.twinport.control.Machine;
import io.twinport.perf.report.Conditions;
import io.twinport.perf.statistics.Ratio;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code bench scale --json} writes. Figures are medians by round with their 95 % intervals.
 *
 * @param hugepages whether EAL had them
 * @param aotCache whether our processes had an AOT cache
 * @param secondLoopShares whether there was a second loop, which had to share its CPU with all else of its process
 * @param measuredMillis of each launch
 * @param launches of each case
 * @param mppsVsTestpmd our rate divided by testpmd's, by case
 * @param idlePortNanos by how much an idle port makes a pass longer, by number of ports
 * @param residentMegabytes of our processes beside DPDK's packet memory, by case
 * @param firstPacketSeconds from the start of our processes, by case
 */
record ScaleResult(
        String command,
        String machine,
        String dpdk,
        String jdk,
        boolean hugepages,
        boolean aotCache,
        boolean secondLoopShares,
        long measuredMillis,
        int launches,
        List<Launches> cases,
        Map<String, Ratio> mppsVsTestpmd,
        Map<String, Ratio> idlePortNanos,
        Map<String, Ratio> residentMegabytes,
        Map<String, Ratio> firstPacketSeconds)
        implements Conditions {

    /**
     * A case's launches, in their order; 0 for what is not measured of it.
     *
     * @param busy ports whose devices give frames
     * @param waitedShare how much of the time another process had the first loop's CPU
     */
    @SuppressWarnings("ArrayRecordComponent") // written as JSON, never compared
    record Launches(
            String peer,
            int ports,
            int busy,
            int queues,
            int loops,
            double[] mpps,
            double[] residentMegabytes,
            double[] firstPacketSeconds,
            double[] waitedShare) {
        static Launches of(ScaleCase what, ScaleSamples samples) {
            return new Launches(
                    what.peer().label(),
                    what.ports(),
                    what.busy(),
                    what.queues(),
                    what.loops(),
                    samples.each(what, ScaleSample::mpps),
                    samples.each(what, ScaleSample::residentMegabytes),
                    samples.each(what, ScaleSample::firstPacketSeconds),
                    samples.each(what, ScaleSample::waitedShare));
        }
    }

    static ScaleResult of(
            ScaleSamples samples, ScaleSetup setup, int launches, boolean aotCache, String dpdk, String command) {
        Map<String, Ratio> rates = new LinkedHashMap<>();
        Map<String, Ratio> resident = new LinkedHashMap<>();
        Map<String, Ratio> start = new LinkedHashMap<>();
        for (ScaleCase what : samples.cases()) {
            if (what.peer() == Peer.TWINPORT) {
                rates.put(what.label(), samples.rateVsTestpmd(what));
            }
            if (what.peer() == Peer.TWINPORT || what.peer() == Peer.RUN) {
                resident.put(what.label(), samples.median(what, ScaleSample::residentMegabytes));
            }
            if (what.peer() != Peer.TESTPMD) {
                start.put(what.label(), samples.median(what, ScaleSample::firstPacketSeconds));
            }
        }
        Map<String, Ratio> idle = new LinkedHashMap<>();
        samples.furtherPorts().forEach(n -> idle.put("" + n, samples.idleNanos(Peer.TWINPORT, n)));
        return new ScaleResult(
                command,
                Machine.describe(),
                dpdk,
                Machine.jdk(),
                setup.rig().hasHugepages(),
                aotCache,
                setup.sharesSecondCpu() && !samples.furtherQueues().isEmpty(),
                setup.measured().toMillis(),
                launches,
                samples.cases().stream().map(what -> Launches.of(what, samples)).toList(),
                rates,
                idle,
                resident,
                start);
    }
}
