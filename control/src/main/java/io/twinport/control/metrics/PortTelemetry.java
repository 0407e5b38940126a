package io.twinport.control.metrics;

import io.twinport.control.history.SwitchHistory;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.failover.PolicyText;
import io.twinport.dataplane.failover.PortStatistics;
import io.twinport.dpdk.TelemetryCommand;
import io.twinport.dpdk.TelemetryDict;
import java.time.Instant;
import java.util.List;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * What DPDK's telemetry socket tells of the failover ports of a process: {@code /twinport/ports} and {@code /twinport/history}, of
 * all ports or of the one that is named. Only the mapped file is read for it, so an answer neither waits nor holds up anybody.
 */
public final class PortTelemetry implements AutoCloseable {
    /** As many as fit into the 16 KiB of an answer. */
    private static final int SWITCHES = 32;

    private final List<MeasuredPort> ports;
    private final CncFile cnc;
    private final TelemetryCommand portsCommand;
    private final TelemetryCommand historyCommand;

    private PortTelemetry(List<MeasuredPort> ports, CncFile cnc, ErrorHandler errors) {
        this.ports = List.copyOf(ports);
        this.cnc = cnc;
        this.portsCommand = TelemetryCommand.register(
                "/twinport/ports",
                "Failover ports by number. Parameters: name of a port, or none",
                this::ports,
                errors);
        this.historyCommand = TelemetryCommand.register(
                "/twinport/history",
                "The last " + SWITCHES + " switches, by port/sequence. Parameters: name of a port, or none",
                this::history,
                errors);
    }

    /**
     * From now on the commands are answered. EAL runs.
     *
     * @param ports by their numbers
     * @param errors told of what should not happen
     */
    public static PortTelemetry start(List<MeasuredPort> ports, CncFile cnc, ErrorHandler errors) {
        return new PortTelemetry(ports, cnc, errors);
    }

    /** Before the mapped file is closed: on return nobody reads it any more. */
    @Override
    public void close() {
        portsCommand.close();
        historyCommand.close();
    }

    private void ports(String name, TelemetryDict answer) {
        for (int id = 0; id < ports.size(); id++) {
            if (isMeant(id, name)) {
                describe(ports.get(id), answer.putDict(String.valueOf(id)));
            }
        }
    }

    /** Not where it is no port's number, as a damaged record may have it. */
    private boolean isMeant(int id, String name) {
        return id >= 0
                && id < ports.size()
                && (name.isEmpty() || name.equals(ports.get(id).name()));
    }

    private static void describe(MeasuredPort port, TelemetryDict dict) {
        dict.put("name", port.name());
        dict.put("active_side", PolicyText.side(port.counters().activeSide()));
        dict.put("standby_health", port.standbyHealth().toString());
        dict.put("switches", port.counters().switches());
        MeasuredPort.OWN.forEach(own -> dict.put(own.name(), own.counter().applyAsLong(port.counters())));
        for (int side : Sides.BOTH) {
            TelemetryDict ofSide = dict.putDict(PolicyText.side(side));
            ofSide.put("sent_frames", port.counters().sentBy(side));
            for (PortStatistics.Counter counter : PortStatistics.Counter.values()) {
                ofSide.put(counter.toString(), port.statistics().get(side, counter));
            }
        }
    }

    private void history(String name, TelemetryDict answer) {
        List<SwitchHistory.Switch> meant = SwitchHistory.of(cnc.reading()).switches().stream()
                .filter(record -> isMeant(record.port(), name))
                .toList();
        for (SwitchHistory.Switch record : meant.subList(Math.max(0, meant.size() - SWITCHES), meant.size())) {
            describe(record, answer.putDict(record.port() + "/" + record.sequence()));
        }
    }

    private void describe(SwitchHistory.Switch record, TelemetryDict dict) {
        dict.put("port", ports.get(record.port()).name());
        dict.put("kind", record.kind());
        dict.put("from", record.from());
        dict.put("to", record.to());
        dict.put("cause", record.cause());
        dict.put("planned", record.planned() ? 1 : 0);
        put(dict, "event", record.event());
        put(dict, "decision", record.decision());
        put(dict, "first_burst", record.firstBurst());
        put(dict, "convergence_ns", record.convergenceTimeNs());
        dict.put("lost_at_most", record.lostAtMost());
        put(dict, "resent", record.resent());
        put(dict, "dropped", record.dropped());
    }

    /** What is not known is left out. */
    private static void put(TelemetryDict dict, String name, @Nullable Instant instant) {
        if (instant != null) {
            dict.put(name, instant.toString());
        }
    }

    private static void put(TelemetryDict dict, String name, @Nullable Long number) {
        if (number != null) {
            dict.put(name, number);
        }
    }
}
