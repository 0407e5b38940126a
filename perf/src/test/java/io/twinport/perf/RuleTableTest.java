package io.twinport.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of rules and of promises in the READMEs: none is missing, and the tests that they name are there. */
final class RuleTableTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern ROW = Pattern.compile("\\| ([RU]\\d+b?) \\| (.+?) \\|(.*)\\|");
    private static final Pattern NAMED = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");

    @Test
    void shouldHaveEachRuleOnceWithTestOrReason() throws IOException {
        List<String> rules = new ArrayList<>();
        for (Matcher row : rows()) {
            rules.add(row.group(1));
            assertTrue(
                    NAMED.matcher(row.group(3)).find()
                            || row.group(2).matches("(no meaning|binds `auto` pairing only).*"),
                    row.group(1) + " has neither a test nor a reason");
        }
        List<String> all = new ArrayList<>();
        IntStream.rangeClosed(1, 62).forEach(i -> {
            all.add("R" + i);
            if (i == 58) {
                all.add("R58b");
            }
        });
        IntStream.rangeClosed(1, 13).forEach(i -> all.add("U" + i));
        assertEquals(all, rules);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dataplane/README.md", "control/README.md", "native-bindings/README.md", "perf/README.md"})
    void shouldNameTestsThatExist(String file) throws IOException {
        Map<String, String> sources = testSources();
        Matcher test = NAMED.matcher(Files.readString(ROOT.resolve(file)));
        assertTrue(test.find(), file);
        do {
            assertTrue(sources.containsKey(test.group(1)), "there is no " + test.group(1));
            String source = sources.getOrDefault(test.group(1), "");
            assertTrue(
                    test.group(2) == null || source.contains("void " + test.group(2) + "("),
                    "there is no " + test.group());
        } while (test.find());
    }

    private static List<Matcher> rows() throws IOException {
        return Files.readAllLines(ROOT.resolve("dataplane/README.md")).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .toList();
    }

    private static Map<String, String> testSources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String module : List.of("native-bindings", "dataplane", "control", "perf", "hw-tests")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
                    String name = file.getFileName().toString();
                    sources.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
                }
            }
        }
        return sources;
    }
}
