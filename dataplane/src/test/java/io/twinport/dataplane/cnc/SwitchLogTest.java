package io.twinport.dataplane.cnc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class SwitchLogTest {
    private static final int SLOT = 128;
    private static final int SLOTS = 8;

    private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect((SLOTS + 1) * SLOT));
    private final SwitchLog log = new SwitchLog(buffer);
    private final SwitchLog reader = new SwitchLog(buffer);

    @Test
    void shouldBeEmptyAtFirst() {
        assertEquals(List.of(), reader.records());
    }

    @Test
    void shouldGiveRecordsAsTheyWereAdded() {
        log.add(SwitchRecords.complete(0, 1));
        log.add(SwitchRecords.complete(1, 1));
        assertEquals(List.of(SwitchRecords.complete(0, 1), SwitchRecords.complete(1, 1)), reader.records());
    }

    @Test
    void shouldKeepTheNewest() {
        for (long i = 1; i <= 3 * SLOTS + 2; i++) {
            log.add(SwitchRecords.complete(0, i));
        }
        assertEquals(
                LongStream.rangeClosed(2 * SLOTS + 3, 3 * SLOTS + 2)
                        .mapToObj(i -> SwitchRecords.complete(0, i))
                        .toList(),
                reader.records());
    }

    @Test
    void shouldAmendNewestRecordOfThePort() {
        log.add(SwitchRecords.complete(0, 1));
        log.add(SwitchRecords.complete(0, 2));
        log.add(SwitchRecords.complete(1, 1));
        SwitchRecord amended = SwitchRecords.complete(0, 2).withFirstBurst(99);
        log.amend(amended);
        assertEquals(List.of(SwitchRecords.complete(0, 1), amended, SwitchRecords.complete(1, 1)), reader.records());
    }

    @Test
    void shouldAmendEarlierRecordOfThePortAndLeaveTheOthers() {
        log.add(SwitchRecords.numbered(0, 1));
        log.add(SwitchRecords.numbered(0, 2));
        log.amend(SwitchRecords.complete(0, 1));
        log.amend(SwitchRecords.complete(0, 3));
        assertEquals(List.of(SwitchRecords.complete(0, 1), SwitchRecords.numbered(0, 2)), reader.records());
    }

    @Test
    void shouldNotAmendWhatHasBeenOverwritten() {
        log.add(SwitchRecords.complete(0, 1));
        for (long i = 1; i <= SLOTS; i++) {
            log.add(SwitchRecords.complete(1, i));
        }
        List<SwitchRecord> before = reader.records();
        log.amend(SwitchRecords.complete(0, 1).withFirstBurst(99));
        assertEquals(before, reader.records());
    }

    /** A writer that died in the middle leaves an odd version. */
    @Test
    void shouldTakeHalfWrittenRecordAsItIs() {
        log.add(SwitchRecords.complete(0, 1));
        buffer.putLong(SLOT, buffer.getLong(SLOT) + 1);
        assertEquals(List.of(SwitchRecords.complete(0, 1)), reader.records());
    }

    @Test
    void shouldNotShowRecordThatIsBeingWrittenNorMixTheirOrder() throws InterruptedException {
        AtomicBoolean ended = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (long i = 1; !ended.get(); i++) {
                log.add(SwitchRecords.complete(0, i));
            }
        });
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
        try {
            while (System.nanoTime() < end) {
                long last = 0;
                for (SwitchRecord record : reader.records()) {
                    assertEquals(SwitchRecords.complete(0, record.sequence()), record);
                    long previous = last;
                    assertTrue(record.sequence() > previous, () -> record.sequence() + " after " + previous);
                    last = record.sequence();
                }
            }
        } finally {
            ended.set(true);
            writer.join();
        }
    }

    /** A copy of a file: what stood there when it had been read once, and when it had been read again. */
    private static SwitchLog copied(UnsafeBuffer first, UnsafeBuffer second) {
        return new SwitchLog(new Part(copy(first), copy(second)));
    }

    private static UnsafeBuffer copy(UnsafeBuffer original) {
        UnsafeBuffer copy = new UnsafeBuffer(ByteBuffer.allocateDirect(original.capacity()));
        copy.putBytes(0, original, 0, original.capacity());
        return copy;
    }

    @Test
    void shouldLeaveOutWhatWasWrittenOverWhileItWasRead() {
        for (long i = 1; i <= SLOTS; i++) {
            log.add(SwitchRecords.complete(0, i));
        }
        UnsafeBuffer before = copy(buffer);
        log.amend(SwitchRecords.complete(0, 3).withFirstBurst(99));
        assertEquals(
                LongStream.rangeClosed(1, SLOTS)
                        .filter(i -> i != 3)
                        .mapToObj(i -> SwitchRecords.complete(0, i))
                        .toList(),
                copied(before, buffer).records());
        assertEquals(SLOTS, copied(buffer, buffer).records().size());
    }

    /** The writer adds one between the count and the slots: the slot of the oldest is another record's by then. */
    @Test
    void shouldLeaveOutASlotThatHasAnotherRecordByNow() {
        for (long i = 1; i <= SLOTS; i++) {
            log.add(SwitchRecords.complete(0, i));
        }
        UnsafeBuffer late = copy(buffer);
        log.add(SwitchRecords.complete(0, SLOTS + 1));
        late.putBytes(SLOT, buffer, SLOT, SLOT);
        assertEquals(
                LongStream.rangeClosed(2, SLOTS)
                        .mapToObj(i -> SwitchRecords.complete(0, i))
                        .toList(),
                copied(late, late).records());
    }

    @Test
    void shouldKeepApartWhatIsKnownOfASwitch() {
        SwitchOutcome notDrained = new SwitchOutcome(true, 1, false, 2, 3, 4, 5, 6, 7);
        for (boolean planned : new boolean[] {true, false}) {
            for (SwitchOutcome outcome :
                    List.of(SwitchRecords.UNKNOWN, notDrained, SwitchRecords.outcome(1), SwitchRecords.outcome(2))) {
                SwitchRecord record = new SwitchRecord(1, 2, 0, 1, 3, 4, 5, 6, 7, planned, outcome);
                log.add(record);
                assertEquals(record, reader.records().getLast());
            }
        }
    }
}
