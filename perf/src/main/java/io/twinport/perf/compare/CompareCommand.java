package io.twinport.perf.compare;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code twinport bench compare}. */
@Command(
        name = "compare",
        description = "Two results beside each other, figure by figure: better or worse where their intervals do not"
                + " touch. Exit code 1 if one is worse, or is missing in the second.",
        mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "BEFORE", description = "What a bench has written with --json.")
    String before;

    @Parameters(index = "1", paramLabel = "AFTER", description = "The same of a later run.")
    String after;

    @Override
    public Integer call() {
        ResultFile one = ResultFile.read(before);
        ResultFile other = ResultFile.read(after);
        say("%-40s %10s %10s %8s", "figure", "before", "after", "change");
        boolean isWorse = false;
        for (var named : one.figures().entrySet()) {
            Figure then = named.getValue();
            Figure now = other.figures().get(named.getKey());
            if (now == null) {
                isWorse = true;
                say("%-40s %10.3f %10s", named.getKey(), then.value(), "missing");
                continue;
            }
            Figure.Change change = then.to(now);
            isWorse |= change == Figure.Change.WORSE;
            String percent = then.value() == 0
                    ? ""
                    : String.format(Locale.ROOT, "%+.1f %%", 100 * (now.value() / then.value() - 1));
            say("%-40s %10.3f %10.3f %8s  %s", named.getKey(), then.value(), now.value(), percent, change.text);
        }
        other.figures().forEach((name, figure) -> {
            if (!one.figures().containsKey(name)) {
                say("%-40s %10s %10.3f", name, "new", figure.value());
            }
        });
        differences(one.facts(), other.facts());
        return isWorse ? 1 : 0;
    }

    /** Figures of two machines, or of two commands, need not agree. */
    private static void differences(Map<String, String> one, Map<String, String> other) {
        one.forEach((name, then) -> {
            String now = Objects.requireNonNullElse(other.get(name), "");
            if (!then.equals(now)) {
                say("%s: %s -> %s", name, then, now);
            }
        });
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is not worth a dependency
    private static void say(String format, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, format, arguments).stripTrailing());
    }
}
