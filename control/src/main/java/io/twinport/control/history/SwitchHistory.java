package io.twinport.control.history;

import io.twinport.control.TimeOfDay;
import io.twinport.dataplane.cnc.CncReading;
import io.twinport.dataplane.cnc.SwitchLog;
import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.policy.PolicyText;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The switches on record, live or left behind by a process that has died.
 *
 * @param pid of the process that has written the file
 * @param start when that process started it; null, as each instant below, where the file is damaged and it can be none
 * @param switches the last 4096, the oldest first
 */
public record SwitchHistory(long pid, @Nullable Instant start, List<Switch> switches) {
    /**
     * A switch in the form of {@code history --json}. In the terms of RFC 6412: {@code event} is the convergence event
     * instant, {@code firstBurst} the first route convergence instant, {@code convergenceTimeNs} from one to the other,
     * {@code lostAtMost} the convergence packet loss.
     *
     * @param kind {@code failover} to the standby, {@code reversion} to the primary (RFC 6414), else {@code start} or
     *     {@code outage}
     * @param event null where the loop's own look at the link came first, or there is no event
     * @param firstBurst null where none came
     * @param firstCompleted when the first frame on the new side was known to have left; null where that is not known
     * @param convergenceTimeNs null where no burst came; 0 where the loop was before the event
     * @param drained of a planned switch; null while it is not known
     * @param resent null, as what follows, while the switch is not over: that is a second, or until the next one
     * @param lastOfFormer when the port's first queue had the last frame by the side that was left, while it received by both;
     *     null where none came
     */
    public record Switch(
            int port,
            long sequence,
            String kind,
            String from,
            String to,
            String cause,
            boolean planned,
            @Nullable Instant event,
            @Nullable Instant decision,
            @Nullable Instant firstBurst,
            @Nullable Instant firstCompleted,
            @Nullable Long convergenceTimeNs,
            long lostAtMost,
            @Nullable Boolean drained,
            @Nullable Long resent,
            @Nullable Long suppressed,
            @Nullable Long duplicated,
            @Nullable Long held,
            @Nullable Long dropped,
            @Nullable Instant lastOfFormer) {
        /** Until the first burst, from the event or, where the loop came before that or there was none, from the decision. */
        public OptionalDouble microsToBurst() {
            Instant from = event == null ? decision : event;
            return from == null || firstBurst == null
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(Duration.between(from, firstBurst).toNanos() / 1e3);
        }
    }

    /**
     * Reads a file.
     *
     * @throws io.twinport.dataplane.cnc.CncException if it is none
     */
    public static SwitchHistory read(Path file) {
        return of(CncReading.read(file));
    }

    /** That of a file, as it is now. */
    public static SwitchHistory of(CncReading reading) {
        Instant start = Instant.ofEpochMilli(reading.startMillis());
        List<Switch> switches = new SwitchLog(reading.switchRecords())
                .records().stream()
                        .map(record -> of(record, start, reading.startNanos()))
                        .toList();
        return new SwitchHistory(
                reading.pid(), TimeOfDay.instant(reading.startNanos(), start, reading.startNanos()), switches);
    }

    private static Switch of(SwitchRecord record, Instant start, long startNanos) {
        boolean known = record.outcome().isKnown();
        long convergence = record.eventToBurstNanos();
        return new Switch(
                record.port(),
                record.sequence(),
                kind(record),
                PolicyText.side(record.from()),
                PolicyText.side(record.to()),
                record.causeText(),
                record.planned(),
                instant(record.eventNanos(), start, startNanos),
                instant(record.decisionNanos(), start, startNanos),
                instant(record.firstBurstNanos(), start, startNanos),
                instant(record.outcome().firstCompletedNanos(), start, startNanos),
                convergence < 0 ? null : convergence,
                record.lostAtMost(),
                known && record.planned() ? record.outcome().drained() : null,
                known ? record.outcome().resent() : null,
                known ? record.outcome().suppressed() : null,
                known ? record.outcome().duplicated() : null,
                known ? record.outcome().held() : null,
                known ? record.outcome().dropped() : null,
                instant(record.outcome().lastOfFormerNanos(), start, startNanos));
    }

    private static String kind(SwitchRecord record) {
        return switch (PolicyText.side(record.to())) {
            case "none" -> "outage";
            case "standby" -> PolicyText.side(record.from()).equals("primary") ? "failover" : "start";
            default -> PolicyText.side(record.from()).equals("standby") ? "reversion" : "start";
        };
    }

    private static @Nullable Instant instant(long nanos, Instant start, long startNanos) {
        return nanos == 0 ? null : TimeOfDay.instant(nanos, start, startNanos);
    }
}
