package io.twinport.control.cli;

import io.twinport.control.fuzz.Draw;
import io.twinport.control.fuzz.FuzzTarget;
import io.twinport.control.fuzz.ScratchFile;
import io.twinport.control.history.SwitchHistory;
import io.twinport.control.top.TopViews;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.cnc.CncReading;
import io.twinport.dataplane.cnc.Part;
import io.twinport.dataplane.cnc.SampleLogs;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import tools.jackson.databind.json.JsonMapper;

/**
 * What may stand in a {@code twinport.cnc}, for all commands that show it. An input has the parts of one with room for less; its
 * first bytes are also tried as the beginning of a whole file, or of one that is cut short.
 */
public final class CncTarget implements FuzzTarget {
    private static final int HEADER = 32;
    private static final int LABELS = HEADER;
    private static final int COUNTERS = 16;
    private static final int VALUES = LABELS + COUNTERS * 512;
    private static final int RECORDS = VALUES + COUNTERS * 128;
    private static final int INPUTS = RECORDS + 5 * 128;
    private static final int ERRORS = INPUTS + 9 * 32;
    private static final int LENGTH = ERRORS + 512;

    /** Some inputs also go through a file, which costs more, and that of 8 MB a lot. */
    private static final int EACH_FILE = 8;

    private static final int EACH_WHOLE = 256;

    private static final int MANY = 400;

    private final ScratchFile file = ScratchFile.create("some.cnc");
    /** Without counters and with very many, of which others are read. */
    private final List<byte[]> wholes;

    private final List<byte[]> seeds;
    private final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    private long inputs;

    public CncTarget() throws IOException {
        CncFile.create(file.path()).close();
        byte[] without = Files.readAllBytes(file.path());
        try (CncFile cnc = CncFile.create(file.path())) {
            for (int i = 0; i < MANY; i++) {
                cnc.counters().newCounter("port 0 some " + i);
            }
        }
        wholes = List.of(without, Files.readAllBytes(file.path()));
        seeds = makeSeeds();
    }

    private static AtomicBuffer part(ByteBuffer all, int from, int to) {
        return new UnsafeBuffer(all, from, to - from);
    }

    @Override
    public List<byte[]> seeds() {
        return seeds;
    }

    private List<byte[]> makeSeeds() {
        ByteBuffer all = ByteBuffer.allocateDirect(LENGTH).order(ByteOrder.nativeOrder());
        try (CncFile cnc = CncFile.create(file.path())) {
            all.put(wholes.getFirst(), 0, HEADER);
            for (String label : List.of(
                    "port 0 name wan",
                    "port 0 active side (0 none)",
                    "port 0 standby health",
                    "port 0 rx_packets",
                    "port 0 queue 1 rx_packets",
                    "port 0 primary rx_bytes",
                    "port 1 name lan")) {
                cnc.counters().newCounter(label).setRelease(label.length());
            }
            cnc.errors().record(new IllegalStateException("one"));
            CncReading reading = cnc.reading();
            copy(reading.labels(), all, LABELS, VALUES);
            copy(reading.values(), all, VALUES, RECORDS);
            SampleLogs.fill(part(all, RECORDS, INPUTS), part(all, INPUTS, ERRORS), 12, reading.startNanos());
            copy(reading.errorLog(), all, ERRORS, LENGTH);
        }
        byte[] seed = new byte[LENGTH];
        all.get(0, seed);
        byte[] isWritten = Arrays.copyOf(seed, LENGTH + 2 * 128 + 1);
        isWritten[LENGTH + 128] = 1;
        return List.of(seed, isWritten);
    }

    /** With another header, errors to the very end, or records that are being written. */
    @Override
    public Optional<byte[]> draw(Random random) {
        Draw draw = new Draw(random);
        byte[] input = draw.of(seeds).clone();
        ByteBuffer bytes = ByteBuffer.wrap(input).order(ByteOrder.nativeOrder());
        switch (draw.upTo(3)) {
            case 0 -> bytes.putInt(Integer.BYTES * draw.upTo(7), draw.of(List.of(0, 1, -1, random.nextInt())));
            case 1 -> {
                int length = draw.of(List.of(32, 64, 128));
                for (int at = ERRORS; at < LENGTH; at += length) {
                    bytes.putInt(at, length);
                }
            }
            case 2 -> bytes.putLong(RECORDS + 128 * (1 + draw.upTo(3)), random.nextInt(8));
            default ->
                bytes.putLong(
                        draw.of(List.of(RECORDS, INPUTS)), draw.of(List.of(-1L, 3L, 4L, 9L, 1L << 40, Long.MAX_VALUE)));
        }
        return Optional.of(input);
    }

    private static void copy(AtomicBuffer from, ByteBuffer to, int begin, int end) {
        from.getBytes(0, to, begin, end - begin);
    }

    @Override
    public void read(byte[] input) throws IOException {
        ByteBuffer all = ByteBuffer.allocateDirect(LENGTH).order(ByteOrder.nativeOrder());
        all.put(0, input, 0, Math.min(input.length, LENGTH));
        show(new CncReading(
                part(all, LABELS, VALUES),
                part(all, VALUES, RECORDS),
                new Part(part(all, RECORDS, INPUTS), later(all, input)),
                Part.live(part(all, INPUTS, ERRORS)),
                part(all, ERRORS, LENGTH),
                all.getLong(8),
                all.getLong(24),
                all.getLong(16)));
        if (++inputs % EACH_WHOLE == 0) {
            showFile(input, wholes.getFirst().length);
        } else if (inputs % EACH_FILE == 0) {
            showFile(input, input.length);
        }
    }

    /** What the records are when all of them have been read: what an input has beyond its length is what has changed. */
    private static AtomicBuffer later(ByteBuffer all, byte[] input) {
        byte[] later = new byte[INPUTS - RECORDS];
        all.get(RECORDS, later);
        for (int i = 0; i < later.length && LENGTH + i < input.length; i++) {
            later[i] ^= input[LENGTH + i];
        }
        return new UnsafeBuffer(
                ByteBuffer.allocateDirect(later.length).put(later).clear());
    }

    private void showFile(byte[] input, int length) throws IOException {
        byte[] content = Arrays.copyOf(wholes.get((int) (inputs / EACH_WHOLE % 2)), length);
        System.arraycopy(input, 0, content, 0, Math.min(input.length, Math.min(HEADER, length)));
        show(CncReading.read(file.with(content)));
    }

    private void show(CncReading reading) {
        SwitchHistory history = SwitchHistory.of(reading);
        HistoryCommand.show(history, nowhere);
        if (JsonMapper.shared().writeValueAsString(history).isEmpty()
                || reading.errors().size() > 1000) {
            throw new AssertionError(history);
        }
        TopViews.show(file.path(), reading, 80, 24);
        PrintStream out = System.out;
        System.setOut(nowhere);
        try {
            int ignored = new ReplayCommand().replay(reading);
        } finally {
            System.setOut(out);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
