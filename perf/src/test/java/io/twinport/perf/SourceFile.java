package io.twinport.perf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A source file of the project. {@code javac} inlines constants, so that the compiled class does not tell where they are from;
 * the imports do.
 *
 * @param text all of it
 */
record SourceFile(String packageName, String name, String text) {
    private static final List<String> MODULES = List.of("native-bindings", "dataplane", "control", "perf", "hw-tests");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
    private static final Pattern IMPORT =
            Pattern.compile("(?m)^import (?:static )?(io\\.twinport\\.[a-z0-9_.]+)\\.[A-Z]");

    /** Or a string, which is no comment whatever is in it. */
    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\\n]*|\"(?:\\\\.|[^\"\\\\\\n])*+\"");

    static SourceFile of(String name, String text) {
        Matcher declared = PACKAGE.matcher(text);
        if (!declared.find()) {
            throw new IllegalArgumentException(name + " names no package");
        }
        return new SourceFile(declared.group(1), name, text);
    }

    /** Those of all modules that are written by hand, tests left out. */
    static List<SourceFile> all() {
        return MODULES.stream()
                .flatMap(module -> below(Path.of("..", module, "src", "main", "java")).stream())
                .toList();
    }

    private static List<SourceFile> below(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(SourceFile::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SourceFile read(Path file) {
        return of(file.getFileName().toString(), text(file));
    }

    /** All text of a file. */
    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The code of {@code hw-tests}, which has no other purpose than to call the other modules. */
    static String ofHardwareTests() {
        return below(Path.of("..", "hw-tests", "src")).stream()
                .map(SourceFile::code)
                .collect(Collectors.joining());
    }

    /** Its text without comments. */
    String code() {
        return COMMENT.matcher(text).replaceAll(found -> found.group().startsWith("/") ? " " : "$0");
    }

    /** The packages of the project that its imports name. */
    Set<String> uses() {
        return IMPORT.matcher(text)
                .results()
                .map(found -> found.group(1))
                .filter(used -> !used.equals(packageName))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
