package io.twinport.control.doctor;

import io.twinport.control.SystemFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
        return SystemFiles.text(path(path));
    }

    /** The files of a folder, in order; none where it cannot be read. */
    List<String> names(String folder) {
        return SystemFiles.names(path(folder));
    }
}
