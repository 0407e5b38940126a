package io.twinport.perf;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The packages of the project: what each says of itself in its {@code package-info.java}, and what it does. */
final class Rooms {
    private static final Pattern THREAD = Pattern.compile("Thread: ([a-z ]+)\\. Uses: ([^.]*(?:\\.[a-z][^.]*)*)\\.");
    private static final Pattern NAME = Pattern.compile("\\{@code ([\\w.]+)}");
    private static final String PROJECT = "io.twinport.";

    /** By package: those that it uses. */
    private final Map<String, Set<String>> uses = new TreeMap<>();

    private final Map<String, String> texts = new TreeMap<>();

    Rooms(List<SourceFile> files) {
        for (SourceFile file : files) {
            uses.computeIfAbsent(file.packageName(), name -> new TreeSet<>()).addAll(file.uses());
            if (file.name().equals("package-info.java")) {
                texts.put(file.packageName(), file.text().replaceAll("\\s*\\n \\* *", " "));
            }
        }
    }

    Set<String> packages() {
        return uses.keySet();
    }

    /** The thread that runs a package, by its own words: {@code poll}, {@code control}, ...; empty where it does not say. */
    Optional<String> thread(String name) {
        return said(name).map(found -> found.group(1));
    }

    /** The packages of its module that a package says it uses, by their full names. */
    Set<String> usesBySaying(String name) {
        return said(name)
                .map(found -> NAME.matcher(found.group(2))
                        .results()
                        .map(used -> fullName(module(name), used.group(1)))
                        .collect(Collectors.toCollection(TreeSet::new)))
                .orElseGet(TreeSet::new);
    }

    /** The packages that a package uses. */
    Set<String> usesOfAllModules(String name) {
        return uses.getOrDefault(name, Set.of());
    }

    /** Those of its own module. */
    Set<String> uses(String name) {
        return usesOfAllModules(name).stream()
                .filter(used -> module(used).equals(module(name)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** A way from a package back to itself, for each that has one. */
    List<String> cycles() {
        return uses.keySet().stream()
                .flatMap(name -> way(name, name, new TreeSet<>()).stream())
                .toList();
    }

    private Optional<String> way(String from, String to, Set<String> seen) {
        for (String next : uses.getOrDefault(from, Set.of())) {
            if (next.equals(to)) {
                return Optional.of(from + " > " + to);
            }
            if (seen.add(next)) {
                Optional<String> rest = way(next, to, seen);
                if (rest.isPresent()) {
                    return Optional.of(from + " > " + rest.get());
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Matcher> said(String name) {
        Matcher matcher = THREAD.matcher(texts.getOrDefault(name, ""));
        return matcher.find() ? Optional.of(matcher) : Optional.empty();
    }

    /** The bindings are two packages of one module. */
    static String module(String name) {
        String first = name.substring(PROJECT.length()).replaceFirst("\\..*", "");
        return first.equals("posix") ? "dpdk" : first;
    }

    private static String fullName(String module, String name) {
        boolean isRoot = name.equals(module) || module.equals("dpdk");
        return PROJECT + (isRoot ? name : module + "." + name);
    }
}
