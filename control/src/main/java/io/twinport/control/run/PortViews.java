package io.twinport.control.run;

import io.twinport.control.hotplug.SideLife;
import io.twinport.dataplane.SideDevice;
import io.twinport.dataplane.failover.FailoverPolicy;
import io.twinport.dataplane.failover.PolicyText;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortMonitor;
import io.twinport.dataplane.failover.PortStatistics;
import io.twinport.dpdk.LinkSettings;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What is seen of a port while it runs. Any thread; its devices are asked, which may wait for one that joins. */
record PortViews(PortRun port) {
    PortView view() {
        PortMonitor monitor = port.monitor();
        int state = monitor.state();
        return new PortView(
                port.plan().name(),
                port.id(),
                port.plan().handler().text(),
                port.plan().settings().queues(),
                port.configuration().mac().map(Object::toString).orElse(null),
                port.configuration().mtu(),
                PolicyText.side(port.queues().counters().activeSide()),
                PolicyText.side(FailoverPolicy.forced(state)),
                monitor.hasCarrier(),
                port.queues().counters().switches(),
                port.lives().stream().map(life -> view(life, state)).toList(),
                PortView.HealthView.of(monitor.standbyHealth()));
    }

    private PortView.SideView view(SideLife life, int state) {
        int side = PortRun.spec(life).side();
        return new PortView.SideView(
                life.plan().role(),
                life.plan().name(),
                life.phase().name().toLowerCase(Locale.ROOT),
                port.configuration().ask(side, SideDevice::driver).orElse(null),
                FailoverPolicy.isLinkUp(state, side),
                FailoverPolicy.isReady(state, side),
                port.configuration()
                        .ask(side, dev -> dev.linkSettings().megabits())
                        .orElse(LinkSettings.UNKNOWN_SPEED),
                life.trouble().isEmpty() ? null : life.trouble());
    }

    PortView.Statistics statistics() {
        PortCounters own = port.queues().counters();
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("rx_packets", own.received());
        counts.put("tx_packets primary", own.sentByPrimary());
        counts.put("tx_packets standby", own.sentByStandby());
        counts.put("tx_refused", own.refused());
        counts.put("tx_dropped", own.dropped());
        counts.put("tx_held", own.held());
        counts.put("tx_hold_dropped", own.holdDropped());
        counts.put("tx_resent", own.resent());
        counts.put("tx_announced", own.announced());
        counts.put("rx_suppressed", own.suppressed());
        counts.put("rx_duplicates", own.duplicates());
        counts.put("rx_lookback", own.lookback());
        counts.put("rx_forgotten", own.forgotten());
        counts.put("switches", own.switches());
        counts.put("switches not drained", own.notDrained());
        Map<String, Map<String, Long>> devices = new LinkedHashMap<>();
        for (int side : PortView.SIDES) {
            Map<String, Long> ofSide = new LinkedHashMap<>();
            for (PortStatistics.Counter counter : PortStatistics.Counter.values()) {
                ofSide.put(counter.toString(), port.monitor().statistics().get(side, counter));
            }
            devices.put(PolicyText.side(side), ofSide);
        }
        return new PortView.Statistics(port.plan().name(), counts, devices);
    }

    /** All that the drivers of its sides count, by their own names. */
    PortView.ExtendedStatistics extendedStatistics() {
        Map<String, Map<String, Long>> devices = new LinkedHashMap<>();
        for (int side : PortView.SIDES) {
            port.configuration()
                    .ask(side, SideDevice::extendedStatistics)
                    .ifPresent(counts -> devices.put(PolicyText.side(side), counts));
        }
        return new PortView.ExtendedStatistics(port.plan().name(), devices);
    }
}
