package io.twinport.dataplane.cnc;

import io.twinport.posix.FileErrors;
import io.twinport.posix.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BitUtil;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.DistinctErrorLog;
import org.agrona.concurrent.status.CountersReader;

/**
 * What a reader sees of a {@code twinport.cnc}, live or left behind by a process that has died. It copies a
 * file: if somebody cuts the file short meanwhile, the reader's memory is not cut with it. It believes no length that stands
 * in the file.
 *
 * @param labels of the counters
 * @param values of the counters
 * @param startNanos {@link System#nanoTime} of the writing process at {@code startMillis}, for its other instants
 * @param startMillis milliseconds since 1970
 */
public record CncReading(
        AtomicBuffer labels,
        AtomicBuffer values,
        Part switchRecords,
        Part policyInputs,
        AtomicBuffer errorLog,
        long pid,
        long startNanos,
        long startMillis) {
    /** Counters that are read first; few processes have more. */
    private static final int USUAL_COUNTERS = 256;

    /** A counter, in the order in which they were made. */
    public record Counter(String label, long value) {}

    static CncReading of(CncLayout layout) {
        return new CncReading(
                layout.counterLabels(),
                layout.counterValues(),
                Part.live(layout.switchRecords()),
                Part.live(layout.policyInputs()),
                layout.errors(),
                layout.pid(),
                layout.startNanos(),
                layout.startMillis());
    }

    /**
     * Reads a file, that of a process that has died as well.
     *
     * @throws CncException if it is no such file, one of another version, or cut short
     */
    public static CncReading read(Path file) {
        try (FileChannel channel = RegularFile.open(file)) {
            Copier copier = new Copier(file, channel);
            CncLayout header = copier.header();
            AtomicBuffer records = copier.copy(CncLayout.RECORDS_AT, CncLayout.SWITCH_RECORDS);
            AtomicBuffer inputs = copier.copy(CncLayout.INPUTS_AT, CncLayout.POLICY_INPUTS);
            int counters = copier.counters();
            return new CncReading(
                    copier.labels(counters),
                    copier.values(counters),
                    new Part(records, copier.copy(CncLayout.RECORDS_AT, CncLayout.SWITCH_RECORDS)),
                    new Part(inputs, copier.copy(CncLayout.INPUTS_AT, CncLayout.POLICY_INPUTS)),
                    copier.copy(CncLayout.ERRORS_AT, CncLayout.ERRORS),
                    header.pid(),
                    header.startNanos(),
                    header.startMillis());
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The counters alone, which costs little.
     *
     * @throws CncException as {@link #read}
     */
    public static List<Counter> readCounters(Path file) {
        try (FileChannel channel = RegularFile.open(file)) {
            Copier copier = new Copier(file, channel);
            CncLayout ignored = copier.header();
            int counters = copier.counters();
            return counters(copier.labels(counters), copier.values(counters));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static CncException unreadable(Path file, IOException e) {
        return new CncException(
                file
                        + (e instanceof NoSuchFileException
                                ? " does not exist"
                                : " cannot be read: " + FileErrors.reason(e))
                        + ". Give the NAME.cnc of a twinport that runs or has run; they are in /dev/shm/twinport-USER unless"
                        + " --cnc-dir said otherwise.",
                e);
    }

    /** The counters, as they are now. */
    public List<Counter> counters() {
        return counters(labels, values);
    }

    private static List<Counter> counters(AtomicBuffer labels, AtomicBuffer values) {
        List<Counter> counters = new ArrayList<>();
        for (int id = 0; id < labels.capacity() / CountersReader.METADATA_LENGTH; id++) {
            int record = CountersReader.metaDataOffset(id);
            int length = labels.getInt(record + CountersReader.LABEL_OFFSET);
            if (labels.getIntVolatile(record) == CountersReader.RECORD_ALLOCATED
                    && length >= 0
                    && length <= CountersReader.MAX_LABEL_LENGTH) {
                String label =
                        labels.getStringWithoutLengthUtf8(record + CountersReader.LABEL_OFFSET + Integer.BYTES, length);
                counters.add(new Counter(label, values.getLongVolatile(CountersReader.counterOffset(id))));
            }
        }
        return counters;
    }

    /** Errors that should not have happened, each with how often it did and where: a line, and a trace below it. */
    public List<String> errors() {
        List<String> errors = new ArrayList<>();
        int length;
        for (int at = 0;
                at + DistinctErrorLog.ENCODED_ERROR_OFFSET <= errorLog.capacity();
                at += BitUtil.align(length, DistinctErrorLog.RECORD_ALIGNMENT)) {
            length = errorLog.getIntVolatile(at + DistinctErrorLog.LENGTH_OFFSET);
            if (length < DistinctErrorLog.ENCODED_ERROR_OFFSET || length > errorLog.capacity() - at) {
                break;
            }
            String text = errorLog.getStringWithoutLengthUtf8(
                    at + DistinctErrorLog.ENCODED_ERROR_OFFSET, length - DistinctErrorLog.ENCODED_ERROR_OFFSET);
            errors.add(errorLog.getInt(at + DistinctErrorLog.OBSERVATION_COUNT_OFFSET) + " times: " + text.strip());
        }
        return errors;
    }

    /** Copies parts of a file that its writer may be writing. */
    private record Copier(Path file, FileChannel channel) {
        /** Its first part, which is of all versions: of the whole file there may be less than this version wants. */
        CncLayout header() throws IOException {
            ByteBuffer bytes = ByteBuffer.allocateDirect(CncLayout.LEAST);
            int read = RegularFile.fill(channel, 0, bytes);
            CncLayout header = new CncLayout(new UnsafeBuffer(bytes.clear()));
            if (read < Integer.BYTES || !header.isOurs()) {
                throw new CncException(
                        file + " is no twinport.cnc. Give the NAME.cnc of a twinport that runs or has run.");
            }
            if (!header.isReady()) {
                throw new CncException(file + " is a twinport.cnc of " + header.versionText()
                        + ". Read it with the twinport that has written it.");
            }
            if (channel.size() < CncLayout.LENGTH) {
                throw cutShort(channel.size());
            }
            return header;
        }

        AtomicBuffer copy(int offset, int length) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocateDirect(length);
            int read = RegularFile.fill(channel, offset, bytes);
            if (read < length) {
                throw cutShort(offset + (long) read);
            }
            return new UnsafeBuffer(bytes.clear());
        }

        private CncException cutShort(long size) {
            return new CncException(file + " is cut short: it has " + size + " of the " + CncLayout.LENGTH
                    + " bytes of a twinport.cnc. What is missing is lost: give another one, or a whole copy of it.");
        }

        /** As many as there may be: the rest was never used. */
        int counters() throws IOException {
            int last = CncLayout.LABELS_AT + CountersReader.metaDataOffset(USUAL_COUNTERS - 1);
            boolean isUsed = copy(last, Integer.BYTES).getInt(0) != CountersReader.RECORD_UNUSED;
            return isUsed ? CncLayout.COUNTERS : USUAL_COUNTERS;
        }

        AtomicBuffer labels(int counters) throws IOException {
            return copy(CncLayout.LABELS_AT, counters * CountersReader.METADATA_LENGTH);
        }

        AtomicBuffer values(int counters) throws IOException {
            return copy(CncLayout.VALUES_AT, counters * CountersReader.COUNTER_LENGTH);
        }
    }
}
