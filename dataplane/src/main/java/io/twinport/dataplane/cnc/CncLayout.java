package io.twinport.dataplane.cnc;

import static org.agrona.concurrent.ringbuffer.RingBufferDescriptor.TRAILER_LENGTH;

import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * Where things are in {@code twinport.cnc}.
 *
 * <pre>
 *  +--------------------------------------------------------------------------------+
 *  | header: version (written last), pid, start in epoch milliseconds and nanoTime  |
 *  +--------------------------------------------------------------------------------+
 *  | command ring of loop 0 | of loop 1 | ...                                        |
 *  +--------------------------------------------------------------------------------+
 *  | event ring                                                                     |
 *  +--------------------------------------------------------------------------------+
 *  | counter labels         | counter values                                        |
 *  +--------------------------------------------------------------------------------+
 *  | switch records: count, then 4096 slots                                         |
 *  +--------------------------------------------------------------------------------+
 *  | policy inputs: count, then 65536 slots                                         |
 *  +--------------------------------------------------------------------------------+
 *  | error log                                                                      |
 *  +--------------------------------------------------------------------------------+
 * </pre>
 */
final class CncLayout {
    /** Poll loops that have a command ring. */
    static final int LOOPS = 16;

    /** Changes with the layout of anything in the file. */
    private static final int VERSION = 0x7770_0006;

    private static final int KIND = 0xffff_0000;

    private static final int VERSION_OFFSET = 0;
    private static final int PID_OFFSET = 8;
    private static final int EPOCH_MILLIS_OFFSET = 16;
    private static final int NANO_TIME_OFFSET = 24;

    private static final int HEADER = 4096;
    private static final int COMMAND_RING = 4096 + TRAILER_LENGTH;
    private static final int EVENT_RING = (1 << 18) + TRAILER_LENGTH;

    /** Enough for 15 ports of 16 queues. */
    static final int COUNTERS = 8192;

    private static final int COUNTER_VALUES = COUNTERS * CountersReader.COUNTER_LENGTH;
    private static final int COUNTER_LABELS = COUNTERS * CountersReader.METADATA_LENGTH;
    static final int SWITCH_RECORDS = 128 + 4096 * 128;
    static final int POLICY_INPUTS = 32 + 65536 * 32;
    static final int ERRORS = 1 << 16;

    private static final int COMMANDS_AT = HEADER;
    private static final int EVENTS_AT = COMMANDS_AT + LOOPS * COMMAND_RING;
    static final int LABELS_AT = EVENTS_AT + EVENT_RING;
    static final int VALUES_AT = LABELS_AT + COUNTER_LABELS;
    static final int RECORDS_AT = VALUES_AT + COUNTER_VALUES;
    static final int INPUTS_AT = RECORDS_AT + SWITCH_RECORDS;
    static final int ERRORS_AT = INPUTS_AT + POLICY_INPUTS;

    /** What a file of any version has, in bytes: the header. */
    static final int LEAST = HEADER;

    /** Of the whole file, in bytes. */
    static final int LENGTH = ERRORS_AT + ERRORS;

    private final UnsafeBuffer file;

    CncLayout(UnsafeBuffer file) {
        this.file = file;
    }

    /** Fills the header; a reader believes the file once the version is there. */
    void ready(long epochMillis, long nanoTime, long pid) {
        file.putLong(PID_OFFSET, pid);
        file.putLong(EPOCH_MILLIS_OFFSET, epochMillis);
        file.putLong(NANO_TIME_OFFSET, nanoTime);
        file.putIntRelease(VERSION_OFFSET, VERSION);
    }

    /** Whether it is a file of this kind, of whatever version. */
    boolean isOurs() {
        return (file.getIntVolatile(VERSION_OFFSET) & KIND) == (VERSION & KIND);
    }

    /** For instance {@code version 2, and this twinport reads version 3}. */
    String versionText() {
        return "version " + (file.getIntVolatile(VERSION_OFFSET) & ~KIND) + ", and this twinport reads version "
                + (VERSION & ~KIND);
    }

    boolean isReady() {
        return file.getIntVolatile(VERSION_OFFSET) == VERSION;
    }

    long pid() {
        return file.getLong(PID_OFFSET);
    }

    long startMillis() {
        return file.getLongVolatile(EPOCH_MILLIS_OFFSET);
    }

    void startMillis(long epochMillis) {
        file.putLongVolatile(EPOCH_MILLIS_OFFSET, epochMillis);
    }

    long startNanos() {
        return file.getLong(NANO_TIME_OFFSET);
    }

    AtomicBuffer commands(int loop) {
        return part(COMMANDS_AT + loop * COMMAND_RING, COMMAND_RING);
    }

    AtomicBuffer events() {
        return part(EVENTS_AT, EVENT_RING);
    }

    AtomicBuffer counterLabels() {
        return part(LABELS_AT, COUNTER_LABELS);
    }

    AtomicBuffer counterValues() {
        return part(VALUES_AT, COUNTER_VALUES);
    }

    AtomicBuffer switchRecords() {
        return part(RECORDS_AT, SWITCH_RECORDS);
    }

    AtomicBuffer policyInputs() {
        return part(INPUTS_AT, POLICY_INPUTS);
    }

    AtomicBuffer errors() {
        return part(ERRORS_AT, ERRORS);
    }

    private AtomicBuffer part(int offset, int length) {
        return new UnsafeBuffer(file, offset, length);
    }
}
