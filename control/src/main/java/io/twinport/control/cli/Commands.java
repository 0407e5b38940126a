package io.twinport.control.cli;

import io.twinport.control.Fault;
import io.twinport.control.Journal;
import io.twinport.control.Log;
import io.twinport.control.Output;
import io.twinport.control.OutputFile;
import io.twinport.control.PlainText;
import io.twinport.control.UserException;
import io.twinport.control.host.probe.ProbeException;
import io.twinport.control.socket.ControlException;
import io.twinport.posix.FileErrors;
import io.twinport.posix.FileType;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What all command lines have in common: how they end, what they refuse, how they write JSON. */
public final class Commands {
    /** Exit code for bad input, or a machine that lacks something. */
    private static final int MEND = 2;

    private static final int FAILED = 1;

    private static final String STDOUT = "-";

    /** Of a flag picocli would take it for a yes. */
    private static final Pattern EMPTY_VALUE = Pattern.compile("--[a-z-]{1,40}=\\s*");

    private static boolean saidOfStdout;

    private Commands() {}

    /**
     * Runs a command line. Whatever it comes to, it is said in a paragraph on stderr.
     *
     * @param root picocli's command; without arguments its help is shown
     * @return the exit code
     */
    public static int execute(Object root, String... arguments) {
        CommandLine commandLine = CommandLines.of(root);
        commandLine.setParameterExceptionHandler((e, ignored) -> refused(e));
        commandLine.setExecutionExceptionHandler((e, command, result) -> failed(e));
        int code;
        try {
            code = execute(commandLine, arguments);
        } catch (RuntimeException | Error e) {
            code = failed(e);
        }
        return withStdout(code);
    }

    private static int execute(CommandLine commandLine, String... arguments) {
        if (arguments.length == 0) {
            commandLine.usage(commandLine.getOut());
            return 0;
        }
        for (int i = 0; i < arguments.length; i++) {
            Optional<String> fault = fault(arguments[i]);
            if (fault.isPresent()) {
                say("argument " + (i + 1) + " " + fault.get() + ".");
                return MEND;
            }
        }
        return commandLine.execute(arguments);
    }

    /** What a command line has come to whose output may not have been written; that has been said on return, once. */
    static synchronized int withStdout(int code) {
        Optional<String> failure = Output.failureOfStdout();
        if (failure.isPresent() && !saidOfStdout) {
            saidOfStdout = true;
            say("stdout cannot be written: " + failure.get() + ".");
        }
        return failure.isPresent() && code == 0 ? FAILED : code;
    }

    private static int refused(ParameterException e) {
        say(CommandLines.message(e) + " '" + e.getCommandLine().getCommandSpec().qualifiedName()
                + " --help' says what there is.");
        return MEND;
    }

    private static int failed(Throwable e) {
        if (e instanceof Exception known && UserException.isToMend(known)) {
            say(String.valueOf(e.getMessage()));
            return MEND;
        }
        switch (e) {
            case ControlException control -> say(String.valueOf(control.getMessage()));
            case ProbeException probe -> say(probe.getMessage() + ".");
            case UncheckedIOException unchecked
            when unchecked.getCause() instanceof IOException io -> say(FileErrors.reason(io));
            case IOException io -> say(FileErrors.reason(io));
            default -> Fault.report(e);
        }
        return FAILED;
    }

    private static void say(String message) {
        System.err.println(Journal.forStderr(Level.ERROR, "twinport: " + message));
    }

    /** What is wrong with an argument, whatever it is for; picocli's messages would show it, or take it for another one. */
    private static Optional<String> fault(String argument) {
        return EMPTY_VALUE.matcher(argument).matches()
                ? Optional.of("(" + argument + ") has nothing behind the '=': write a value there, or leave it out")
                : PlainText.fault(argument).map(fault -> fault + ": give it without");
    }

    /**
     * Refuses an option's value.
     *
     * @param given the option with its value
     * @param wanted what would be possible
     */
    public static void check(boolean good, String given, String wanted) {
        if (!good) {
            throw new UserException(given + " is not possible: give " + wanted + ".");
        }
    }

    /**
     * Refuses a file that cannot be written, before the work whose result it is to hold.
     *
     * @param file the option's value, null if it was not given; {@code -} is stdout
     */
    public static void checkWritable(String option, @Nullable String file) {
        if (file == null || STDOUT.equals(file)) {
            return;
        }
        whyNotWritable(CommandLines.path(option, file).toAbsolutePath()).ifPresent(why -> {
            throw new UserException(option + " " + file + " cannot be written: " + why
                    + ". Name a file in a folder that exists and that you may write to.");
        });
    }

    /** A FIFO or a socket waits for somebody else; one that the process was given open ({@code /dev/fd/63}) has no real path. */
    private static Optional<String> whyNotWritable(Path path) {
        Path folder = path.getParent();
        if (!Files.exists(path)) {
            return folder == null || !Files.isDirectory(folder)
                    ? Optional.of("there is no folder " + folder)
                    : Files.isWritable(folder) ? Optional.empty() : Optional.of("you may not write in its folder");
        }
        try {
            FileType type = FileType.of(path.toRealPath());
            if (type == FileType.FOLDER || type == FileType.FIFO || type == FileType.SOCKET) {
                return Optional.of("it is " + type);
            }
        } catch (IOException e) {
            // It is open already.
        }
        return Files.isWritable(path) ? Optional.empty() : Optional.of("you may not write it");
    }

    /** Warnings on stderr. */
    static Log warnings() {
        return (level, text) -> System.err.println(Journal.forStderr(level, "twinport: warning: " + text));
    }

    /** Whether stdout is a terminal, on which a line may be written over. */
    @SuppressWarnings("SystemConsoleNull") // its documentation still allows null
    static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** Where text goes beside JSON: with {@code --json -} stdout belongs to that. */
    public static PrintStream textStream(@Nullable String jsonTarget) {
        return STDOUT.equals(jsonTarget) ? System.err : System.out;
    }

    /**
     * Writes a result.
     *
     * @param target a file, or {@code -} for stdout
     */
    public static void writeJson(Object result, String target) throws IOException {
        String text = JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(result)
                + System.lineSeparator();
        if (STDOUT.equals(target)) {
            System.out.print(text);
        } else {
            OutputFile.write("--json", Path.of(target), text);
        }
    }
}
