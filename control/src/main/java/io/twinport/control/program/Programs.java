package io.twinport.control.program;

import java.nio.file.Path;
import java.util.Optional;

/** Programs of the machine that are asked how things are, or told to change them: whoever calls one answers for that. */
public interface Programs {
    /** There are none. */
    Programs NONE = new Programs() {
        @Override
        public Optional<Path> find(String program) {
            return Optional.empty();
        }

        @Override
        public Answer ask(String program, String... arguments) {
            return Answer.none(program + " is not installed");
        }
    };

    /** Where a program is, as the machine names it. */
    Optional<Path> find(String program);

    /**
     * Runs a program to its end.
     *
     * @param program its name, or where it is
     */
    Answer ask(String program, String... arguments);
}
