package io.twinport.control.doctor;

import io.twinport.control.program.MachinePrograms;
import io.twinport.control.program.Programs;
import io.twinport.posix.SystemFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The machine: its files in {@code /proc}, {@code /sys}, {@code /etc} and so on, and its programs. A test has a folder in place of the root. */
final class Host {
    /** More than any configuration has; what is longer is not looked at beyond that. */
    private static final int MOST_BYTES = 1 << 20;

    /** A service that is busy answers in a second or two; there are a dozen questions. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Path root;
    private final Programs programs;

    Host(Path root, Programs programs) {
        this.root = root;
        this.programs = programs;
    }

    static Host ofThisMachine() {
        Path root = Path.of("/");
        return new Host(root, new MachinePrograms(root, List.of(), LIMIT));
    }

    Programs programs() {
        return programs;
    }

    /** @param path absolute */
    Path path(String path) {
        return root.resolve(path.substring(1));
    }

    boolean exists(String path) {
        return Files.exists(path(path));
    }

    /** What a file holds, without the white space at its end; empty where it cannot be read, and of what is no file (a pipe). */
    String text(String path) {
        Path file = path(path);
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1).stripTrailing();
        } catch (IOException e) {
            return "";
        }
    }

    /** The files of a folder, in order; none where it cannot be read. */
    List<String> names(String folder) {
        return SystemFiles.names(path(folder));
    }

    /** The name of what a link leads to; empty where it leads nowhere. */
    Optional<String> targetName(String link) {
        return SystemFiles.target(path(link)).map(SystemFiles::name);
    }

    /** What a link says, whether or not that is there; empty where there is no such link, or not for this user. */
    Optional<String> link(String path) {
        try {
            return Optional.of(Files.readSymbolicLink(path(path)).toString());
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }
}
