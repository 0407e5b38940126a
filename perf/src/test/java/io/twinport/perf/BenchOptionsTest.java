package io.twinport.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.cli.Bounds;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Each option of each benchmark is given what it refuses before anything is measured; they are those of picocli's model. */
class BenchOptionsTest {
    private static final List<String> NEVER_POSSIBLE = List.of("", "a\0b", "\u001b[2J", "two\nlines", "x".repeat(5000));
    private static final List<String> NO_NUMBERS = List.of("x", "1e9", "0x10", "NaN", "99999999999999999999999");

    private record Option(CommandSpec command, OptionSpec spec) {
        @Override
        public String toString() {
            return command.name() + " " + spec.longestName();
        }
    }

    static Stream<Option> options() {
        return new CommandLine(Main.class)
                .getSubcommands().values().stream()
                        .map(CommandLine::getCommandSpec)
                        .flatMap(command -> command.options().stream()
                                .filter(spec -> spec.arity().max() > 0)
                                .map(spec -> new Option(command, spec)));
    }

    private static void assertRefused(Option option, String value) {
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int code;
        try (PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setErr(err);
            code = Main.execute(option.command().name(), option.spec().longestName() + "=" + value);
        } finally {
            System.setErr(before);
        }
        String text = said.toString(StandardCharsets.UTF_8).strip();
        assertEquals(2, code, () -> option + "=" + value + ": " + text);
        assertTrue(text.startsWith("twinport: ") && text.lines().count() == 1, text);
        assertTrue(text.length() < 1000 && text.chars().noneMatch(Character::isISOControl), text);
    }

    @ParameterizedTest
    @MethodSource("options")
    void shouldRefuseWhatNobodyMeans(Option option) {
        NEVER_POSSIBLE.forEach(value -> assertRefused(option, value));
    }

    @ParameterizedTest
    @MethodSource("options")
    void shouldTakeNumbersWithinTheirBoundsOnly(Option option) {
        Class<?> type = option.spec().auxiliaryTypes()[0];
        if (!(type.isPrimitive() && type != boolean.class) && !Number.class.isAssignableFrom(type)) {
            return; // its text is read by what it is for
        }
        Field field = (Field) option.spec().userObject();
        Bounds bounds = field.getAnnotation(Bounds.class);
        assertNotNull(bounds, "whoever adds a number says what it can be: @Bounds");
        String help =
                String.join(" ", field.getAnnotation(CommandLine.Option.class).description());
        assertTrue(help.contains("${BOUNDS}"), "what it can be stands in its help");
        List<String> values = new ArrayList<>(NO_NUMBERS);
        values.add(new BigDecimal(bounds.least() - 1).toPlainString());
        values.add(new BigDecimal(bounds.most() + 1).toPlainString());
        values.forEach(value -> assertRefused(option, value));
    }
}
