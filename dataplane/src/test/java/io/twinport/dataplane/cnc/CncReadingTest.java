package io.twinport.dataplane.cnc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.cnc.CncReading.Counter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.DistinctErrorLog;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CncReadingTest {
    private static final int COUNTERS = 4;

    @TempDir
    private Path folder;

    private final AtomicBuffer labels = buffer(COUNTERS * CountersReader.METADATA_LENGTH);
    private final AtomicBuffer values = buffer(COUNTERS * CountersReader.COUNTER_LENGTH);
    private final AtomicBuffer errors = buffer(64);

    private static AtomicBuffer buffer(int length) {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(length));
    }

    private CncReading reading() {
        Part none = Part.live(buffer(8));
        return new CncReading(labels, values, none, none, errors, 1, 0, 0);
    }

    private Path file() {
        return folder.resolve("twinport.cnc");
    }

    @Test
    void shouldKnowWhenItsProcessHasStarted() {
        long millis = System.currentTimeMillis();
        long nanos = System.nanoTime();
        try (CncFile cnc = CncFile.create(file())) {
            CncReading reading = CncReading.read(file());
            assertEquals(cnc.startMillis(), reading.startMillis());
            assertEquals(cnc.startNanos(), reading.startNanos());
            assertTrue(reading.startMillis() >= millis && reading.startMillis() <= System.currentTimeMillis());
            assertTrue(reading.startNanos() >= nanos && reading.startNanos() <= System.nanoTime());
        }
    }

    /** The clock was set: all times are given by the new one. */
    @Test
    void shouldGoByTheClockAsItIsSetNow() {
        try (CncFile cnc = CncFile.create(file())) {
            cnc.setStartMillis(1234);
            assertEquals(1234, cnc.startMillis());
            assertEquals(1234, CncReading.read(file()).startMillis());
        }
    }

    /** A process of many ports and queues has more than are read at first. */
    @Test
    void shouldReadAllCountersHoweverMany() {
        try (CncFile cnc = CncFile.create(file())) {
            List<Counter> expected = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                cnc.counters().newCounter("counter " + i).setRelease(i);
                expected.add(new Counter("counter " + i, i));
                if (i % 50 == 5) {
                    assertEquals(expected, CncReading.readCounters(file()));
                    assertEquals(expected, CncReading.read(file()).counters());
                }
            }
            assertEquals(expected, CncReading.readCounters(file()));
            assertEquals(expected, CncReading.read(file()).counters());
        }
    }

    @Test
    void shouldSayHowMuchOfAFileIsThere() throws Exception {
        CncFile.create(file()).close();
        byte[] bytes = Files.readAllBytes(file());
        for (int length : new int[] {bytes.length - 1, bytes.length / 2, 4096, 4}) {
            Path part = Files.write(folder.resolve("part"), Arrays.copyOf(bytes, length));
            String message = String.valueOf(assertThrows(CncException.class, () -> CncReading.read(part))
                    .getMessage());
            assertTrue(
                    message.startsWith(part + " is cut short: it has " + length + " of the " + bytes.length + " bytes"),
                    message);
        }
    }

    @Test
    void shouldReadLabelsOfAnyLengthThatThereIs() {
        CountersManager counters = new CountersManager(labels, values);
        String longest = "x".repeat(CountersReader.MAX_LABEL_LENGTH);
        counters.newCounter("").setRelease(1);
        counters.newCounter(longest).setRelease(2);
        assertEquals(
                List.of(new Counter("", 1), new Counter(longest, 2)), reading().counters());
    }

    /** No length that stands in the file is believed. */
    @Test
    void shouldLeaveOutCountersWhoseLabelsCannotBe() {
        CountersManager counters = new CountersManager(labels, values);
        int first = counters.newCounter("too long").id();
        int second = counters.newCounter("too short").id();
        counters.newCounter("right");
        labels.putInt(
                CountersReader.metaDataOffset(first) + CountersReader.LABEL_OFFSET,
                CountersReader.MAX_LABEL_LENGTH + 1);
        labels.putInt(CountersReader.metaDataOffset(second) + CountersReader.LABEL_OFFSET, -1);
        assertEquals(List.of(new Counter("right", 0)), reading().counters());
    }

    @Test
    void shouldReadErrorsUpToTheEndOfTheLog() {
        putError(0, 2, "first", 24 + 5);
        putError(32, 1, " second ", 32);
        assertEquals(List.of("2 times: first", "1 times: second"), reading().errors());
        assertEquals(List.of(), new CncReading(labels, values, none(), none(), buffer(23), 1, 0, 0).errors());
    }

    /** Nor is the length of an error: at one that cannot be the log ends. */
    @Test
    void shouldEndWhereTheLengthOfAnErrorCannotBe() {
        putError(0, 2, "first", 24 + 5);
        for (int length : new int[] {33, Integer.MAX_VALUE, 23, 0, -1}) {
            putError(32, 1, "second", length);
            assertEquals(List.of("2 times: first"), reading().errors(), "a length of " + length);
        }
        putError(32, 1, "", 24);
        assertEquals(List.of("2 times: first", "1 times: "), reading().errors());
    }

    private static Part none() {
        return Part.live(buffer(8));
    }

    private void putError(int at, int times, String text, int length) {
        errors.putInt(at + DistinctErrorLog.LENGTH_OFFSET, length);
        errors.putInt(at + DistinctErrorLog.OBSERVATION_COUNT_OFFSET, times);
        errors.putStringWithoutLengthUtf8(at + DistinctErrorLog.ENCODED_ERROR_OFFSET, text);
    }
}
