package io.twinport.control.doctor;

import java.nio.file.FileSystems;
import java.nio.file.Path;

/** Patterns of interfaces' names, as shells have them. */
final class Globs {
    private Globs() {}

    static boolean matches(String glob, String name) {
        return FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(Path.of(name));
    }
}
