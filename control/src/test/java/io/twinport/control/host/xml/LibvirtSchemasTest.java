package io.twinport.control.host.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a small schema of the same kind: those of libvirt are not on each machine. */
class LibvirtSchemasTest {
    private static final String SCHEMA = """
            <grammar xmlns='http://relaxng.org/ns/structure/1.0'
                     datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'>
              <include href='common.rng'/>
              <start><element name='domain'><zeroOrMore><ref name='teaming'/></zeroOrMore></element></start>
            </grammar>
            """;
    private static final String COMMON = """
            <grammar xmlns='http://relaxng.org/ns/structure/1.0'
                     datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'>
              <define name='teaming'><element name='teaming'>
                <attribute name='type'><choice><value>persistent</value><value>transient</value></choice></attribute>
                <optional><attribute name='persistent'><data type='string'><param name='pattern'>ua-[a-zA-Z0-9_\\-]+</param>
                </data></attribute></optional>
              </element></define>
            </grammar>
            """;

    @TempDir
    private Path folder;

    private List<String> violations(String text) {
        return new LibvirtSchemas(folder)
                .violations(XmlReader.read("a.xml", text.getBytes(StandardCharsets.UTF_8))).stream()
                        .map(each -> each.place() + " " + each.text())
                        .toList();
    }

    @Test
    void shouldSayWhereTheSchemaIsBroken() throws IOException {
        Files.writeString(folder.resolve("domain.rng"), SCHEMA);
        Files.writeString(folder.resolve("common.rng"), COMMON);
        assertEquals(List.of(), violations("<domain><teaming type='transient' persistent='ua-0'/></domain>"));
        assertEquals(
                List.of(
                        "a.xml:2:24 value of attribute \"type\" is invalid; must be equal to \"persistent\" or \"transient\"",
                        "a.xml:3:5 element \"x\" not allowed anywhere; expected the element end-tag or element \"teaming\""),
                violations("<domain>\n<teaming type='other'/>\n<x/></domain>"));
    }

    @Test
    void shouldSayNothingWhereThereIsNone() throws IOException {
        assertEquals(List.of(), violations("<domain><x/></domain>"));
        Files.writeString(folder.resolve("domain.rng"), "<grammar");
        assertEquals(List.of(), violations("<domain><x/></domain>"));
        Files.writeString(folder.resolve("domain.rng"), SCHEMA); // and not what it includes
        assertEquals(List.of(), violations("<domain><x/></domain>"));
        assertEquals(List.of(), violations("<other/>"));
    }
}
