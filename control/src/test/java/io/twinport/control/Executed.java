package io.twinport.control;

import io.twinport.control.cli.Twinport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;

/**
 * What a command line has come to, and what it has printed on stdout and stderr. It is executed in this process, without the
 * second that a JVM of its own takes to start: for those that end before EAL is started, or do without.
 */
public record Executed(int code, String output) {
    public static Executed twinport(String... arguments) {
        return of(() -> Twinport.execute(arguments));
    }

    /** @param command executes a command line and returns the exit code */
    public static Executed of(IntSupplier command) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream both = Output.to(printed, StandardCharsets.UTF_8)) {
            System.setOut(both);
            System.setErr(both);
            int code = command.getAsInt();
            return new Executed(code, printed.toString(StandardCharsets.UTF_8).strip());
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** How many lines contain a match. */
    public long count(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return output.lines().filter(line -> pattern.matcher(line).find()).count();
    }
}
