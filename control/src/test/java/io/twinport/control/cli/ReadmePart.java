package io.twinport.control.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a README that a test makes: between {@code <!-- made: KIND NAME -->} and {@code <!-- end -->}.
 *
 * @param kind {@code options} and {@code commands} are tables; {@code sample} is the output of a command; {@code labels} is an output
 *     that is not made here, of which the words are looked up in the source that prints them
 * @param name of the command or commands, of the sample, or of the source
 * @param text what stands there
 */
record ReadmePart(Path file, String kind, String name, String text) {
    /** With this property the tests write the parts that they else compare. */
    static final boolean WRITE = Boolean.getBoolean("readme.write");

    static final Path ROOT = Path.of("..");
    private static final List<String> FILES = List.of(
            "README.md",
            "control/README.md",
            "dataplane/README.md",
            "native-bindings/README.md",
            "perf/README.md",
            "hw-tests/README.md");
    private static final Pattern PART =
            Pattern.compile("<!-- made: (\\w+) ([^>]+?) -->\n(.*?)<!-- end -->\n", Pattern.DOTALL);

    /** All parts of that kind, in all READMEs. */
    static List<ReadmePart> all(String kind) throws IOException {
        List<ReadmePart> parts = new ArrayList<>();
        for (Path file : files()) {
            Matcher part = PART.matcher(Files.readString(file));
            while (part.find()) {
                if (part.group(1).equals(kind)) {
                    parts.add(new ReadmePart(file, kind, part.group(2), part.group(3)));
                }
            }
        }
        return parts;
    }

    static List<Path> files() {
        return FILES.stream().map(ROOT::resolve).toList();
    }

    /** A README without the parts that are made. */
    static String written(Path file) throws IOException {
        return PART.matcher(Files.readString(file)).replaceAll("");
    }

    /** What a test says of a part that is not as it is made. */
    String outdated() {
        return file.normalize() + ": the part '" + kind + " " + name + "' is not as it is made. Make it anew:"
                + " ./twinport test -pl control -am -Dtest='Readme*Test' -Dreadme.write=true";
    }

    /** The same part with another text. */
    ReadmePart with(String made) {
        return new ReadmePart(file, kind, name, made);
    }

    /** Puts the text into the file. */
    void write() throws IOException {
        String whole = PART.matcher(Files.readString(file))
                .replaceAll(found -> Matcher.quoteReplacement(isThis(found) ? marked() : found.group()));
        Files.writeString(file, whole);
    }

    private boolean isThis(MatchResult found) {
        return found.group(1).equals(kind) && found.group(2).equals(name);
    }

    private String marked() {
        return "<!-- made: " + kind + " " + name + " -->\n" + text + "<!-- end -->\n";
    }

    @Override
    public String toString() {
        return kind + " " + name;
    }
}
