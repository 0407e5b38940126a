package io.twinport.perf.scale;

import io.twinport.perf.report.LinePlot;
import io.twinport.perf.report.Page;

/** The page that {@code bench scale --html} writes. */
final class ScalePage {
    private static final String PORTS = "ports in one process";

    private ScalePage() {}

    static String of(ScaleBench.Outcome outcome) {
        ScaleResult result = outcome.result();
        ScaleSamples samples = outcome.samples();
        Page page = new Page("twinport bench scale")
                .command(result.command())
                .text(result.facts() + "; " + result.launches()
                        + " launches of each case, in turn; medians and 95 % intervals.");
        ScaleBench.notes(result).forEach(page::note);
        page.heading("What a loop forwards in all, each port busy")
                .plot(new LinePlot("Mpps", PORTS)
                        .add("failover ports", samples.byPorts(Peer.TWINPORT, ScaleSample::mpps))
                        .add("testpmd", samples.byPorts(Peer.TESTPMD, ScaleSample::mpps))
                        .svg());
        page.heading("By how much each idle port beside a busy one makes a pass longer")
                .plot(new LinePlot("ns", PORTS)
                        .add(
                                "failover port",
                                ScaleSamples.byPorts(samples.furtherPorts(), n -> samples.idleNanos(Peer.TWINPORT, n)))
                        .add(
                                "testpmd",
                                ScaleSamples.byPorts(samples.furtherPorts(), n -> samples.idleNanos(Peer.TESTPMD, n)))
                        .svg());
        page.heading("From the start of the process until each port has sent a frame")
                .plot(starts(samples).svg());
        page.heading("Resident memory beside DPDK's packet memory")
                .plot(new LinePlot("MB", PORTS)
                        .add("twinport", samples.byPorts(Peer.TWINPORT, ScaleSample::residentMegabytes))
                        .add("testpmd", samples.byPorts(Peer.TESTPMD, ScaleSample::residentMegabytes))
                        .svg());
        for (ScaleTable table : ScaleTable.of(samples)) {
            page.heading(table.title()).table(table.head(), table.rows());
        }
        return page.html();
    }

    private static LinePlot starts(ScaleSamples samples) {
        LinePlot plot = new LinePlot("s", PORTS)
                .add("twinport", samples.byPorts(Peer.TWINPORT, ScaleSample::firstPacketSeconds))
                .add("testpmd", samples.byPorts(Peer.TESTPMD, ScaleSample::firstPacketSeconds));
        return samples.has(ScaleCase.ofPorts(Peer.WITHOUT_CACHE, 1, 1))
                ? plot.add(
                        "twinport without AOT cache",
                        samples.byPorts(Peer.WITHOUT_CACHE, ScaleSample::firstPacketSeconds))
                : plot;
    }
}
