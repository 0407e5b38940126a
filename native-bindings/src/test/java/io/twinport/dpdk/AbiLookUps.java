package io.twinport.dpdk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Every look-up in the sources of this module. {@link Abi#used} would lack those that are made only when a method runs.
 *
 * <p>As a program it prints them with what they give in its JVM, which may have another DPDK release than the test's.
 */
final class AbiLookUps {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern CALL = Pattern.compile("Abi\\s*\\.\\s*(offset|size|constant)\\(");
    private static final Pattern LITERAL = Pattern.compile(CALL + "\\s*\"(\\w+)\"(?:\\s*,\\s*\"([\\w.]+)\")?\\s*\\)");

    private AbiLookUps() {}

    public static void main(String[] arguments) {
        DpdkLibraries.load();
        System.out.println("release=" + Abi.release().title());
        values().forEach((key, value) -> System.out.println("abi " + key + "=" + value));
    }

    /** Makes every look-up, and gives what it gave; libdpdk must be loaded. */
    static Map<String, Long> values() {
        Map<String, Long> values = new TreeMap<>();
        keys().forEach(key -> values.put(key, value(key)));
        return values;
    }

    /** In the form of {@link Abi#used}: {@code offsetof S F}, {@code sizeof S}, {@code constant C}. */
    static Set<String> keys() {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            Set<String> keys = new TreeSet<>();
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                collect(file, keys);
            }
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void collect(Path file, Set<String> keys) throws IOException {
        String source = Files.readString(file);
        Matcher matcher = LITERAL.matcher(source);
        int literal = 0;
        while (matcher.find()) {
            literal++;
            keys.add(
                    switch (matcher.group(1)) {
                        case "offset" -> "offsetof " + matcher.group(2) + " " + matcher.group(3);
                        case "size" -> "sizeof " + matcher.group(2);
                        default -> "constant " + matcher.group(2);
                    });
        }
        if (literal != CALL.matcher(source).results().count()) {
            throw new AssertionError(file + " makes up names that are looked up: they cannot be checked");
        }
    }

    private static long value(String key) {
        String[] words = key.split(" ", 3);
        return switch (words[0]) {
            case "offsetof" -> Abi.offset(words[1], words[2]);
            case "sizeof" -> Abi.size(words[1]);
            default -> Abi.constant(words[1]);
        };
    }
}
