package io.twinport.posix;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Files of {@code /sys}, {@code /proc} and {@code /etc}, which a machine may not have, and which go while they are read. */
public final class SystemFiles {
    private static final int LONGEST = 1 << 20;

    private SystemFiles() {}

    /** What a file holds, a MiB at most, without the white space at its ends; empty where it cannot be read. */
    public static String text(Path file) {
        try {
            if (FileType.of(file) != FileType.REGULAR) {
                return "";
            }
            try (InputStream in = Files.newInputStream(file)) {
                // Not all that lies in /etc is UTF-8, and nothing that is looked for is anything but ASCII.
                return new String(in.readNBytes(LONGEST), StandardCharsets.ISO_8859_1).strip();
            }
        } catch (IOException e) {
            return "";
        }
    }

    /** The files of a folder, in order; none where it cannot be read. */
    public static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** As {@link #list}, without the folder. */
    public static List<String> names(Path folder) {
        return list(folder).stream().map(SystemFiles::name).toList();
    }

    /** Where a link leads; empty where it leads nowhere. */
    public static Optional<Path> target(Path link) {
        try {
            return Optional.of(link.toRealPath());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A file's name in its folder. */
    public static String name(Path file) {
        return file.getFileName().toString();
    }
}
