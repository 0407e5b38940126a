package io.twinport.dataplane.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.cnc.CncReading;
import io.twinport.dataplane.cnc.SwitchLog;
import io.twinport.dpdk.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's example of an application does what is said there, and is what is said there. */
class LibraryUseDpdkTest {
    private static final Pattern PART = Pattern.compile(
            "^ *// README: (?!end)[a-z ]+\n(.*?)^ *// README: end\n", Pattern.DOTALL | Pattern.MULTILINE);

    @TempDir
    private Path folder;

    @Test
    void shouldForwardAndGoOnByTheStandby() throws IOException, InterruptedException {
        Path file = folder.resolve("app.cnc");

        ChildJvm.Result result =
                new ChildJvm().with("-XX:CompileCommandFile=packet-path.jit").run(LibraryUse.class, file.toString());

        assertEquals(0, result.exitCode(), result::toString);
        assertEquals(List.of("missing=0"), result.lines());
        List<String> causes = new SwitchLog(CncReading.read(file).switchRecords())
                .records().stream().map(record -> record.causeText()).toList();
        assertEquals(List.of("primary link up", "primary left", "standby left"), causes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LibraryUse.java", "UnicastOnly.java"})
    void shouldStandInTheReadme(String source) throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        List<String> parts = parts(Path.of("src/test/java/io/twinport/dataplane/example", source));
        assertTrue(!parts.isEmpty(), source + " has no part that is marked");
        for (String part : parts) {
            assertTrue(readme.contains("```java\n" + part + "```\n"), "README.md lacks, word for word:\n" + part);
        }
    }

    private static List<String> parts(Path source) throws IOException {
        List<String> parts = new ArrayList<>();
        Matcher marked = PART.matcher(Files.readString(source));
        while (marked.find()) {
            parts.add(marked.group(1).stripTrailing().stripIndent() + "\n");
        }
        return parts;
    }
}
