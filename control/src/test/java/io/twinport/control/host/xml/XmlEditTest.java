package io.twinport.control.host.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class XmlEditTest {
    private static XmlDocument read(String text) {
        return XmlReader.read("a.xml", text.getBytes(StandardCharsets.UTF_8));
    }

    private static XmlElement at(XmlDocument document, String path) {
        return document.root().at(path).orElseThrow();
    }

    private static String apply(XmlDocument document, XmlEdit... edits) {
        String mended = XmlEdit.apply(document, Arrays.asList(edits));
        read(mended);
        return mended;
    }

    @Test
    void shouldSetAnAttributeWhetherOrNotItIsThere() {
        XmlDocument document = read("<a><b  x = \"1\" name=\" x='2'\" y='3' /></a>");
        assertEquals(
                "<a><b  x = \"7\" name=\" x='2'\" y='3' /></a>",
                apply(document, XmlEdit.set(at(document, "b"), "x", "7")));
        assertEquals(
                "<a><b z='&lt;&amp;&apos;'  x = \"1\" name=\" x='2'\" y='3' /></a>",
                apply(document, XmlEdit.set(at(document, "b"), "z", "<&'")));
        assertEquals(
                "<a><b  x = \"1\" name=\" x='2'\" /></a>",
                apply(document, XmlEdit.unset(at(document, "b"), "y").orElseThrow()));
        assertEquals(List.of(), XmlEdit.unset(at(document, "b"), "z").stream().toList());
    }

    @Test
    void shouldInsertAndRemoveWholeLines() {
        XmlDocument document = read("<a>\n  <b/>\n  <q:c xmlns:q='u'/>\n  <d>\n  </d>\n</a>");
        assertEquals(
                "<a>\n  <b>\n    <x/>\n  </b>\n  <q:c xmlns:q='u'>\n    <y/>\n  </q:c>\n  <d>\n    <z/>\n  </d>\n</a>",
                apply(
                        document,
                        XmlEdit.insert(at(document, "b"), "<x/>"),
                        XmlEdit.insert(document.root().children().get(1), "<y/>"),
                        XmlEdit.insert(at(document, "d"), "<z/>")));
        assertEquals(
                "<a>\n  <q:c xmlns:q='u'/>\n  <d>\n  </d>\n</a>", apply(document, XmlEdit.remove(at(document, "b"))));
        XmlDocument line = read("<a><b/> <c/></a>");
        assertEquals("<a> <c/></a>", apply(line, XmlEdit.remove(at(line, "b"))));
    }

    /** Two rules may want the same thing, or one what another takes away. */
    @Test
    void shouldMakeEachChangeOnce() {
        XmlDocument document = read("<a>\n  <b x='1'/>\n</a>");
        XmlEdit set = XmlEdit.set(at(document, "b"), "x", "2");
        assertEquals("<a>\n  <b x='2'/>\n</a>", apply(document, set, set));
        apply(document, set, XmlEdit.remove(at(document, "b")));
        XmlEdit one = XmlEdit.insert(document.root(), "<c/>");
        XmlEdit other = XmlEdit.insert(document.root(), "<d/>");
        assertEquals("<a>\n  <d/>\n  <c/>\n  <b x='1'/>\n</a>", apply(document, one, other));
    }

    /** A megabyte of blanks is looked through once. */
    @Test
    void shouldTakeNoLongerForOddTags() {
        String blanks = " ".repeat(1 << 20);
        XmlDocument document = read("<a x='1'" + blanks + "/>");
        assertEquals("<a y='2' x='1'" + blanks + "/>", apply(document, XmlEdit.set(document.root(), "y", "2")));
    }
}
