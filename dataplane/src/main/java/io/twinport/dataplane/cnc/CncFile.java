package io.twinport.dataplane.cnc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.DistinctErrorLog;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.jspecify.annotations.Nullable;

/**
 * {@code twinport.cnc}, created by the process that polls and readable by any other of the same user, also after the
 * first one has died.
 *
 * <p>The process that polls holds a lock on the file as long as it lives, so that a second one of the same name is
 * refused and a reader can tell a live file from a dead one.
 */
public final class CncFile implements AutoCloseable {
    private static final int PAGE = 4096;

    private final Path file;
    private final FileChannel channel;
    private final Arena mapping;
    private final CncLayout layout;
    private final OptionalLong predecessor;
    private final List<RingBuffer> commands = new ArrayList<>();
    private final RingBuffer events;
    private final CountersManager counters;
    private final DistinctErrorLog errors;

    private CncFile(Path file, FileChannel channel, Arena mapping, CncLayout layout, OptionalLong predecessor) {
        this.predecessor = predecessor;
        this.file = file;
        this.channel = channel;
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
        FileChannel channel = null;
        try {
            Path parent = Objects.requireNonNull(file.toAbsolutePath().getParent());
            if (!Files.isDirectory(parent)) {
                Files.createDirectories(
                        parent, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            channel = open(file, StandardOpenOption.CREATE);
            if (lock(channel) == null) {
                channel.close();
                throw new CncException(file + " belongs to a twinport that is running. Give this one another name"
                        + " (--name NAME), or stop the other one first.");
            }
            OptionalLong predecessor =
                    header(channel).stream().mapToLong(CncLayout::pid).findFirst();
            // A new file for each run: a reader may have the old one mapped, and to cut it short would kill the reader.
            Files.delete(file);
            FileChannel old = channel;
            channel = open(file, StandardOpenOption.CREATE_NEW);
            old.close();
            lock(channel);
            Arena mapping = Arena.ofShared();
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, CncLayout.LENGTH, mapping);
            touch(mapped);
            CncLayout layout = new CncLayout(new UnsafeBuffer(mapped.address(), CncLayout.LENGTH));
            CncFile cnc = new CncFile(file, channel, mapping, layout, predecessor);
            layout.ready(
                    System.currentTimeMillis(),
                    System.nanoTime(),
                    ProcessHandle.current().pid());
            return cnc;
        } catch (IOException e) {
            closeQuietly(channel);
            throw new CncException(
                    file + " cannot be written: " + e + ". Choose another folder with --cnc-dir DIR.", e);
        }
    }

    /** The page fault of a poll loop's first write would be a part of its first switch. */
    private static void touch(MemorySegment mapped) {
        for (long i = 0; i < mapped.byteSize(); i += PAGE) {
            mapped.set(ValueLayout.JAVA_BYTE, i, (byte) 0);
        }
    }

    /** Where it is. */
    public Path file() {
        return file;
    }

    /** The process whose file this one has replaced, which has ended or died. */
    public OptionalLong predecessor() {
        return predecessor;
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

    /** The space of the error log, for its reader. */
    public AtomicBuffer errorBuffer() {
        return layout.errors();
    }

    /** The space of the switch records. */
    public AtomicBuffer switchRecords() {
        return layout.switchRecords();
    }

    /** The space of the policies' inputs. */
    public AtomicBuffer policyInputs() {
        return layout.policyInputs();
    }

    /**
     * What a reader sees of a file, live or left behind.
     *
     * @param startNanos {@link System#nanoTime} of the writing process at {@code startMillis}, for its other instants
     * @param startMillis milliseconds since 1970
     */
    public record Reading(
            CountersReader counters,
            AtomicBuffer switchRecords,
            AtomicBuffer policyInputs,
            AtomicBuffer errors,
            long pid,
            long startNanos,
            long startMillis) {}

    /** This file, as a reader sees it; not after {@link #close}. */
    public Reading reading() {
        return reading(layout);
    }

    /**
     * Reads a file, that of a process that has died as well.
     *
     * @throws CncException if it is no such file, or one of another version
     */
    public static Reading read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CncException(file + (Files.exists(file) ? " is no file" : " does not exist")
                    + ". Give the NAME.cnc of a twinport that runs or has run; they are in /dev/shm/twinport-USER unless"
                    + " --cnc-dir said otherwise.");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            CncLayout header = header(channel).orElseThrow(() -> none(file));
            if (!header.isReady() || channel.size() < CncLayout.LENGTH) {
                throw new CncException(file + " is a twinport.cnc of " + header.versionText()
                        + ". Read it with the twinport that has written it.");
            }
            CncLayout layout =
                    new CncLayout(new UnsafeBuffer(channel.map(FileChannel.MapMode.READ_ONLY, 0, CncLayout.LENGTH)));
            return reading(layout);
        } catch (IOException e) {
            throw new CncException(file + " cannot be read: " + e, e);
        }
    }

    /** Its first part, which is of all versions: of the whole file there may be less than this version wants. */
    private static Optional<CncLayout> header(FileChannel channel) throws IOException {
        if (channel.size() < CncLayout.LEAST) {
            return Optional.empty();
        }
        return Optional.of(
                        new CncLayout(new UnsafeBuffer(channel.map(FileChannel.MapMode.READ_ONLY, 0, CncLayout.LEAST))))
                .filter(CncLayout::isOurs);
    }

    private static Reading reading(CncLayout layout) {
        return new Reading(
                new CountersReader(layout.counterLabels(), layout.counterValues()),
                layout.switchRecords(),
                layout.policyInputs(),
                layout.errors(),
                layout.pid(),
                layout.startNanos(),
                layout.startMillis());
    }

    private static CncException none(Path file) {
        return new CncException(file + " is no twinport.cnc. Give the NAME.cnc of a twinport that runs or has run.");
    }

    /** Readable by this user alone. */
    private static FileChannel open(Path file, StandardOpenOption creation) throws IOException {
        return FileChannel.open(
                file,
                Set.of(creation, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this very process
        }
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets go of the file, which stays for readers. No poll loop may run any more. */
    @Override
    public void close() {
        mapping.close();
        closeQuietly(channel);
    }
}
