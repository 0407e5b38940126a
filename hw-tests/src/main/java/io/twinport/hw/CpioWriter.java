package io.twinport.hw;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes the archive that Linux unpacks as its first file system: cpio's "newc". Archives may follow one another in a file;
 * later ones add to what earlier ones made.
 */
final class CpioWriter implements AutoCloseable {
    private static final int FOLDER = 0040755;
    private static final int FILE = 0100755;
    private static final int ALIGNMENT = 4;

    /** The kernel looks for a further archive at a multiple of this many bytes or less. */
    private static final int BLOCK = 512;

    private final OutputStream out;
    private long written;
    private int inode;

    /** @param out at a multiple of 4 bytes of its file */
    CpioWriter(OutputStream out) {
        this.out = out;
    }

    /** A folder; the one above it must be there. */
    void folder(String name) throws IOException {
        entry(name, FOLDER, new byte[0]);
    }

    /** A program. */
    void file(String name, String content) throws IOException {
        entry(name, FILE, content.getBytes(StandardCharsets.UTF_8));
    }

    /** A file, or a folder with all that is below it. */
    void copy(Path from, String name) throws IOException {
        if (!Files.isDirectory(from)) {
            entry(name, FILE, Files.readAllBytes(from));
            return;
        }
        folder(name);
        List<Path> children;
        try (Stream<Path> listed = Files.list(from)) {
            children = listed.sorted().toList();
        }
        for (Path child : children) {
            copy(child, name + "/" + child.getFileName());
        }
    }

    /** Ends the archive, not the stream. */
    @Override
    public void close() throws IOException {
        entry("TRAILER!!!", 0, new byte[0]);
        pad(BLOCK);
    }

    private void entry(String name, int mode, byte[] content) throws IOException {
        byte[] path = (name + "\0").getBytes(StandardCharsets.UTF_8);
        int[] fields = {++inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, path.length, 0};
        StringBuilder header = new StringBuilder("070701");
        for (int field : fields) {
            header.append(String.format("%08x", field));
        }
        write(header.toString().getBytes(StandardCharsets.US_ASCII));
        write(path);
        pad(ALIGNMENT);
        write(content);
        pad(ALIGNMENT);
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
    }

    private void pad(int alignment) throws IOException {
        write(new byte[(int) (-written & (alignment - 1))]);
    }
}
