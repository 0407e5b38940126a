package io.twinport.control.host.xml;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A change of a document's text, which leaves all else of it as it is: white space, comments, the order of attributes.
 *
 * @param from the offset of what is replaced
 * @param to the offset behind it
 * @param text what is put in its place
 */
public record XmlEdit(XmlDocument document, int from, int to, String text) {
    /** An attribute as it stands in a tag. */
    private static final Pattern ATTRIBUTE =
            Pattern.compile("\\s++([^\\s=\"'<>/]++)\\s*+=\\s*+(?:\"([^\"]*+)\"|'([^']*+)')");

    private static final int NAME = 1;
    private static final int QUOTED = 2;
    private static final int SINGLE_QUOTED = 3;

    /** Gives an attribute a value, whether or not it has one. */
    public static XmlEdit set(XmlElement element, String attribute, String value) {
        String written = escape(value);
        Optional<Matcher> found = find(element, attribute);
        if (found.isPresent()) {
            int group = found.get().group(QUOTED) != null ? QUOTED : SINGLE_QUOTED;
            return edit(
                    element,
                    element.from() + found.get().start(group),
                    element.from() + found.get().end(group),
                    written);
        }
        int at = nameEnd(element);
        return edit(element, at, at, " " + attribute + "='" + written + "'");
    }

    /** Takes an attribute away; empty where there is none. */
    public static Optional<XmlEdit> unset(XmlElement element, String attribute) {
        return find(element, attribute)
                .map(found -> edit(element, element.from() + found.start(), element.from() + found.end(), ""));
    }

    /** Puts an element in, on a line of its own at the beginning of another. */
    public static XmlEdit insert(XmlElement parent, String element) {
        String line = "\n" + indent(parent) + "  " + element;
        if (!parent.isWhole()) {
            return edit(parent, parent.tagEnd(), parent.tagEnd(), line);
        }
        int slash = parent.document().text().lastIndexOf('/', parent.tagEnd());
        return edit(
                parent, slash, parent.tagEnd(), ">" + line + "\n" + indent(parent) + "</" + writtenName(parent) + ">");
    }

    /** Takes an element away, and the line that it alone stands on. */
    public static XmlEdit remove(XmlElement element) {
        String text = element.document().text();
        int from = element.from();
        while (from > 0 && (text.charAt(from - 1) == ' ' || text.charAt(from - 1) == '\t')) {
            from--;
        }
        boolean isAlone = from > 0
                && text.charAt(from - 1) == '\n'
                && (element.to() == text.length() || text.charAt(element.to()) == '\n');
        return edit(element, isAlone ? from - 1 : element.from(), element.to(), "");
    }

    /** Its document with the changes in it; of two that touch each other the first one. They are all of one document. */
    public static String apply(XmlDocument document, List<XmlEdit> edits) {
        StringBuilder mended = new StringBuilder(document.text());
        int begin = Integer.MAX_VALUE;
        List<XmlEdit> backwards = edits.stream()
                .distinct()
                .sorted(Comparator.comparingInt(XmlEdit::from).reversed())
                .toList();
        for (XmlEdit edit : backwards) {
            if (edit.to <= begin) {
                mended.replace(edit.from, edit.to, edit.text);
                begin = edit.from;
            }
        }
        return mended.toString();
    }

    private static XmlEdit edit(XmlElement element, int from, int to, String text) {
        return new XmlEdit(element.document(), from, to, text);
    }

    private static Optional<Matcher> find(XmlElement element, String attribute) {
        String tag = element.document().text().substring(element.from(), element.tagEnd());
        // One after the other: what looks like an attribute may stand in the value of another.
        Matcher each = ATTRIBUTE.matcher(tag).region(nameEnd(element) - element.from(), tag.length());
        while (each.lookingAt()) {
            if (each.group(NAME).equals(attribute)) {
                return Optional.of(each);
            }
            each.region(each.end(), tag.length());
        }
        return Optional.empty();
    }

    private static int nameEnd(XmlElement element) {
        return element.from() + 1 + writtenName(element).length();
    }

    /** With its prefix. */
    private static String writtenName(XmlElement element) {
        String text = element.document().text();
        int end = element.from() + 1;
        while (" \t\r\n/>".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return text.substring(element.from() + 1, end);
    }

    private static String indent(XmlElement element) {
        String text = element.document().text();
        int from = element.from();
        while (from > 0 && (text.charAt(from - 1) == ' ' || text.charAt(from - 1) == '\t')) {
            from--;
        }
        return from == 0 || text.charAt(from - 1) == '\n' ? text.substring(from, element.from()) : "";
    }

    /** A value between quotes of either kind. */
    public static String escape(String value) {
        return value.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace("\"", "&quot;")
                .replace("'", "&apos;");
    }
}
