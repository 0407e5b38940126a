package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Each option and each parameter of each command is given what it should not be given. They are those of picocli's model, so
 * that a new one is among them.
 */
class OptionsTest {
    private static final InputStream STDIN = System.in;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** No paragraph is longer: what was given is shown at most once. */
    private static final int LONGEST = 6000;

    /** Ends a command that moves packets when all else is found good, and before anything is touched. */
    private static final List<String> END = List.of("--", "-l", "99999");

    /** What the parameters that have to be there are in the meantime, by their labels. */
    private static final Map<String, String> NEEDED = Map.of(
            "SHELL", "bash",
            "LEVEL", "info",
            "primary|standby", "standby",
            "primary|standby|auto", "standby");

    private static final Set<Path> HERE = new HashSet<>();

    @TempDir
    private static Path folder;

    private static Junk junk;

    /**
     * An option or a parameter of a command.
     *
     * @param isFirst whether no command before it has the same one
     */
    private record Argument(CommandSpec command, ArgSpec spec, boolean isFirst) {
        @Override
        public String toString() {
            return command.qualifiedName() + " " + CommandLines.name(spec);
        }

        boolean isEal() {
            return spec.paramLabel().equals("-- EAL");
        }

        /** All of them, or of an option that other commands have too, with them, a few. */
        List<String> of(List<String> values) {
            return isFirst ? values : values.subList(0, Math.min(3, values.size()));
        }
    }

    @BeforeAll
    static void prepare() throws IOException {
        junk = new Junk(folder);
        // A command that reads from it does so to its end.
        System.setIn(InputStream.nullInputStream());
        try (Stream<Path> files = Files.list(Path.of(""))) {
            files.forEach(HERE::add);
        }
    }

