package io.twinport.control.cli;

import io.twinport.control.PlainText;
import io.twinport.control.UserException;
import io.twinport.control.plan.Claims;
import io.twinport.control.plan.ConfigFile;
import io.twinport.control.plan.MbufNeeds;
import io.twinport.control.plan.Place;
import io.twinport.control.plan.PortPlan;
import io.twinport.control.plan.Section;
import io.twinport.control.plan.Setting;
import io.twinport.control.plan.SideDriver;
import io.twinport.dpdk.EalArguments;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * A configuration file, understood: its keys are the names of {@code run}'s options, which check the values.
 *
 * @param options of the process
 * @param eal arguments for EAL
 * @param arguments of the ports by their names, in the order of {@code ports}
 */
public record Configuration(
        ProcessOptions options, List<String> eal, Map<String, PortArguments> arguments, List<PortPlan> ports) {
    /** Key for what stands after {@code --} on the command line. */
    static final String EAL = "eal";

    private static final Pattern OPTION = Pattern.compile("--([a-z-]+)");

    /**
     * What a command line says of its only port.
     *
     * @throws UserException that names the option that is wrong
     */
    static Configuration of(ProcessOptions options, List<String> eal, String name, PortArguments port) {
        return new Configuration(options, eal, Map.of(name, port), List.of(port.plan(name))).checked();
    }

    /**
     * With what a command line says beside the file.
     *
     * @param isGiven whether an option was given there
     * @param otherEal in place of the file's, unless it is empty
     * @throws UserException that names the option that is wrong
     */
    Configuration overriddenBy(ProcessOptions given, Predicate<String> isGiven, List<String> otherEal) {
        options.overrideBy(given, isGiven);
        return new Configuration(options, otherEal.isEmpty() ? eal : otherEal, arguments, ports).checked();
    }

    private Configuration checked() {
        options.check();
        Claims claims = ownClaims();
        PortPlan.withVdevs(ports, eal).forEach(port -> check(port, claims));
        EalArguments ignored = ealArguments();
        return this;
    }

    /** What the process has before its ports come. */
    private Claims ownClaims() {
        Claims claims = new Claims();
        options.controlSocket(options.engine.cncFile(EngineOptions.DEFAULT_NAME))
                .ifPresent(claims::addControlSocket);
        return claims;
    }

    /** What can be told of a port beside the others, without a look at this machine's devices. */
    private void check(PortPlan port, Claims claims) {
        claims.add(port);
        port.checkFrames(MbufNeeds.of(ports).room());
    }

    /**
     * EAL's arguments, without memory.
     *
     * @throws UserException if EAL, or twinport, cannot do with the user's own
     */
    EalArguments ealArguments() {
        // EAL probes what it is allowed at its start, and would have a device of our driver's before we do.
        List<String> pci = ports.stream()
                .flatMap(port -> port.sides().stream())
                .filter(side -> side.isPci() && side.driver() != SideDriver.TWINPORT)
                .map(side -> side.isSearch() || !side.isOfDpdk() ? EalArguments.NO_DEVICE : side.devargs())
                .distinct()
                .toList();
        return EngineOptions.eal(pci, PortPlan.withoutSides(eal, ports));
    }

    /**
     * With devices of this machine, and of EAL's arguments, for sides that were not named.
     *
     * @throws UserException if it cannot be told which
     */
    Configuration paired() {
        return new Configuration(options, eal, arguments, PortPlan.paired(ports, eal));
    }

    /** @throws UserException that begins with file, line and column */
    static Configuration read(Path file) {
        ConfigFile config = ConfigFile.read(file);
        List<Setting> settings = new ArrayList<>(config.process().settings());
        settings.forEach(Configuration::checkText);
        List<Setting> ofEal =
                settings.stream().filter(each -> each.key().equals(EAL)).toList();
        settings.removeAll(ofEal);
        Section process = new Section("", settings, config.process().place());
        Section ealSection = new Section(
                "",
                List.of(),
                ofEal.isEmpty() ? process.place() : ofEal.getFirst().place());
        List<String> eal = ofEal.stream()
                .flatMap(setting -> setting.values().stream())
                .flatMap(value -> Arrays.stream(value.strip().split("\\s+")))
                .toList();
        ProcessOptions options = fill(new ProcessOptions(), process);
        placed(process, options::check);
        Map<String, PortArguments> all = new LinkedHashMap<>();
        List<PortPlan> ports = new ArrayList<>();
        for (Section section : config.ports()) {
            section.settings().forEach(Configuration::checkText);
            PortArguments arguments = fill(new PortArguments(), section);
            all.put(section.name(), arguments);
            placed(section, () -> ports.add(arguments.plan(section.name())));
        }
        Configuration read = new Configuration(options, eal, all, ports);
        List<PortPlan> known = new ArrayList<>();
        placed(ealSection, () -> known.addAll(PortPlan.withVdevs(ports, eal)));
        Claims claims = read.ownClaims();
        for (int i = 0; i < known.size(); i++) {
            PortPlan port = known.get(i);
            placed(config.ports().get(i), () -> read.check(port, claims));
        }
        placed(ealSection, read::ealArguments);
        return read;
    }

    private static void checkText(Setting setting) {
        for (String value : setting.values()) {
            // EAL's arguments are taken apart where there is white space.
            Optional<String> fault = setting.key().equals(EAL)
                    ? Arrays.stream(value.strip().split("\\s+"))
                            .flatMap(word -> PlainText.fault(word).stream())
                            .findFirst()
                    : PlainText.fault(value);
            fault.ifPresent(what -> {
                throw setting.place().wrong("'" + setting.key() + "' " + what + ": write it without.");
            });
        }
    }

    /** All that holds, what was not given too, in the form of the file. */
    public Map<String, Object> view() {
        Map<String, Object> view = values(options);
        view.put(EAL, eal);
        Map<String, Object> all = new LinkedHashMap<>();
        arguments.forEach((name, port) -> all.put(name, values(port)));
        view.put(ConfigFile.PORTS, all);
        return view;
    }

    /** Options that have a value, by their keys. */
    public static Map<String, Object> values(Object options) {
        Map<String, Object> values = new TreeMap<>();
        for (OptionSpec option : CommandLines.of(options).getCommandSpec().options()) {
            Object value = option.getValue();
            boolean isEmpty = value == null || value.getClass().isArray() && Array.getLength(value) == 0;
            if (!isEmpty) {
                values.put(key(option.longestName()), value instanceof Path path ? path.toString() : value);
            }
        }
        return values;
    }

    /** A port by what {@link #values} has said of it, or of several. */
    public static PortArguments port(Map<String, Object> values) {
        PortArguments port = new PortArguments();
        List<String> words = new ArrayList<>();
        values.forEach((key, value) -> words.add("--" + key + "=" + text(value)));
        CommandLines.of(port).parseArgs(words.toArray(String[]::new));
        return port;
    }

    /** A value as it is written after its option. */
    public static String text(@Nullable Object value) {
        if (value == null || !value.getClass().isArray()) {
            return value == null ? "none" : value.toString();
        }
        return IntStream.range(0, Array.getLength(value))
                .mapToObj(i -> String.valueOf(Array.get(value, i)))
                .collect(Collectors.joining(","));
    }

    private static <T> T fill(T options, Section section) {
        CommandLine commandLine = CommandLines.of(options);
        List<String> words = new ArrayList<>();
        for (Setting setting : section.settings()) {
            OptionSpec option = commandLine.getCommandSpec().findOption("--" + setting.key());
            if (option == null) {
                throw unknown(setting, section, commandLine);
            }
            words.add(word(setting, option));
        }
        try {
            commandLine.parseArgs(words.toArray(String[]::new));
            return options;
        } catch (ParameterException e) {
            String message = CommandLines.message(e);
            throw place(section, message).wrong(message);
        }
    }

    private static String word(Setting setting, OptionSpec option) {
        String name = "--" + setting.key();
        if (setting.isList() && option.splitRegex().isEmpty()) {
            throw setting.place().wrong("'" + setting.key() + "' has one value, and not a list.");
        }
        String value = String.join(",", setting.values());
        boolean isFlag = option.type() == boolean.class;
        if (isFlag && !value.equals("true") && !value.equals("false")) {
            throw setting.place().wrong("'" + setting.key() + "' is true or false, and not '" + value + "'.");
        }
        return name + "=" + value;
    }

    private static UserException unknown(Setting setting, Section section, CommandLine commandLine) {
        List<String> known = new ArrayList<>(keys(commandLine));
        if (section.name().isEmpty()) {
            known.addAll(List.of(EAL, ConfigFile.PORTS));
        }
        List<String> likely = likely(setting.key(), commandLine);
        return setting.place()
                .wrong("there is no key '" + setting.key() + "' here. "
                        + (likely.isEmpty()
                                ? "There are: " + String.join(", ", known) + "."
                                : "Is it " + String.join(" or ", likely) + "?"));
    }

    /** Picocli knows what a mistyped option was meant to be. */
    private static List<String> likely(String key, CommandLine commandLine) {
        try {
            commandLine.parseArgs("--" + key);
        } catch (UnmatchedArgumentException e) {
            return e.getSuggestions().stream()
                    .filter(option -> option.startsWith("--"))
                    .map(Configuration::key)
                    .limit(2)
                    .toList();
        } catch (ParameterException e) {
            // It has the beginning of an option, and more than that.
        }
        return List.of();
    }

    /** The keys that options make. */
    static List<String> keys(CommandLine commandLine) {
        return commandLine.getCommandSpec().options().stream()
                .map(option -> key(option.longestName()))
                .sorted()
                .toList();
    }

    private static String key(String option) {
        return option.substring(2);
    }

    /** What an option's check has to say is said of the place where its key is. */
    private static void placed(Section section, Runnable check) {
        try {
            check.run();
        } catch (UserException e) {
            throw place(section, String.valueOf(e.getMessage())).wrong(String.valueOf(e.getMessage()));
        }
    }

    private static Place place(Section section, String message) {
        Matcher option = OPTION.matcher(message);
        while (option.find()) {
            String key = option.group(1);
            Optional<Setting> setting = section.settings().stream()
                    .filter(each -> each.key().equals(key))
                    .findFirst();
            if (setting.isPresent()) {
                return setting.get().place();
            }
        }
        return section.place();
    }
}
