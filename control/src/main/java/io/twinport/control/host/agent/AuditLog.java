package io.twinport.control.host.agent;

import io.twinport.control.Log;
import io.twinport.control.OutputFile;
import io.twinport.control.Printable;
import io.twinport.control.UserException;
import io.twinport.control.program.Answer;
import io.twinport.control.program.Programs;
import io.twinport.posix.FileErrors;
import io.twinport.posix.FileType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** Programs, each of whose calls that changes the host is written down with what it came to, a line of JSON each. */
final class AuditLog implements Programs {
    private final Programs programs;
    private final Path file;
    private final Clock clock;
    private final Log log;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    private AuditLog(Programs programs, Path file, Clock clock, Log log) {
        this.programs = programs;
        this.file = file;
        this.clock = clock;
        this.log = log;
    }

    /**
     * Opens one, behind what is there.
     *
     * @throws UserException if it cannot be written: without it nothing is changed
     */
    static AuditLog open(Programs programs, Path file, Clock clock, Log log) {
        try {
            if (Files.notExists(file)) {
                OutputFile.openPrivate(file).close();
            }
            FileType type = FileType.of(file);
            if (type != FileType.REGULAR) {
                throw new FileSystemException(file.toString(), null, "it is " + type);
            }
            append(file, "");
            return new AuditLog(programs, file, clock, log);
        } catch (IOException e) {
            throw new UserException(
                    "--audit " + file + " cannot be written: " + FileErrors.reason(e)
                            + ". Name a file in a folder that exists and that you may write to.",
                    e);
        }
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    }

    /** Commands that have changed the host. */
    long done() {
        return done.get();
    }

    /** Commands that were to do so, and have failed. */
    long failed() {
        return failed.get();
    }

    @Override
    public Optional<Path> find(String program) {
        return programs.find(program);
    }

    @Override
    public Answer ask(String program, String... arguments) {
        Answer answer = programs.ask(program, arguments);
        List<String> command =
                Stream.concat(Stream.of(program), Stream.of(arguments)).toList();
        if (isChange(command)) {
            (answer.isGood() ? done : failed).incrementAndGet();
            write(command, answer);
        }
        return answer;
    }

    /** What only asks has {@code -j}. */
    private static boolean isChange(List<String> command) {
        return List.of("ip", "bridge").contains(command.getFirst()) && !command.contains("-j");
    }

    private void write(List<String> command, Answer answer) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", clock.instant().toString());
        line.put("command", String.join(" ", command));
        line.put("code", answer.code());
        line.put("result", answer.isGood() ? "done" : Printable.line(answer.why()));
        try {
            append(file, JsonMapper.shared().writeValueAsString(line) + "\n");
        } catch (IOException e) {
            log.warn("the audit log " + file + " cannot be written: " + FileErrors.reason(e) + "; it would say: "
                    + line);
        }
    }
}
