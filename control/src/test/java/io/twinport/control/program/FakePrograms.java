package io.twinport.control.program;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Programs whose answers a test knows. */
public final class FakePrograms implements Programs {
    private final Map<String, Answer> answers = new LinkedHashMap<>();

    /** @param command the program, or it and its first arguments */
    public FakePrograms answer(String command, int code, String out) {
        answers.put(command, new Answer(code, out, code == 0 ? "" : "it has failed"));
        return this;
    }

    public FakePrograms answer(String command, Answer answer) {
        answers.put(command, answer);
        return this;
    }

    @Override
    public Optional<Path> find(String program) {
        return answers.keySet().stream().anyMatch(command -> command.split(" ")[0].equals(program))
                ? Optional.of(Path.of("/usr/bin", program))
                : Optional.empty();
    }

    @Override
    public Answer ask(String program, String... arguments) {
        String command = program + " " + String.join(" ", arguments) + " ";
        return answers.entrySet().stream()
                .filter(answer -> command.startsWith(answer.getKey() + " "))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseGet(() -> Answer.none(program + " is not installed"));
    }
}
