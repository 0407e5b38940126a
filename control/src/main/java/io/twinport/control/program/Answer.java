package io.twinport.control.program;

/**
 * What a program has answered.
 *
 * @param code its exit code; negative where there is no answer
 * @param err what it printed on stderr, or why there is no answer
 */
public record Answer(int code, String out, String err) {
    public static Answer none(String why) {
        return new Answer(-1, "", why);
    }

    public boolean isGood() {
        return code == 0;
    }

    /** Whether it ran to its end, whatever it said. */
    public boolean isAnswer() {
        return code >= 0;
    }

    /** Why it is not good, in one line: the last that the program said, which is where programs say it. */
    public String why() {
        return err.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .reduce((before, line) -> line)
                .orElse("exit code " + code);
    }
}
