package io.twinport.control.host.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XmlReaderTest {
    private static final String QEMU = "http://libvirt.org/schemas/domain/qemu/1.0";

    private static XmlDocument read(String text) {
        return XmlReader.read("a.xml", text.getBytes(StandardCharsets.UTF_8));
    }

    private static String refused(String text) {
        return String.valueOf(
                assertThrows(UserException.class, () -> read(text)).getMessage());
    }

    @Test
    void shouldKnowWhereEachElementBegins() {
        XmlElement root = read("<?xml version='1.0'?>\n<!-- <no/> -->\r\n<domain>\r  <a x='>' y=\"'\"/><b>\n"
                        + "<![CDATA[<c>]]></b ><?p <d>?>\n\t<e><f/></e>\n</domain>")
                .root();
        assertEquals(
                List.of("domain 3:1", "a 4:3", "b 4:19", "e 6:2", "f 6:5"),
                root.all()
                        .map(each -> each.name() + " " + each.place().line() + ":"
                                + each.place().column())
                        .toList());
        assertEquals("<b>\n<![CDATA[<c>]]></b >", root.at("b").orElseThrow().written());
        assertEquals("<c>", root.at("b").orElseThrow().text());
        assertEquals(">", root.at("a", "x").orElseThrow());
        assertEquals("'", root.at("a", "y").orElseThrow());
    }

    @Test
    void shouldReadXmlsOwnEntitiesOnly() {
        assertEquals(
                "<&>\"'A", read("<a>&lt;&amp;&gt;&quot;&apos;&#65;</a>").root().text());
        assertTrue(refused("<a>&auml;</a>").startsWith("a.xml:1:"));
    }

    @Test
    void shouldKnowNamespacesByWhatTheyAre() {
        XmlElement root = read("<domain xmlns:q='" + QEMU
                        + "' xmlns:o='http://o'><q:arg q:value='1' value='2'/><o:arg/></domain>")
                .root();
        assertEquals(
                List.of("qemu:arg", "{http://o}arg"),
                root.children().stream().map(XmlElement::name).toList());
        assertEquals("2", root.at("qemu:arg", "value").orElseThrow());
    }

    @Test
    void shouldReadNoDocumentType(@TempDir Path folder) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        String external = refused("<!DOCTYPE a [<!ENTITY x SYSTEM '" + secret.toUri() + "'>]><a>&x;</a>");
        assertTrue(external.startsWith("a.xml:1:1: a document type"), external);
        StringBuilder bomb = new StringBuilder("<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY x0 'x'>");
        for (int i = 1; i < 30; i++) {
            bomb.append("<!ENTITY x%d '&x%d;&x%d;'>".formatted(i, i - 1, i - 1));
        }
        String refused = refused(bomb + "]><a>&x29;</a>");
        assertTrue(refused.startsWith("a.xml:2:1: a document type"), refused);
    }

    @Test
    void shouldBoundWhatItReads() {
        assertTrue(refused("<a>" + "<b>".repeat(64)).contains("more than 64 elements in each other"));
        read("<a>" + "<b>".repeat(63) + "</b>".repeat(63) + "</a>");
        assertTrue(
                refused("<a>" + "<b/>".repeat(60_000) + "</a>").contains("a.xml:1:200000: more than 50000 elements"));
        read("<a>" + "<b/>".repeat(49_000) + "</a>");
        assertTrue(refused("<a>" + "x".repeat(70_000) + "</a>").contains("more than 65536 characters"));
        byte[] long1 = new byte[XmlReader.LONGEST + 1];
        UserException tooLong = assertThrows(UserException.class, () -> XmlReader.read("a.xml", long1));
        assertTrue(String.valueOf(tooLong.getMessage()).contains("more than 2097152 bytes"), tooLong::toString);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    <a>                                          | a.xml:1:
                    <a></b>                                      | a.xml:1:
                    <a x='1' x='2'/>                             | a.xml:1:
                    <a/><b/>                                     | a.xml:1:
                    text                                         | a.xml:1:
                    <a x=1/>                                     | a.xml:1:
                    <a><                                         | a.xml:1:
                    <a x='                                       | a.xml:1:
                    <a><!-- </a>                                 | a.xml:1:
                    <a>&#0;</a>                                  | a.xml:1:
                    <q:a/>                                       | a.xml:1:
                    <?xml version='1.1'?><a/>                    | another version of XML
                    <?xml version='1.0' encoding='UTF-16'?><a/>  | it is in UTF-16
                    """)
    void shouldSayWhereItIsNoXml(String text, String said) {
        assertTrue(refused(text).contains(said), () -> refused(text));
    }

    @Test
    void shouldSayWhatIsNoText() {
        UserException e = assertThrows(
                UserException.class, () -> XmlReader.read("a.xml", new byte[] {'<', 'a', (byte) 0xff, '/', '>'}));
        assertEquals("a.xml is no UTF-8 text. libvirt's documents are: save it so.", e.getMessage());
        assertTrue(refused("").startsWith("a.xml:1:1: this is no XML"), () -> refused(""));
        read("\ufeff<?xml version='1.0' encoding='utf-8'?><a/>");
    }
}
