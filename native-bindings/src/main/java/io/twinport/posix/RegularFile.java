package io.twinport.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Reads files that somebody names. Such a path may lead to anything: a FIFO would keep its reader waiting, a device has no end,
 * a file may be of any size, and grow or shrink while it is read. What is read is what it had when it was opened, at most.
 */
public final class RegularFile {
    private RegularFile() {}

    /**
     * Opens a file.
     *
     * @throws IOException if it is no regular file, or cannot be read; {@link FileErrors#reason} says it
     */
    public static FileChannel open(Path file) throws IOException {
        FileType type = type(file);
        if (type != FileType.REGULAR) {
            throw new FileSystemException(file.toString(), null, "it is " + type);
        }
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    /**
     * What a file holds.
     *
     * @param most bytes that it may have
     * @throws IOException if it is no regular file, cannot be read or has more; {@link FileErrors#reason} says it
     */
    public static byte[] read(Path file, int most) throws IOException {
        try (FileChannel channel = open(file)) {
            long size = channel.size();
            if (size > most) {
                throw new FileSystemException(
                        file.toString(), null, "it has " + size + " bytes, and at most " + most + " are read");
            }
            byte[] bytes = new byte[(int) size];
            return Arrays.copyOf(bytes, fill(channel, 0, ByteBuffer.wrap(bytes)));
        }
    }

    /**
     * Reads from an offset until the buffer is full or the file ends, by the size that it has now: a read beyond that would wait
     * where the file is one of the kernel's logs.
     *
     * @return how many bytes were read
     */
    public static int fill(FileChannel channel, long offset, ByteBuffer buffer) throws IOException {
        int before = buffer.position();
        int limit = buffer.limit();
        buffer.limit(before + (int) Math.clamp(channel.size() - offset, 0, buffer.remaining()));
        int read = 0;
        while (read >= 0 && buffer.hasRemaining()) {
            read = channel.read(buffer, offset + buffer.position() - before);
        }
        buffer.limit(limit);
        return buffer.position() - before;
    }

    private static FileType type(Path file) throws IOException {
        try {
            return FileType.of(file);
        } catch (NoSuchFileException e) {
            if (Files.isSymbolicLink(file)) {
                throw new FileSystemException(file.toString(), null, "it is a link that leads to no file");
            }
            throw e;
        }
    }
}
