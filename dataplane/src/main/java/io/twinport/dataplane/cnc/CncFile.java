package io.twinport.dataplane.cnc;

import io.twinport.posix.FileErrors;
import io.twinport.posix.PrivateFolder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.DistinctErrorLog;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.status.CountersManager;

/**
 * {@code twinport.cnc}, created by the process that polls and readable by any other of the same user, also after the
 * first one has died. The process has its {@link NameLock} as long as it lives, so that a second one of the same name is refused.
 */
public final class CncFile implements AutoCloseable {
    private final Path file;
    private final NameLock lock;
    private final Arena mapping;
    private final CncLayout layout;
    private final List<RingBuffer> commands = new ArrayList<>();
    private final RingBuffer events;
    private final CountersManager counters;
    private final DistinctErrorLog errors;

    private CncFile(Path file, NameLock lock, Arena mapping, CncLayout layout) {
        this.file = file;
        this.lock = lock;
        this.mapping = mapping;
        this.layout = layout;
        for (int loop = 0; loop < CncLayout.LOOPS; loop++) {
            commands.add(new ManyToOneRingBuffer(layout.commands(loop)));
        }
        this.events = new ManyToOneRingBuffer(layout.events());
        this.counters = new CountersManager(layout.counterLabels(), layout.counterValues());
        this.errors = new DistinctErrorLog(layout.errors(), SystemEpochClock.INSTANCE);
    }

    /**
     * Creates the file, over that of a process that has died.
     *
     * @throws CncException if a live process holds it or it cannot be written
     */
    public static CncFile create(Path file) {
        Optional<NameLock> lock = Optional.empty();
        try {
            PrivateFolder.make(Objects.requireNonNull(file.toAbsolutePath().getParent()));
            lock = NameLock.get(file);
            NameLock mine = lock.orElseThrow(
                    () -> new CncException(file + " belongs to a twinport that is running. Give this one another name"
                            + " (--name NAME), or stop the other one first."));
            Arena mapping = Arena.ofShared();
            MemorySegment mapped = MappedFile.create(file, CncLayout.LENGTH, mapping, CncFile::beginHeader);
            return new CncFile(file, mine, mapping, layout(mapped));
        } catch (IOException e) {
            lock.ifPresent(NameLock::close);
            throw new CncException(
                    file + " cannot be written: " + FileErrors.reason(e)
                            + ". Choose another folder with --cnc-dir DIR.",
                    e);
        }
    }

    private static void beginHeader(MemorySegment mapped) {
        layout(mapped)
                .ready(
                        System.currentTimeMillis(),
                        System.nanoTime(),
                        ProcessHandle.current().pid());
    }

    private static CncLayout layout(MemorySegment mapped) {
        return new CncLayout(new UnsafeBuffer(mapped.address(), CncLayout.LENGTH));
    }

    /** Where it is. */
    public Path file() {
        return file;
    }

    /** When it was made, in milliseconds since 1970, by the clock as it is set now. */
    public long startMillis() {
        return layout.startMillis();
    }

    /** As {@link #startMillis}, by {@link System#nanoTime}. */
    public long startNanos() {
        return layout.startNanos();
    }

    /** The clock has been set: readers give all times by the new one. Any thread. */
    public void setStartMillis(long epochMillis) {
        layout.startMillis(epochMillis);
    }

    /** The command ring of a poll loop. */
    public RingBuffer commands(int loop) {
        return commands.get(loop);
    }

    /** What the poll loops tell; the conductor reads it. */
    public RingBuffer events() {
        return events;
    }

    public CountersManager counters() {
        return counters;
    }

    public DistinctErrorLog errors() {
        return errors;
    }

    /** The space of the switch records. */
    public AtomicBuffer switchRecords() {
        return layout.switchRecords();
    }

    /** The space of the policies' inputs. */
    public AtomicBuffer policyInputs() {
        return layout.policyInputs();
    }

    /** This file, as a reader sees it; not after {@link #close}. */
    public CncReading reading() {
        return CncReading.of(layout);
    }

    /** Lets go of the file, which stays for readers. No poll loop may run any more. */
    @Override
    public void close() {
        mapping.close();
        lock.close();
    }
}
