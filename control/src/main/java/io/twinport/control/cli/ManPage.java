package io.twinport.control.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A manual page (man(7)) of a command, made of what its {@code --help} is made of. */
final class ManPage {
    private static final String SECTION = ".1";

    /** Of a synopsis, which is indented on a terminal of 80 columns. */
    private static final int WIDTH = 72;

    private final StringBuilder roff = new StringBuilder();

    private ManPage() {}

    /** Pages of a command and all below it, by their file names. */
    static Map<String, String> ofAll(CommandSpec command) {
        Map<String, String> pages = new TreeMap<>();
        pages.put(command.qualifiedName("-") + SECTION, new ManPage().of(command));
        command.subcommands().values().forEach(each -> pages.putAll(ofAll(each.getCommandSpec())));
        return pages;
    }

    private String of(CommandSpec command) {
        String name = command.qualifiedName("-");
        List<String> description = List.of(command.usageMessage().description());
        line(".TH " + escape(name.toUpperCase(Locale.ROOT)) + " 1 \"\" twinport \"twinport manual\"");
        // Neither justified nor hyphenated: what may be copied from a page is to look as it is typed.
        line(".ad l\n.nh");
        line(".SH NAME");
        line(escape(name) + " \\- " + summary(command).replaceFirst("\\.( .*)?$", ""));
        line(".SH SYNOPSIS");
        command.usageMessage().width(WIDTH);
        Help help = new Help(command, Help.defaultColorScheme(Ansi.OFF));
        preformatted(help.synopsis(0).lines().toList());
        line(".SH DESCRIPTION");
        paragraphs(description);
        section("ARGUMENTS", command.positionalParameters(), arg -> italic(arg.paramLabel()));
        section("OPTIONS", command.options(), ManPage::nameOf);
        if (!command.subcommands().isEmpty()) {
            line(".SH COMMANDS");
            command.subcommands().forEach((sub, commandLine) -> {
                line(".TP\n" + bold(sub));
                line(summary(commandLine.getCommandSpec()));
            });
        }
        if (command.usageMessage().footer().length > 0) {
            line(".SH NOTES");
            paragraphs(List.of(command.usageMessage().footer()));
        }
        return roff.toString();
    }

    /** picocli's own command has it in its header. */
    private static String summary(CommandSpec command) {
        String[] header = command.usageMessage().header();
        return text(header.length > 0 ? header[0] : command.usageMessage().description()[0]);
    }

    private <A extends ArgSpec> void section(String title, List<A> arguments, Function<A, String> name) {
        List<A> shown =
                arguments.stream().filter(argument -> !argument.hidden()).toList();
        if (!shown.isEmpty()) {
            line(".SH " + title);
        }
        for (A argument : shown) {
            line(".TP\n" + name.apply(argument));
            Arrays.stream(argument.description()).map(ManPage::text).forEach(this::line);
        }
    }

    private static String nameOf(OptionSpec option) {
        String names = String.join(
                ", ", Arrays.stream(option.names()).map(ManPage::bold).toList());
        if (option.arity().max() == 0) {
            return names;
        }
        String value = "=" + italic(option.paramLabel());
        return names + (option.arity().min() == 0 ? "[" + value + "]" : value);
    }

    /** Indented lines are examples and stay as they are; an empty one ends a paragraph. */
    private void paragraphs(List<String> lines) {
        for (String each : lines) {
            if (each.startsWith("  ")) {
                preformatted(List.of(String.format(each)));
            } else {
                line(each.isEmpty() ? ".PP" : text(each));
            }
        }
    }

    private void preformatted(List<String> lines) {
        line(".nf");
        lines.stream().map(ManPage::escape).forEach(this::line);
        line(".fi");
    }

    /** A description is a format, as picocli has it. */
    @SuppressWarnings("AnnotateFormatMethod")
    private static String text(String format) {
        return escape(String.format(format));
    }

    private static String bold(String text) {
        return "\\fB" + escape(text) + "\\fR";
    }

    private static String italic(String text) {
        return "\\fI" + escape(text) + "\\fR";
    }

    /** A hyphen is to be one, to be searched for and copied; a line that begins with a dot or an apostrophe is no request. */
    private static String escape(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    private void line(String line) {
        roff.append(line).append('\n');
    }
}
