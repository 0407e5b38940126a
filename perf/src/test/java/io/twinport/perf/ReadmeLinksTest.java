package io.twinport.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Links between the READMEs, and from them to files: each leads to something that is there. */
final class ReadmeLinksTest {
    private static final Path ROOT = Path.of("..");
    private static final List<String> FILES = List.of(
            "README.md",
            "native-bindings/README.md",
            "native-bindings/jextract/README.md",
            "dataplane/README.md",
            "control/README.md",
            "perf/README.md",
            "hw-tests/README.md");

    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]*)\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ +(.*)$", Pattern.MULTILINE);
    private static final Pattern CODE_BLOCK = Pattern.compile("^```.*?^```$", Pattern.DOTALL | Pattern.MULTILINE);

    @Test
    void shouldLeadToFilesAndHeadings() throws IOException {
        List<String> dead = new ArrayList<>();
        int links = 0;
        for (String file : FILES) {
            Matcher link = LINK.matcher(text(ROOT.resolve(file)));
            while (link.find()) {
                links++;
                if (!leadsSomewhere(ROOT.resolve(file), link.group(1))) {
                    dead.add(file + ": " + link.group(1));
                }
            }
        }
        assertEquals(List.of(), dead);
        assertTrue(links > 50, "only " + links + " links were found");
    }

    /** Each README can be reached from the first one. */
    @Test
    void shouldReachAllFromTheFirst() throws IOException {
        Set<Path> reached = new HashSet<>();
        List<Path> open = new ArrayList<>(List.of(ROOT.resolve("README.md").normalize()));
        while (!open.isEmpty()) {
            Path file = open.removeLast();
            if (reached.add(file)) {
                Matcher link = LINK.matcher(text(file));
                while (link.find()) {
                    Path target = target(file, link.group(1));
                    if (target.endsWith("README.md")) {
                        open.add(target);
                    }
                }
            }
        }
        FILES.forEach(file -> assertTrue(reached.contains(ROOT.resolve(file).normalize()), file));
    }

    private static boolean leadsSomewhere(Path from, String link) throws IOException {
        if (link.startsWith("https://")) {
            return true;
        }
        Path target = target(from, link);
        int hash = link.indexOf('#');
        return Files.exists(target) && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
    }

    private static Path target(Path from, String link) {
        String path = link.replaceFirst("#.*", "");
        return path.isEmpty()
                ? from
                : Objects.requireNonNull(from.getParent()).resolve(path).normalize();
    }

    /** As GitHub makes them: lower case, blanks to hyphens, all else but letters, digits, hyphens and underscores left out. */
    private static Set<String> anchors(Path file) throws IOException {
        Set<String> anchors = new HashSet<>();
        Matcher heading = HEADING.matcher(text(file));
        while (heading.find()) {
            anchors.add(heading.group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-'));
        }
        return anchors;
    }

    /** Without code, in which brackets and hashes mean something else. */
    private static String text(Path file) throws IOException {
        return CODE_BLOCK.matcher(Files.readString(file)).replaceAll("");
    }
}
