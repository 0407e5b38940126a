package io.twinport.control.host.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.control.host.NicId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictFileTest {
    private static final NicId IGB = new NicId("8086:10c9", "igb", "1.0");
    private static final NicId NEWER = new NicId("8086:10c9", "igb", "1.1");

    @TempDir
    Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = folder.resolve("nics.json");
    }

    private static FilterVerdict verdict(NicId nic, Holder... holders) {
        List<Walk> walks = Stream.of(holders).map(IgbTable::walk).toList();
        return FilterVerdict.of(nic, walks, Instant.parse("2026-01-31T12:00:00Z"));
    }

    @Test
    void shouldFindAgainWhatWasKept() throws IOException {
        assertEquals(Optional.empty(), VerdictFile.read(file).find(IGB));
        FilterVerdict hopeless = verdict(IGB, Holder.BRIDGE);
        VerdictFile.keep(file, hopeless);
        assertEquals(Optional.of(hopeless), VerdictFile.read(file).find(IGB));
        FilterVerdict whole = verdict(IGB, Holder.BRIDGE, Holder.FILTER, Holder.MACVLAN);
        FilterVerdict other = verdict(NEWER, Holder.MACVLAN);
        VerdictFile.keep(file, whole);
        VerdictFile.keep(file, other);
        VerdictFile read = VerdictFile.read(file);
        assertEquals(Optional.of(whole), read.find(IGB));
        assertEquals(Optional.of(other), read.find(NEWER));
        assertEquals(2, read.verdicts().size());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    /** As it is documented, so that other programs can write one. */
    @Test
    void shouldReadTheFormatThatIsDocumented() throws IOException {
        Files.writeString(file, """
                { "version": 1,
                  "verdicts": [
                    { "nic": { "pci": "8086:10c9", "driver": "igb", "firmware": "1.0" },
                      "verdicts": { "bridge": "early-steal", "filter": "duplicate", "macvlan": "duplicate" },
                      "use": "filter", "duplicates": true, "measured": "2026-01-31T12:00:00Z" } ] }
                """);
        assertEquals(
                Optional.of(verdict(IGB, Holder.BRIDGE, Holder.FILTER, Holder.MACVLAN)),
                VerdictFile.read(file).find(IGB));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "null",
                "{\"version\": 2, \"verdicts\": []}",
                "{\"version\": 1, \"verdicts\": [null]}",
                "{\"version\": 1, \"verdicts\": [{}]}",
                "{\"version\": 1, \"verdicts\": [{\"nic\": {\"pci\": \"1:2\"}, \"verdicts\": {}}]}",
                "{\"version\": 1, \"verdicts\": [{\"nic\": {\"pci\": \"1:2\", \"driver\": \"d\", \"firmware\": \"\"},"
                        + " \"verdicts\": {\"bridge\": \"perhaps\"}, \"measured\": \"2026-01-31T12:00:00Z\"}]}"
            })
    void shouldRefuseWhatIsNoSuchFile(String content) throws IOException {
        Files.writeString(file, content);
        UserException refused = assertThrows(UserException.class, () -> VerdictFile.read(file));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith("the verdicts in " + file + ":1 cannot be used: "), message);
        assertFalse(message.contains("io.twinport") || message.contains("tools.jackson"), message);
        assertThrows(UserException.class, () -> VerdictFile.keep(file, verdict(IGB, Holder.BRIDGE)));
        assertEquals(content, Files.readString(file), "what could not be read stays");
    }

    @Test
    void shouldSayInWhichLine() throws IOException {
        VerdictFile.keep(file, verdict(IGB, Holder.BRIDGE));
        String whole = Files.readString(file);
        long last = whole.lines().count();
        assertFault("\"early-steal\"", "\"perhaps\"", 0, "verdicts[0].verdicts.bridge is not what");
        assertFault("\"early-steal\"", "\"early-steal", 0, "");
        assertFault("\"2026-01-31", "\"once", 0, "verdicts[0].measured is not what");
        assertFault("\"version\" : 1", "\"version\" : 7", last, "it has version 7");
    }

    /** @param line 0 for that of the fault itself; what is wrong with the whole is said at its end */
    private void assertFault(String good, String bad, long line, String why) throws IOException {
        String whole = Files.readString(file);
        long own = whole.substring(0, whole.indexOf(good)).lines().count();
        Files.writeString(file, whole.replace(good, bad));
        UserException refused = assertThrows(UserException.class, () -> VerdictFile.known(file));
        Files.writeString(file, whole);
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith("the verdicts in " + file + ":" + (line == 0 ? own : line) + " "), message);
        assertTrue(message.contains(why), message);
    }

    @Test
    void shouldSayWhatToDo() {
        assertTrue(verdict(IGB, Holder.BRIDGE, Holder.FILTER).advice().contains("bridge fdb add MAC dev PF self"));
        assertTrue(verdict(IGB, Holder.MACVLAN).advice().startsWith("a macvlan"));
        assertTrue(verdict(IGB, Holder.BRIDGE).advice().startsWith("each way loses frames"));
    }
}
