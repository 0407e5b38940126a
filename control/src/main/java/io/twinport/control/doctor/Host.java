package io.twinport.control.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The machine's files in {@code /proc}, {@code /sys}, {@code /etc} and so on; a test has a folder in place of the root. */
final class Host {
    private final Path root;

    Host(Path root) {
        this.root = root;
    }

    static Host ofThisMachine() {
        return new Host(Path.of("/"));
    }

    /** @param path absolute */
    Path path(String path) {
        return root.resolve(path.substring(1));
    }

    boolean exists(String path) {
        return Files.exists(path(path));
    }

    /** What a file holds, without the white space at its ends; empty where it cannot be read. */
    String text(String path) {
        try {
            // Not all that lies in /etc is UTF-8, and nothing that is looked for here is anything but ASCII.
            return Files.readString(path(path), StandardCharsets.ISO_8859_1).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** The files of a folder, in order; none where it cannot be read. */
    List<String> names(String folder) {
        try (Stream<Path> files = Files.list(path(folder))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
