package io.twinport.control.host.xml;

import com.thaiopensource.util.PropertyMap;
import com.thaiopensource.util.PropertyMapBuilder;
import com.thaiopensource.validate.IncorrectSchemaException;
import com.thaiopensource.validate.Schema;
import com.thaiopensource.validate.ValidateProperty;
import com.thaiopensource.validate.Validator;
import com.thaiopensource.validate.rng.SAXSchemaReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;

/**
 * libvirt's own schemas in RELAX NG, where libvirt is installed. {@code virsh define --validate} applies them too; without that
 * option libvirt takes what breaks them, and silently leaves out what it does not know.
 */
public final class LibvirtSchemas {
    /** Where the packages of distributions have them. */
    private static final Path INSTALLED = Path.of("/usr/share/libvirt/schemas");

    private static final Set<String> ROOTS = Set.of("domain", "network");

    /** Of a document: what follows from the first is noise. */
    private static final int MOST = 10;

    private final Path folder;
    private final Map<String, Optional<Schema>> schemas = new HashMap<>();

    /** @param folder with {@code domain.rng} and {@code network.rng}; it need not be there */
    public LibvirtSchemas(Path folder) {
        this.folder = folder;
    }

    public static LibvirtSchemas installed() {
        return new LibvirtSchemas(INSTALLED);
    }

    /** Nothing is said against any document. */
    public static LibvirtSchemas none() {
        return new LibvirtSchemas(Path.of("/nonexistent"));
    }

    /** What the schema says against a document: a place and a sentence. */
    public record Violation(XmlPlace place, String text) {}

    /** What is wrong with a document; nothing where there is no schema for it. */
    public List<Violation> violations(XmlDocument document) {
        String root = document.root().name();
        return ROOTS.contains(root)
                ? schemas.computeIfAbsent(root, this::schema)
                        .map(schema -> violations(document, schema))
                        .orElse(List.of())
                : List.of();
    }

    private Optional<Schema> schema(String root) {
        Path file = folder.resolve(root + ".rng");
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(SAXSchemaReader.getInstance()
                    .createSchema(
                            new InputSource(file.toUri().toString()),
                            properties(new Collector(root, new ArrayList<>()))));
        } catch (IOException | SAXException | IncorrectSchemaException e) {
            return Optional.empty(); // half installed, or of a later form: there are our own rules
        }
    }

    private static List<Violation> violations(XmlDocument document, Schema schema) {
        List<Violation> found = new ArrayList<>();
        Validator validator = schema.createValidator(properties(new Collector(document.name(), found)));
        try {
            SAXParserFactory factory = SAXParserFactory.newDefaultNSInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            XMLReader reader = factory.newSAXParser().getXMLReader();
            reader.setContentHandler(validator.getContentHandler());
            reader.parse(new InputSource(new StringReader(document.text())));
        } catch (IOException | SAXException | ParserConfigurationException e) {
            return List.of(); // it has been read before, so that it is the validator that has had enough of it
        }
        return found;
    }

    private static PropertyMap properties(ErrorHandler handler) {
        PropertyMapBuilder properties = new PropertyMapBuilder();
        properties.put(ValidateProperty.ERROR_HANDLER, handler);
        return properties.toPropertyMap();
    }

    /** @param document its name */
    private record Collector(String document, List<Violation> found) implements ErrorHandler {
        @Override
        public void warning(SAXParseException e) {}

        @Override
        public void error(SAXParseException e) {
            if (found.size() < MOST) {
                found.add(new Violation(
                        new XmlPlace(document, Math.max(1, e.getLineNumber()), Math.max(1, e.getColumnNumber())),
                        String.valueOf(e.getMessage())));
            }
        }

        @Override
        public void fatalError(SAXParseException e) {
            error(e);
        }
    }
}
