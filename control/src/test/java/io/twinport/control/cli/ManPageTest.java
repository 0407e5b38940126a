package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.CommandSpec;

class ManPageTest {
    private static final int SECONDS = 60;

    @TempDir
    Path folder;

    @BeforeEach
    void write() {
        assertEquals(0, Twinport.execute("man", folder.toString()));
    }

    /** The command and all below it. */
    private static Stream<CommandSpec> all(CommandSpec command) {
        return Stream.concat(
                Stream.of(command),
                command.subcommands().values().stream().flatMap(each -> all(each.getCommandSpec())));
    }

    @Test
    void shouldHaveAPageForEachCommandThatNamesAllItsOptions() throws IOException {
        List<CommandSpec> commands =
                all(CommandLines.of(Twinport.class).getCommandSpec()).toList();
        assertTrue(commands.size() > 10, commands::toString);
        for (CommandSpec command : commands) {
            Path page = folder.resolve(command.qualifiedName("-") + ".1");
            String plain = Files.readString(page).replace("\\-", "-");
            command.options().stream()
                    .flatMap(option -> Arrays.stream(option.names()))
                    .forEach(name -> assertTrue(plain.contains("\\fB" + name + "\\fR"), () -> page + ": " + name));
            command.subcommands()
                    .keySet()
                    .forEach(name -> assertTrue(plain.contains(".TP\n\\fB" + name + "\\fR"), () -> page + ": " + name));
            assertTrue(!plain.contains("${") && !plain.contains("%n"), plain);
        }
    }

    @Test
    void shouldBeWhatManRenders() throws IOException {
        try (Stream<Path> pages = Files.list(folder)) {
            for (Path page : pages.toList()) {
                try (Program groff = Program.start("groff", "-man", "-Tutf8", "-ww", "-b", "-z", page.toString())) {
                    assertEquals(0, groff.waitFor(SECONDS), groff::output);
                    assertEquals("", groff.output());
                }
            }
        }
        String run = Program.run("groff", "-man", "-Tascii", "-P-cbou", folder.resolve("twinport-run.1") + "");
        assertTrue(run.contains("\n       --failback=WHEN\n"), run);
        Map<String, String> sections = Map.of("NAME", "twinport-run - Run failover ports", "SYNOPSIS", "twinport run");
        sections.forEach((title, first) -> assertTrue(run.contains(title + "\n       " + first), run));
    }
}
