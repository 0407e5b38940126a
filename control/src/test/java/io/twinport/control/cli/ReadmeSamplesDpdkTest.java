package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The outputs that the READMEs show have the words and columns of those of today. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadmeSamplesDpdkTest {
    private Map<String, String> samples = Map.of();

    @BeforeAll
    void make(@TempDir Path folder) throws IOException {
        samples = new ReadmeSamples(folder).make();
    }

    @Test
    void shouldShowWhatIsPrinted() throws IOException {
        List<String> outdated = new ArrayList<>();
        for (ReadmePart part : ReadmePart.all("sample")) {
            assertTrue(samples.containsKey(part.name()), () -> part + " of " + part.file() + ": nothing makes it");
            String made = samples.getOrDefault(part.name(), "");
            if (ReadmePart.WRITE) {
                part.with("```\n" + made + "\n```\n").write();
            } else if (part.name().equals("doctor")) {
                assertEquals(List.of(), Findings.of(made).lacks(Findings.of(shown(part))), part::outdated);
            } else if (!Shape.of(made).equals(Shape.of(shown(part)))) {
                outdated.add(part.outdated() + "\nshown:\n" + String.join("\n", Shape.of(shown(part))) + "\nprinted:\n"
                        + String.join("\n", Shape.of(made)));
            }
        }
        assertEquals("", String.join("\n\n", outdated));
    }

    @Test
    void shouldMakeNoSampleThatNobodySees() throws IOException {
        Set<String> unseen = new HashSet<>(samples.keySet());
        ReadmePart.all("sample").forEach(part -> unseen.remove(part.name()));
        assertEquals(Set.of(), unseen);
    }

    private static String shown(ReadmePart part) {
        return part.text().replaceFirst("^```\n", "").replaceFirst("\n```\n$", "");
    }
}
