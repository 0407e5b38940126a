package io.twinport.control.host.xml;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A document that has been read. */
public final class XmlDocument {
    private final String name;
    private final String text;
    private final int[] lines;
    private @Nullable XmlElement root;

    XmlDocument(String name, String text) {
        this.name = name;
        this.text = text;
        this.lines = lineStarts(text);
    }

    /** As parsers count them: a carriage return and a line feed end one line, and each of them alone does too. */
    private static int[] lineStarts(String text) {
        int[] starts = new int[64];
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isEnd = c == '\n' || c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n');
            if (isEnd) {
                if (count == starts.length) {
                    starts = Arrays.copyOf(starts, 2 * count);
                }
                starts[count++] = i + 1;
            }
        }
        return Arrays.copyOf(starts, count);
    }

    void setRoot(XmlElement root) {
        this.root = root;
    }

    /** The file's name, or what stands in its place: {@code -}, a domain of a host. */
    public String name() {
        return name;
    }

    /** All of it, as it was decoded. */
    public String text() {
        return text;
    }

    public XmlElement root() {
        if (root == null) {
            throw new IllegalStateException(name + " has not been read");
        }
        return root;
    }

    XmlPlace place(int offset) {
        int found = Arrays.binarySearch(lines, offset);
        int line = found >= 0 ? found : -found - 2;
        return new XmlPlace(name, line + 1, offset - lines[line] + 1);
    }
}
