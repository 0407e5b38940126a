package io.twinport.control.cli;

import io.twinport.control.PlainText;
import io.twinport.control.UserException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Command lines, all of which read, check and describe their options in one way. A configuration's keys are options too. */
final class CommandLines {
    /** In bytes, as Linux has it. */
    private static final int LONGEST_NAME = 255;

    private static final String BOUNDS = "${BOUNDS}";

    private CommandLines() {}

    /** @param root an object with picocli's annotations */
    static CommandLine of(Object root) {
        CommandLine commandLine = new CommandLine(root);
        // A value with an '@' before it is a value: what stands in a file of that name is nobody's arguments.
        commandLine.setExpandAtFiles(false);
        commandLine.registerConverter(String.class, CommandLines::text);
        commandLine.registerConverter(Path.class, given -> path(text(given)));
        bind(commandLine.getCommandSpec());
        return commandLine;
    }

    /** The numbers that an option takes; empty where it takes no number. */
    static Optional<Bounds> bounds(ArgSpec argument) {
        return argument.userObject() instanceof Field field
                ? Optional.ofNullable(field.getAnnotation(Bounds.class))
                : Optional.empty();
    }

    /** What an option's values are, one by one where it takes several. */
    static Class<?> typeOf(ArgSpec argument) {
        return argument.auxiliaryTypes()[0];
    }

    /** What is wrong with a command line, and what to do about it. */
    static String message(ParameterException e) {
        if (e.getCause() instanceof TypeConversionException cause && e.getArgSpec() != null) {
            return name(e.getArgSpec()) + " " + cause.getMessage() + ".";
        }
        List<String> suggestions =
                e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        return e.getMessage() + "." + (suggestions.isEmpty() ? "" : " Is it " + String.join(" or ", suggestions) + "?");
    }

    /** An option's as it is written, {@code --mtu}. */
    static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    private static String text(String given) {
        if (given.isBlank()) {
            throw new TypeConversionException("is empty: give a value, or leave it out");
        }
        PlainText.fault(given).ifPresent(fault -> {
            throw new TypeConversionException(fault + ": give it without");
        });
        return given;
    }

    /**
     * The path that an option says where it may say something else too.
     *
     * @throws UserException if it is none
     */
    static Path path(String option, String given) {
        try {
            return path(text(given));
        } catch (TypeConversionException e) {
            throw new UserException(option + " " + e.getMessage() + ".", e);
        }
    }

    private static Path path(String given) {
        try {
            Path path = Path.of(given);
            for (Path name : path) {
                if (name.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
                    throw new TypeConversionException(
                            "is not possible: a file's name has " + LONGEST_NAME + " bytes at most");
                }
            }
            return path;
        } catch (InvalidPathException e) {
            throw new TypeConversionException(given + " is no path here (" + e.getReason()
                    + "). If it has letters beyond ASCII, set LC_ALL=C.UTF-8");
        }
    }

    private static void bind(CommandSpec command) {
        for (OptionSpec option : List.copyOf(command.options())) {
            bounds(option).ifPresent(bounds -> {
                // First: picocli resolves the variables in what is a command's, and knows none of ours.
                command.remove(option);
                command.addOption(bound(option, bounds));
            });
        }
        command.subcommands().values().forEach(each -> bind(each.getCommandSpec()));
    }

    private static OptionSpec bound(OptionSpec option, Bounds bounds) {
        String[] description = Arrays.stream(option.description())
                .map(line -> line.replace(BOUNDS, BoundedNumber.text(bounds)))
                .toArray(String[]::new);
        return option.toBuilder()
                .converters(new BoundedNumber(typeOf(option), bounds))
                .description(description)
                .build();
    }
}
