package io.twinport.control.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The form of a configuration, whatever its keys mean. */
class ConfigFileTest {
    private static final int DEEPEST = 16;
    private static final int LONGEST = 262_144;

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("twinport.yaml");
    }

    private ConfigFile read(String text) throws IOException {
        return ConfigFile.read(Files.writeString(file(), text));
    }

    private String failure(String text) throws IOException {
        Files.writeString(file(), text);
        return message();
    }

    private String message() {
        return String.valueOf(
                assertThrows(UserException.class, () -> ConfigFile.read(file())).getMessage());
    }

    private static List<String> texts(Section section) {
        return section.settings().stream()
                .map(setting -> setting.key() + "=" + setting.values())
                .toList();
    }

    @Test
    void shouldTellTheProcessFromThePorts() throws IOException {
        ConfigFile read =
                read("name: x\nports:\n  wan: {primary: a, vlan: [1, 2]}\n  lan: {primary: b}\nmetrics: 9464\n");
        assertEquals(List.of("name=[x]", "metrics=[9464]"), texts(read.process()));
        assertEquals(
                List.of("wan", "lan"), read.ports().stream().map(Section::name).toList());
        assertEquals(List.of("primary=[a]", "vlan=[1, 2]"), texts(read.ports().getFirst()));
        assertTrue(read.ports().getFirst().settings().getLast().isList());
    }

    /** What belongs to a side may stand together; its device is looked for where none is given. */
    @Test
    void shouldTakeTheKeysOfASideApart() throws IOException {
        ConfigFile read = read("ports: {wan: {primary: {device: a, driver: d}, standby: {down-expected: true}}}");
        assertEquals(
                List.of("primary-driver=[d]", "primary=[a]", "standby-down-expected=[true]", "standby=[auto]"),
                texts(read.ports().getFirst()));
    }

    @Test
    void shouldRefuseAKeyThatIsThereTwiceHoweverItIsWritten() throws IOException {
        String twice = "ports: {wan: {primary-driver: a, primary: {device: x, driver: b}}}";
        assertEquals(
                file() + ":1:" + (twice.lastIndexOf("driver") + 1) + ": 'primary-driver' is there twice.",
                failure(twice));
        assertTrue(failure("a: 1\na: 2").startsWith(file() + ":2:1: 'a' is there twice."));
    }

    @Test
    void shouldTakeCollectionsInEachOtherAsDeepAsAConfigurationHas() throws IOException {
        String deep = "[".repeat(DEEPEST - 1) + "]".repeat(DEEPEST - 1);
        assertTrue(failure("a: " + deep).contains("must be a single value"), "deep enough for that");
        assertTrue(failure("a: [" + deep + "]")
                .startsWith(file() + ":1:" + (4 + DEEPEST - 1)
                        + ": more than 16 collections in each other: this is no configuration."));
        String wide = "a: [" + "x,".repeat(100) + "x]\n";
        assertEquals(1, read(wide + "ports: {p: {primary: x}}").ports().size(), "one after the other are not deep");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            many.append("k").append(i).append(": [x]\n");
        }
        assertEquals(
                50, read(many + "ports: {p: {primary: x}}").process().settings().size());
    }

    /** A few aliases make gigabytes of a few thousand characters. */
    @Test
    void shouldCountWhatAliasesStandFor() throws IOException {
        String half = "x".repeat(LONGEST / 2 - 100);
        assertEquals(
                2,
                read("a: &a " + half + "\nb: *a\nports: {p: {}}")
                        .process()
                        .settings()
                        .size());
        assertTrue(failure("a: &a " + half + "\nb: *a\nc: *a\nports: {p: {}}")
                .contains("with its aliases this has more than"));
    }

    @Test
    void shouldSayWhereTheYamlIsWrong() throws IOException {
        assertTrue(failure("a: [1\nb: 2").matches("(?s)\\Q" + file() + "\\E:2:\\d+: .*"));
        assertTrue(failure("").startsWith(file() + ":1:1: there is nothing in it."));
        assertTrue(failure("a: !<> x").startsWith(file() + ":1:"));
    }

    @Test
    void shouldSayWhatIsNoTextOrNoFile() throws IOException {
        Files.write(file(), new byte[] {'a', ':', ' ', (byte) 0xff});
        assertEquals(file() + " is no UTF-8 text.", message());
        Files.delete(file());
        assertEquals("there is no file " + file() + ".", message());
        Files.createDirectory(file());
        assertTrue(message().startsWith(file() + " cannot be read: it is a folder."));
    }
}
