package io.twinport.dataplane.cnc;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes files that a process maps. They get all their space first: on a full disk a write into a mapping ends the thread, or the
 * JVM, in place of an error that could be told. And they get their name last: nobody meets half a file, and the one that was
 * there stays until then. A reader may have that mapped; to cut it short would kill him.
 */
public final class MappedFile {
    private static final int PAGE = 4096;
    private static final int ZEROS = 1 << 16;
    private static final String UNFINISHED = ".new";

    private MappedFile() {}

    /**
     * Makes a file of this user's alone, in place of one that is there, and maps it. Only one process at a time may do that with a
     * name.
     *
     * @param fill what has to stand in it from the beginning; else it is all zeros
     * @throws IOException if it cannot be made; then there is nothing new
     */
    public static MemorySegment create(Path file, long length, Arena arena, Consumer<MemorySegment> fill)
            throws IOException {
        Path unfinished = unfinished(file);
        Files.deleteIfExists(unfinished);
        try (FileChannel channel = FileChannel.open(
                unfinished,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            reserve(channel, length);
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, length, arena);
            touch(mapped);
            fill.accept(mapped);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            return mapped;
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
    }

    /** What is left of a file whose maker was killed before it had its name. */
    public static Path unfinished(Path file) {
        return file.resolveSibling(file.getFileName() + UNFINISHED);
    }

    private static void reserve(FileChannel channel, long length) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS);
        for (long at = 0; at < length; ) {
            at += channel.write(zeros.rewind().limit((int) Math.min(ZEROS, length - at)), at);
        }
    }

    /** The page fault of a poll loop's first write would be a part of its first switch. */
    private static void touch(MemorySegment mapped) {
        for (long at = 0; at < mapped.byteSize(); at += PAGE) {
            mapped.set(ValueLayout.JAVA_BYTE, at, (byte) 0);
        }
    }
}
