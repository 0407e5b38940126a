package io.twinport.control.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What {@code doctor} prints, in which each machine has other findings. */
record Findings(List<Finding> all) {
    private static final Pattern ROW = Pattern.compile("(ok|note|warning|problem) +(\\S.{0,15}\\S) {2,}(\\S.*)");
    private static final String INDENT = " ".repeat(27);

    /**
     * A finding.
     *
     * @param lines the first has all of its columns, the others say what to do
     */
    private record Finding(String level, String subject, List<String> lines) {
        boolean isLike(Finding other) {
            return level.equals(other.level) && subject.equals(other.subject);
        }
    }

    static Findings of(String output) {
        List<Finding> findings = new ArrayList<>();
        for (String line : output.lines().toList()) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                findings.add(new Finding(row.group(1), row.group(2), new ArrayList<>(List.of(line))));
            } else if (line.startsWith(INDENT)) {
                findings.getLast().lines().add(line);
            }
        }
        return new Findings(findings);
    }

    Findings only(List<String> subjects) {
        return new Findings(all.stream()
                .filter(finding -> subjects.contains(finding.subject()))
                .toList());
    }

    String text() {
        return all.stream().map(finding -> String.join("\n", finding.lines())).collect(Collectors.joining("\n"));
    }

    /** What is shown and not here: subjects, and texts of those that have the same level and not the same shape. */
    List<String> lacks(Findings shown) {
        List<String> lacking = new ArrayList<>();
        for (Finding each : shown.all) {
            List<Finding> ofSubject = all.stream()
                    .filter(own -> own.subject().equals(each.subject()))
                    .toList();
            List<String> alike = ofSubject.stream()
                    .filter(each::isLike)
                    .map(own -> Shape.of(String.join("\n", own.lines())).toString())
                    .toList();
            if (ofSubject.isEmpty()
                    || !alike.isEmpty()
                            && !alike.contains(
                                    Shape.of(String.join("\n", each.lines())).toString())) {
                lacking.add(each.lines().getFirst());
            }
        }
        return lacking;
    }
}
