package io.twinport.dataplane.cnc;

import io.twinport.dataplane.policy.FailoverPolicy;
import org.agrona.concurrent.AtomicBuffer;

/** Fills logs as a conductor does, for tests of their readers. */
public final class SampleLogs {
    private SampleLogs() {}

    /**
     * Switches and the inputs that have led to them.
     *
     * @param startNanos of the process that they are of
     */
    public static void fill(AtomicBuffer records, AtomicBuffer inputs, int switches, long startNanos) {
        SwitchLog switchLog = new SwitchLog(records);
        InputLog inputLog = new InputLog(inputs);
        int state = FailoverPolicy.INITIAL;
        for (int i = 1; i <= switches; i++) {
            int event = i % FailoverPolicy.EVENTS;
            int after = FailoverPolicy.next(state, event);
            long nanos = startNanos + i * 1_000_000L;
            inputLog.add(new PolicyInput(0, nanos, event, state, after));
            state = after;
            SwitchRecord record = new SwitchRecord(
                    0,
                    i,
                    i % 3,
                    (i + 1) % 3,
                    event,
                    i % 2 == 0 ? 0 : nanos,
                    nanos + 10,
                    i % 5 == 0 ? 0 : nanos + 20,
                    i,
                    i % 4 == 0,
                    i == switches ? SwitchRecords.UNKNOWN : SwitchRecords.outcome(i));
            switchLog.add(record);
        }
    }

    /** Adds records to a space of switch records. */
    public static void add(AtomicBuffer records, SwitchRecord... each) {
        SwitchLog log = new SwitchLog(records);
        for (SwitchRecord record : each) {
            log.add(record);
        }
    }
}
