package io.twinport.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;

/** What a path leads to: inode(7). */
public enum FileType {
    REGULAR(0100000, "a regular file"),
    FOLDER(0040000, "a folder"),
    FIFO(0010000, "a FIFO"),
    SOCKET(0140000, "a socket"),
    LINK(0120000, "a link"),
    CHARACTER_DEVICE(0020000, "a device"),
    BLOCK_DEVICE(0060000, "a device"),
    OTHER(0, "no file");

    private static final int MASK = 0170000;

    private final int bits;
    private final String text;

    FileType(int bits, String text) {
        this.bits = bits;
        this.text = text;
    }

    /** Follows links unless told not to. */
    public static FileType of(Path file, LinkOption... options) throws IOException {
        int bits = (int) Files.getAttribute(file, "unix:mode", options) & MASK;
        return Arrays.stream(values())
                .filter(type -> type.bits == bits)
                .findFirst()
                .orElse(OTHER);
    }

    /** For instance {@code a FIFO}. */
    @Override
    public String toString() {
        return text;
    }
}