    /** A name without a folder may be a file's or a folder's: what it has made is taken away again. */
    @AfterAll
    static void takeAway() throws IOException {
        System.setIn(STDIN);
        try (Stream<Path> files = Files.list(Path.of(""))) {
            for (Path made : files.filter(file -> !HERE.contains(file)).toList()) {
                try (Stream<Path> inside = Files.walk(made)) {
                    for (Path file : inside.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
    }

    private static Stream<CommandSpec> all(CommandSpec command) {
        return Stream.concat(
                Stream.of(command),
                command.subcommands().values().stream().flatMap(each -> all(each.getCommandSpec())));
    }

    static List<Argument> arguments() {
        Set<Object> seen = new HashSet<>();
        return all(CommandLines.of(Twinport.class).getCommandSpec())
                .flatMap(command -> command.args().stream()
                        .filter(spec ->
                                spec.arity().max() > 0 || spec.typeInfo().isBoolean())
                        .filter(spec ->
                                !(spec instanceof OptionSpec option && (option.usageHelp() || option.versionHelp())))
                        .map(spec -> new Argument(command, spec, seen.add(spec.userObject()))))
                .toList();
    }

    /** A command line that would be good, but for the value. */
    private static List<String> line(Argument argument, String value) {
        CommandSpec command = argument.command();
        List<String> line = new ArrayList<>();
        if (command.findOption("--cnc-dir") != null) {
            line.addAll(List.of("--cnc-dir", folder.resolve("cnc").toString()));
        }
        if (command.findOption("--audit") != null
                && !CommandLines.name(argument.spec()).equals("--connect")) {
            line.add("--connect=qemu:///embed"); // which has no guests, where there is any
        }
        if (command.findOption("--hooks") != null
                && !CommandLines.name(argument.spec()).equals("--hooks")) {
            line.add("--hooks=" + folder.resolve("none").resolve("hooks"));
        }
        if (command.findOption("--primary") != null
                && !CommandLines.name(argument.spec()).equals("--config")) {
            line.addAll(List.of("--primary", "net_null0"));
        }
        if (argument.spec() instanceof OptionSpec option) {
            line.add(option.longestName() + "=" + value);
        }
        boolean isEals = argument.isEal();
        for (PositionalParamSpec positional : command.positionalParameters()) {
            if (positional == argument.spec() && !isEals) {
                line.add(value);
            } else if (positional.arity().min() > 0) {
                String label = positional.paramLabel();
                line.add(NEEDED.getOrDefault(label, folder.resolve("none").toString()));
            }
        }
        if (command.positionalParameters().stream()
                .anyMatch(each -> each.paramLabel().equals("-- EAL"))) {
            line.addAll(isEals ? List.of("--", value, "-l", "99999") : END);
        }
        return line;
    }

    private static Executed execute(Argument argument, String value) {
        List<String> line = line(argument, value);
        return assertTimeoutPreemptively(
                PATIENCE,
                () -> {
                    // By itself: to make a command of all of them takes longer than what it does.
                    Object command = CommandLine.defaultFactory()
                            .create(argument.command().userObject().getClass());
                    return Executed.of(() -> Commands.execute(command, line.toArray(String[]::new)));
                },
                () -> shown(line) + " takes too long");
    }

    private static String shown(List<String> line) {
        return String.join(" ", line).replaceAll("\\p{Cntrl}", "?").replaceAll("(.{300}).*", "$1...");
    }

    /** Whatever it is: one paragraph, and no exception. */
    private static void assertSaid(Argument argument, String value, Executed executed) {
        String what = shown(line(argument, value)) + "\n" + executed.code() + "\n" + executed.output();
        assertTrue(executed.code() >= 0 && executed.code() <= 2, what);
        assertEquals(0, executed.count("^\\s+at |Exception|java\\.|Error:"), what);
        if (executed.code() == 2) {
            String last = executed.output().lines().reduce("", (one, next) -> next);
            assertTrue(last.startsWith("twinport: ") && last.endsWith("."), what);
            assertTrue(last.length() < LONGEST, what);
            assertFalse(last.chars().anyMatch(Character::isISOControl), what);
        }
    }

    @ParameterizedTest
    @MethodSource("arguments")
    void shouldRefuseWhatNobodyMeans(Argument argument) {
        for (String value : argument.of(Junk.NEVER_POSSIBLE)) {
            Executed executed = execute(argument, value);
            assertSaid(argument, value, executed);
            assertEquals(2, executed.code(), () -> shown(line(argument, value)) + "\n" + executed.output());
        }
    }

    @ParameterizedTest
    @MethodSource("arguments")
    void shouldTakeNumbersWithinTheirBoundsOnly(Argument argument) {
        Optional<Bounds> bounds = CommandLines.bounds(argument.spec());
        Class<?> type = CommandLines.typeOf(argument.spec());
        boolean isNumber = type.isPrimitive() && type != boolean.class || Number.class.isAssignableFrom(type);
        assertEquals(isNumber, bounds.isPresent(), "whoever adds a number says what it can be: @Bounds");
        String help = String.join(" ", argument.spec().description());
        assertFalse(help.contains("${BOUNDS}"), help);
        bounds.ifPresent(each -> assertTrue(help.contains(BoundedNumber.text(each)), help));
        List<String> numbers = new ArrayList<>(argument.of(Junk.NUMBERS));
        bounds.ifPresent(each -> numbers.addAll(List.of(
                String.valueOf(BoundedNumber.plain(each.least() - 1)),
                String.valueOf(BoundedNumber.plain(each.most() + 1)))));
        for (String value : numbers) {
            Executed executed = execute(argument, value);
            assertSaid(argument, value, executed);
            if (bounds.isPresent() && !isWithin(bounds.get(), value, type)) {
                assertEquals(2, executed.code(), () -> shown(line(argument, value)));
                String wanted = CommandLines.name(argument.spec()) + " " + value + " is not possible: give "
                        + BoundedNumber.text(bounds.get());
                assertTrue(executed.output().contains(wanted), executed::output);
            }
        }
    }

    /** By another way than the one that is tested. */
    private static boolean isWithin(Bounds bounds, String value, Class<?> type) {
        boolean mayBeFraction = type == double.class || type == Double.class;
        if (!value.matches(mayBeFraction ? "-?[0-9]{1,18}(\\.[0-9]+)?" : "-?[0-9]{1,18}")) {
            return false;
        }
        double number = Double.parseDouble(value);
        return number == 0 && !bounds.zero().isEmpty() || number >= bounds.least() && number <= bounds.most();
    }

    @ParameterizedTest
    @MethodSource("arguments")
    void shouldSayWhatItMakesOfWords(Argument argument) {
        for (String value : argument.of(Junk.WORDS)) {
            if (!isFolderForPages(argument, value)) {
                assertSaid(argument, value, execute(argument, value));
            }
        }
    }

    /** It would have a page written there, of a folder that is not the test's. */
    private static boolean isFolderForPages(Argument argument, String value) {
        return argument.command().userObject() instanceof ManCommand && Files.isDirectory(Path.of(value));
    }

    @ParameterizedTest
    @MethodSource("arguments")
    void shouldSayWhatItMakesOfPaths(Argument argument) {
        for (String value : argument.of(junk.paths())) {
            assertSaid(argument, value, execute(argument, value));
        }
    }
}
