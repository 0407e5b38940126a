package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the READMEs show of options and of files is what there is. */
class ReadmeTest {
    private static final Pattern ANY = Pattern.compile("^```(\\w*)\n(.*?)^```\n", Pattern.DOTALL | Pattern.MULTILINE);

    private static final Pattern LITERAL = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern LETTERS = Pattern.compile("[A-Za-z]{2,}");

    @TempDir
    private Path folder;

    @Test
    void shouldHaveTheOptionsOfEachTable() throws IOException {
        check("options", ReadmeTables::options);
    }

    @Test
    void shouldHaveTheCommandsOfEachTable() throws IOException {
        check("commands", ReadmeTables::commands);
    }

    private static void check(String kind, UnaryOperator<String> maker) throws IOException {
        List<ReadmePart> parts = ReadmePart.all(kind);
        assertFalse(parts.isEmpty(), kind);
        for (ReadmePart part : parts) {
            String made = maker.apply(part.name());
            if (ReadmePart.WRITE) {
                part.with(made).write();
            } else {
                assertEquals(made, part.text(), part::outdated);
            }
        }
    }

    /** For outputs that only a guest or a NIC can make. */
    @Test
    void shouldShowWordsOfTheSourceThatPrintsThem() throws IOException {
        List<ReadmePart> parts = ReadmePart.all("labels");
        assertFalse(parts.isEmpty());
        for (ReadmePart part : parts) {
            String literals = LITERAL.matcher(Files.readString(ReadmePart.ROOT.resolve(part.name())))
                    .results()
                    .map(MatchResult::group)
                    .collect(Collectors.joining(" "));
            Set<String> printed = words(literals);
            words(part.text())
                    .forEach(word -> assertTrue(
                            printed.contains(word),
                            () -> part.file().normalize() + " shows the word '" + word + "', which " + part.name()
                                    + " does not print. Run it and show its output"));
        }
    }

    private static Set<String> words(String text) {
        return LETTERS.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
    }

    /** What is printed today is compared with them; what somebody has typed there would grow old. */
    @Test
    void shouldShowNoOutputThatIsNotMade() throws IOException {
        for (Path file : ReadmePart.files()) {
            Matcher all = ANY.matcher(ReadmePart.written(file));
            while (all.find()) {
                assertFalse(
                        all.group(1).isEmpty(),
                        () -> file.normalize()
                                + ": an output needs '<!-- made: sample NAME -->' before it, and a block that"
                                + " is none its language:\n" + all.group());
            }
        }
    }

    @Test
    void shouldShowConfigurationsThatAreGood() throws IOException {
        int configurations = 0;
        for (Path file : ReadmePart.files()) {
            Matcher block = ANY.matcher(Files.readString(file));
            while (block.find()) {
                if (block.group(1).equals("yaml")) {
                    Path yaml = Files.writeString(folder.resolve("twinport.yaml"), block.group(2));
                    Executed checked = Executed.twinport("config", "check", yaml.toString());
                    assertEquals(0, checked.code(), checked::output);
                    configurations++;
                }
            }
        }
        assertTrue(configurations > 0);
    }
}
