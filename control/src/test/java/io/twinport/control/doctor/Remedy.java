package io.twinport.control.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Does in a {@link ServiceBox} what a finding says, by the letter. */
final class Remedy {
    private static final Pattern FILE = Pattern.compile("(?:at the beginning of )?(/\\S+):");
    private static final Pattern STANZA = Pattern.compile("in (/\\S+):(\\d+): (.*) \\(for: .*");
    private static final String THEN = "then: ";

    /** Puts a line in the place of one, and leaves out those after it that are indented. */
    private static final String REPLACE = "mapfile -t lines <\"$1\"; last=; for i in \"${!lines[@]}\"; do"
            + " if ((i + 1 == $2)); then echo \"$3\"; last=y;"
            + " elif [[ $last && ${lines[i]} == [[:space:]]* ]]; then :;"
            + " else last=; echo \"${lines[i]}\"; fi; done >\"$1\"";

    /** Lines for a file that is there already go before what it has. */
    private static final String PREPEND = "mkdir -p \"${1%/*}\"; lines=(); [[ ! -e $1 ]] || mapfile -t lines <\"$1\";"
            + " printf '%s\\n' \"$2\" \"${lines[@]}\" >\"$1\"";

    private final ServiceBox box;
    private final List<String> then = new ArrayList<>();
    private final StringBuilder content = new StringBuilder();
    private String file = "";

    private Remedy(ServiceBox box) {
        this.box = box;
    }

    /** @return the commands that are to follow */
    static List<String> apply(ServiceBox box, String fix) {
        Remedy remedy = new Remedy(box);
        fix.lines().forEach(remedy::take);
        remedy.write();
        return remedy.then;
    }

    private void take(String line) {
        Matcher begin = FILE.matcher(line);
        Matcher stanza = STANZA.matcher(line);
        if (begin.matches()) {
            write();
            file = begin.group(1);
        } else if (stanza.matches()) {
            bash(REPLACE, stanza.group(1), stanza.group(2), stanza.group(3));
        } else if (line.startsWith("rm ")) {
            box.run(line.split(" "));
        } else if (line.startsWith(THEN)) {
            write();
            then.add(line.substring(THEN.length()));
        } else if (!file.isEmpty()) {
            content.append(line).append('\n');
        }
    }

    private void write() {
        if (!file.isEmpty()) {
            bash(PREPEND, file, content.toString().strip());
            content.setLength(0);
            file = "";
        }
    }

    private void bash(String script, String... arguments) {
        String[] command = new String[4 + arguments.length];
        command[0] = "bash";
        command[1] = "-c";
        command[2] = script;
        command[3] = "bash";
        System.arraycopy(arguments, 0, command, 4, arguments.length);
        box.run(command);
    }
}
