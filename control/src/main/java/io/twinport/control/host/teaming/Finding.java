package io.twinport.control.host.teaming;

import io.twinport.control.host.xml.XmlEdit;
import io.twinport.control.host.xml.XmlPlace;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Something that breaks a rule.
 *
 * @param rules those that it breaks; none where libvirt's schema is broken
 * @param place in a document; null for what is the host's
 * @param text what is wrong
 * @param effect what will happen
 * @param mend how it would be right: XML or commands; empty where that cannot be told
 * @param edits what makes it so in the document; none where it takes a decision
 */
public record Finding(
        Level level,
        List<Rule> rules,
        @Nullable XmlPlace place,
        String text,
        String effect,
        String mend,
        List<XmlEdit> edits) {
    /** For instance {@code E1/L1}. */
    public String code() {
        return rules.isEmpty() ? "schema" : rules.stream().map(Rule::name).collect(Collectors.joining("/"));
    }

    /** {@code vm01.xml:12:5}, or the host. */
    public String where() {
        return place == null ? "host" : place.toString();
    }
}
