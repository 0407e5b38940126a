package io.twinport.control.cli;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Tables of a README, made of the options themselves as help and manual pages are. */
final class ReadmeTables {
    private ReadmeTables() {}

    /** @param command as it is typed, {@code config check} */
    static String options(String command) {
        CommandSpec spec = find(CommandLines.of(new Twinport()), command);
        // The checks of numbers are put in anew, behind the others; as they are declared they stand together.
        List<OptionSpec> declared =
                find(new CommandLine(new Twinport()), command).options();
        return table(
                "option",
                declared.stream()
                        .filter(option -> !option.usageHelp() && !option.versionHelp() && !option.hidden())
                        .map(option -> spec.findOption(option.longestName()))
                        .map(option -> row(names(option) + value(option), description(option))));
    }

    /** @param commands separated by commas; a command that has others stands for each of these */
    static String commands(String commands) {
        CommandLine root = CommandLines.of(new Twinport());
        return table(
                "command",
                Arrays.stream(commands.split(", ", -1))
                        .flatMap(name -> leaves(find(root, name)))
                        .map(spec -> row(synopsis(spec), summary(spec))));
    }

    private static Stream<CommandSpec> leaves(CommandSpec command) {
        return command.subcommands().isEmpty()
                ? Stream.of(command)
                : command.subcommands().values().stream().flatMap(each -> leaves(each.getCommandSpec()));
    }

    private static CommandSpec find(CommandLine root, String command) {
        CommandLine found = root;
        for (String word : command.split(" ", -1)) {
            CommandLine next = found.getSubcommands().get(word);
            if (next == null) {
                throw new IllegalArgumentException("a README names the command '" + command + "', which there is not");
            }
            found = next;
        }
        return found.getCommandSpec();
    }

    private static String synopsis(CommandSpec command) {
        String name = command.qualifiedName(" ").replaceFirst("^twinport ", "");
        return command.positionalParameters().stream()
                .map(parameter -> " "
                        + (parameter.arity().min() == 0 ? "[" + parameter.paramLabel() + "]" : parameter.paramLabel()))
                .collect(Collectors.joining("", name, ""));
    }

    /** Up to the first empty line: examples follow. */
    @SuppressWarnings("AnnotateFormatMethod")
    private static String summary(CommandSpec command) {
        return Arrays.stream(command.usageMessage().description())
                .takeWhile(line -> !line.isEmpty())
                .map(line -> String.format(line))
                .collect(Collectors.joining(" "));
    }

    private static String names(OptionSpec option) {
        return String.join(", ", option.names());
    }

    private static String value(OptionSpec option) {
        return option.arity().max() == 0
                ? ""
                : option.arity().min() == 0 ? " [" + option.paramLabel() + "]" : " " + option.paramLabel();
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static String description(ArgSpec argument) {
        return Arrays.stream(argument.description())
                .map(line -> String.format(line))
                .collect(Collectors.joining(" "));
    }

    private static String table(String title, Stream<String> rows) {
        return rows.collect(Collectors.joining("", "| " + title + " | |\n|---|---|\n", ""));
    }

    private static String row(String code, String text) {
        return "| `" + escape(code) + "` | " + escape(text) + " |\n";
    }

    private static String escape(String cell) {
        return cell.replace("|", "\\|");
    }
}
