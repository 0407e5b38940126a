package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.control.Program;
import io.twinport.control.run.FailingEngine.Failure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is in use is neither closed nor freed, which would be a SIGSEGV in a driver's thread or in the loop. */
class EngineEndDpdkTest {
    private static final int SECONDS = 120;
    private static final int FAILED = 1;

    private static Program start(Failure failure) {
        List<String> command = new ArrayList<>(Program.command(List.of()));
        command.set(command.size() - 1, FailingEngine.class.getName());
        command.add(failure.name());
        return Program.start(command.toArray(String[]::new));
    }

    @Test
    void shouldSayThatALoopKeepsItsDeviceAndLeave() {
        try (Program program = start(Failure.LOOP_KEEPS_DEVICE)) {
            assertEquals(LastWords.EXIT_HANGS, program.waitFor(SECONDS), program::output);
            assertEquals(
                    1,
                    program.count("^twinport: leaving without closing what hangs: the poll loop did not leave .*"
                            + "net_virtio_user1.* Exit code 3$"),
                    program::output);
        }
    }

    @Test
    void shouldSayThatALoopDoesNotEndAndLeave() {
        try (Program program = start(Failure.LOOP_DOES_NOT_END)) {
            assertEquals(LastWords.EXIT_HANGS, program.waitFor(SECONDS), program::output);
            assertEquals(
                    1,
                    program.count(
                            "^twinport: leaving without closing what hangs: the poll loop poll does not end within"
                                    + " .* Exit code 3$"),
                    program::output);
        }
    }

    @Test
    void shouldEndWithWhatHasFailedThoughADeviceIsLeft() {
        try (Program program = start(Failure.DEVICE_IS_LEFT)) {
            assertEquals(FAILED, program.waitFor(SECONDS), program::output);
            assertEquals(1, program.count("^failed: there is "), program::output);
        }
    }
}
