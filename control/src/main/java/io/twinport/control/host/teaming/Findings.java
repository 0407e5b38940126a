package io.twinport.control.host.teaming;

import io.twinport.control.host.xml.XmlEdit;
import io.twinport.control.host.xml.XmlElement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what rules find. Of a document that breaks one rule a thousand times the first hundreds are enough. */
final class Findings {
    private static final int MOST = 500;

    private final List<Finding> all = new ArrayList<>();

    /** Something that is wrong at a place; a rule fills in the rest. */
    record Draft(
            Findings findings,
            Level level,
            List<Rule> rules,
            @Nullable XmlElement element,
            String text) {
        /** What will happen, and how it would be right. */
        void add(String effect, String mend, XmlEdit... edits) {
            findings.add(new Finding(
                    level, rules, element == null ? null : element.place(), text, effect, mend, List.of(edits)));
        }
    }

    Draft error(XmlElement element, String text, Rule... rules) {
        return new Draft(this, Level.ERROR, List.of(rules), element, text);
    }

    Draft warning(XmlElement element, String text, Rule... rules) {
        return new Draft(this, Level.WARNING, List.of(rules), element, text);
    }

    Draft note(XmlElement element, String text, Rule... rules) {
        return new Draft(this, Level.NOTE, List.of(rules), element, text);
    }

    /** Of the host, which no document shows. */
    Draft ofHost(Level level, String text, Rule... rules) {
        return new Draft(this, level, List.of(rules), null, text);
    }

    void add(Finding finding) {
        if (all.size() < MOST && !all.contains(finding)) {
            all.add(finding);
        }
    }

    List<Finding> all() {
        return List.copyOf(all);
    }
}
