package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script in a bash, asked as its line editor asks. */
class CompletionTest {
    @TempDir
    Path folder;

    private List<String> complete(String... words) throws Exception {
        Path script = folder.resolve("twinport.bash");
        if (!Files.exists(script)) {
            Executed completion = Executed.twinport("completion", "bash");
            assertEquals(0, completion.code(), completion::output);
            Files.writeString(script, completion.output());
        }
        String line = String.join(" ", words);
        return Program.run(
                        "bash",
                        "--norc",
                        "-c",
                        "source \"$1\"; COMP_WORDS=($2); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
                                + " $(complete -p twinport | sed 's/.*-F \\([^ ]*\\).*/\\1/');"
                                + " printf '%s\\n' \"${COMPREPLY[@]}\"",
                        "bash",
                        script.toString(),
                        line)
                .lines()
                .toList();
    }

    @Test
    void shouldCompleteCommandsAndOptions() throws Exception {
        assertEquals(List.of("run"), complete("twinport", "ru"));
        assertTrue(complete("twinport", "config", "s").contains("schema"));
        List<String> options = complete("twinport", "run", "--pr");
        assertTrue(options.containsAll(List.of("--primary", "--promiscuous")), options::toString);
        assertFalse(options.contains("--standby"), options::toString);
    }

    @Test
    void shouldRefuseAShellThatItDoesNotKnow() {
        Executed completion = Executed.twinport("completion", "fish");
        assertEquals(2, completion.code(), completion::output);
        assertTrue(completion.output().contains("bash, zsh"), completion::output);
    }
}
