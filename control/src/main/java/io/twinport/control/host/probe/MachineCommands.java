package io.twinport.control.host.probe;

import io.twinport.control.program.Answer;
import io.twinport.control.program.MachinePrograms;
import io.twinport.control.program.Programs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The real ones. One that hangs is killed, and that is a failure. */
final class MachineCommands implements HostCommands {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Programs programs = new MachinePrograms(Path.of("/"), List.of(), LIMIT);

    @Override
    public String run(String... command) {
        Answer answer = programs.ask(command[0], Arrays.copyOfRange(command, 1, command.length));
        if (!answer.isGood()) {
            throw new ProbeException(
                    String.join(" ", command) + ": " + answer.err().strip().replaceAll("\\s*\\n\\s*", "; "));
        }
        return answer.out();
    }
}
