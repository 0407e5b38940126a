package io.twinport.control.host.xml;

import io.twinport.control.UserException;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Where the tags of a text stand. A parser says where it has got to, and not where an element begins; and it has to be known
 * before the parser looks that there is no document type, and that neither tags nor depth are without bound. Whether it is XML
 * the parser says.
 *
 * <p>Of each tag there are two numbers, the offset of its {@code <} and that behind its {@code >}.
 */
final class XmlTags {
    /** Elements of a document: a guest with a thousand devices has some ten thousand. */
    private static final int MOST = 50_000;

    /** Of elements in each other; libvirt's documents have some ten. */
    private static final int DEEPEST = 64;

    private final String text;
    private final IntFunction<XmlPlace> places;

    private int[] offsets = new int[256];
    private int count;
    private int elements;

    /** @param places where an offset is, for messages */
    XmlTags(String text, IntFunction<XmlPlace> places) {
        this.text = text;
        this.places = places;
    }

    /** @throws UserException if there is a document type, or too much */
    XmlTags scan() {
        int depth = 0;
        for (int at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
            int end = text.startsWith("<!", at) || text.startsWith("<?", at) ? beside(at) : add(at);
            if (end < 0) {
                break; // it is not closed, and no XML
            }
            if (isTag(at)) {
                depth += isEnd(at) ? -1 : isEmpty(end) ? 0 : 1;
                if (depth > DEEPEST) {
                    throw places.apply(at)
                            .wrong("more than " + DEEPEST
                                    + " elements in each other: no document of libvirt has so many.");
                }
            }
            at = end;
        }
        return this;
    }

    /** The end of a comment, a CDATA section or a processing instruction. */
    private int beside(int at) {
        if (text.startsWith("<!--", at)) {
            return behind("-->", at + 4);
        }
        if (text.startsWith("<![CDATA[", at)) {
            return behind("]]>", at + 9);
        }
        if (text.startsWith("<?", at)) {
            return behind("?>", at + 2);
        }
        throw places.apply(at)
                .wrong("a document type or a declaration (<!...>): libvirt's documents have none, and twinport reads no"
                        + " entity. Leave it out.");
    }

    private int behind(String mark, int from) {
        int found = text.indexOf(mark, from);
        return found < 0 ? -1 : found + mark.length();
    }

    private int add(int at) {
        int end = endOf(at);
        if (end >= 0) {
            if (!isEnd(at) && ++elements > MOST) {
                throw places.apply(at).wrong("more than " + MOST + " elements: no document of libvirt has so many.");
            }
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, 2 * count);
            }
            offsets[count++] = at;
            offsets[count++] = end;
        }
        return end;
    }

    /** Behind the {@code >}, which may also stand in a value. */
    private int endOf(int at) {
        char quote = 0;
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '>') {
                return i + 1;
            }
        }
        return -1;
    }

    private boolean isTag(int at) {
        return !text.startsWith("<!", at) && !text.startsWith("<?", at);
    }

    private boolean isEnd(int at) {
        return text.startsWith("</", at);
    }

    private boolean isEmpty(int end) {
        return text.charAt(end - 2) == '/';
    }

    int count() {
        return count / 2;
    }

    int from(int tag) {
        return offsets[2 * tag];
    }

    int to(int tag) {
        return offsets[2 * tag + 1];
    }

    /** Whether a tag is an element by itself. */
    boolean isWhole(int tag) {
        return !isEnd(from(tag)) && isEmpty(to(tag));
    }
}
