package io.twinport.control.run;

import io.twinport.control.hotplug.SideLife;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.conductor.PortMonitor;
import io.twinport.dataplane.conductor.PortStatistics;
import io.twinport.dataplane.device.SideDevice;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dpdk.LinkSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

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
                port.queues().counters().get(PortCounter.SWITCHES),
                port.lives().stream().map(life -> view(life, state)).toList(),
                PortView.HealthView.of(monitor.standbyHealth()));
    }

    private PortView.SideView view(SideLife life, int state) {
        int side = PortRun.spec(life).side();
        String failure = port.monitor().failure(side);
        return new PortView.SideView(
                life.plan().role(),
                life.plan().name(),
                life.phase().toString(),
                port.configuration().ask(side, SideDevice::driver).orElse(null),
                FailoverPolicy.isLinkUp(state, side),
                FailoverPolicy.isReady(state, side) && failure.isEmpty(),
                port.configuration()
                        .ask(side, dev -> dev.linkSettings().megabits())
                        .orElse(LinkSettings.UNKNOWN_SPEED),
                port.configuration()
                        .ask(side, SideDevice::features)
                        .flatMap(Function.identity())
                        .orElse(null),
                life.trouble().isEmpty() ? null : life.trouble(),
                failure.isEmpty() ? null : failure,
                port.differences(side));
    }

    PortView.Statistics statistics() {
        Map<String, Map<String, Long>> devices = new LinkedHashMap<>();
        for (int side : Sides.BOTH) {
            Map<String, Long> ofSide = new LinkedHashMap<>();
            for (PortStatistics.Counter counter : PortStatistics.Counter.values()) {
                ofSide.put(counter.toString(), port.monitor().statistics().get(side, counter));
            }
            devices.put(PolicyText.side(side), ofSide);
        }
        return new PortView.Statistics(
                port.plan().name(), port.queues().counters().byName(), devices);
    }

    /** All that the drivers of its sides count, by their own names. */
    PortView.ExtendedStatistics extendedStatistics() {
        Map<String, Map<String, Long>> devices = new LinkedHashMap<>();
        for (int side : Sides.BOTH) {
            port.configuration()
                    .ask(side, SideDevice::extendedStatistics)
                    .ifPresent(counts -> devices.put(PolicyText.side(side), counts));
        }
        return new PortView.ExtendedStatistics(port.plan().name(), devices);
    }
}
