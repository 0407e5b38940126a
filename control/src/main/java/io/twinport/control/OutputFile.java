package io.twinport.control;

import io.twinport.posix.FileErrors;
import io.twinport.posix.FileType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files for results. What cannot be written is an {@link IOException} whose message is for the user. */
public final class OutputFile {
    private static final Set<PosixFilePermission> MINE = PosixFilePermissions.fromString("rw-------");

    private OutputFile() {}

    /**
     * Writes a file; of one that cannot be written whole nothing stays.
     *
     * @param option that has named it, for the message
     */
    public static void write(String option, Path file, String text) throws IOException {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            discard(file);
            throw failure(option, file, e);
        }
    }

    /** Writes a file anew: who reads it meanwhile reads the old one, or the new one, and so it is after a failure. */
    public static void replace(Path file, String text) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(part, text);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            discard(part);
            throw e;
        }
    }

    /** Opens a file for what nobody else may read: frames, for instance. One that was there becomes so. */
    public static OutputStream openPrivate(Path file) throws IOException {
        OutputStream out = Channels.newOutputStream(Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING),
                PosixFilePermissions.asFileAttribute(MINE)));
        if (FileType.of(file) == FileType.REGULAR) {
            Files.setPosixFilePermissions(file, MINE);
        }
        return out;
    }

    /** Deletes a file that was not written to its end; what is no regular one stays. */
    public static void discard(Path file) {
        try {
            if (FileType.of(file) == FileType.REGULAR) {
                Files.delete(file);
            }
        } catch (IOException e) {
            // There is none, or it stays: that it was not written is said in any case.
        }
    }

    /** What the user is told. */
    public static IOException failure(String option, Object file, IOException e) {
        return new IOException(option + " " + file + " cannot be written: " + FileErrors.reason(e) + ".", e);
    }
}
