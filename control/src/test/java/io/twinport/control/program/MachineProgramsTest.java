package io.twinport.control.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MachineProgramsTest {
    private static Programs within(int seconds) {
        return new MachinePrograms(Path.of("/"), List.of(), Duration.ofSeconds(seconds));
    }

    private static Answer shell(String script) {
        return within(60).ask("sh", "-c", script);
    }

    @Test
    void shouldTellBothOutputsAndTheCode() {
        assertEquals(new Answer(3, "one\n", "two\n"), shell("echo one; echo two >&2; exit 3"));
        assertEquals("two", shell("echo one; echo two >&2; exit 3").why());
    }

    @Test
    void shouldSayThatAProgramIsNotThere() {
        Answer answer = within(60).ask("twinport-nowhere");
        assertFalse(answer.isAnswer());
        assertEquals("twinport-nowhere is not installed", answer.why());
        assertEquals(Optional.empty(), within(60).find("/etc/passwd"));
    }

    /** With all that it has started. */
    @Test
    void shouldKillWhatHangs() {
        Answer answer = within(1).ask("sh", "-c", "sleep 7777 & sleep 7778");
        assertFalse(answer.isAnswer());
        assertEquals("sh has not answered within 1 s", answer.why());
        assertTrue(Pause.until(
                () -> ProcessHandle.current()
                        .descendants()
                        .noneMatch(process -> process.info()
                                .commandLine()
                                .filter(command -> command.contains("sleep 777"))
                                .isPresent()),
                10_000));
    }

    @Test
    void shouldTakeNoEndlessAnswer() {
        assertEquals("sh answers with more than 1024 KiB", shell("exec yes").why());
        assertEquals("sh answers with more than 1024 KiB", shell("exec yes >&2").why());
        assertEquals(1 << 20, shell("yes | head -c 1048576").out().length());
    }

    @Test
    void shouldGiveNothingToReadAndOneLanguage() {
        assertEquals("0", shell("cat | wc -c").out().strip());
        assertEquals("C", shell("echo $LC_ALL").out().strip());
        assertEquals("", shell("echo $HOME$LD_PRELOAD$PAGER").out().strip());
    }

    /** By something that it has started and that goes on. */
    @Test
    void shouldNotWaitForAPipeThatIsLeftOpen() {
        long start = System.nanoTime();
        within(2).ask("sh", "-c", "sleep 20 & echo done");
        assertTrue(System.nanoTime() - start < 15_000_000_000L);
    }
}
