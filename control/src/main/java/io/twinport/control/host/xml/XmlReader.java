package io.twinport.control.host.xml;

import io.twinport.control.UserException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads a document. What it takes is bounded whatever is given: bytes, elements, depth, text of an element. It reads nothing but
 * what it is given, and knows no entities but XML's own five.
 */
public final class XmlReader {
    /** Bytes of a document; that of a guest with a hundred disks has some hundred thousand. */
    public static final int LONGEST = 1 << 21;

    /** Characters of an element's text; the names, numbers and arguments that are looked at are shorter. */
    private static final int LONGEST_TEXT = 1 << 16;

    private static final String QEMU = "http://libvirt.org/schemas/domain/qemu/1.0";

    /** What is ASCII is UTF-8 too. */
    private static final Set<String> ENCODINGS = Set.of("utf-8", "us-ascii", "ascii");

    private static final Pattern DECLARATION = Pattern.compile("<\\?xml\\s[^?]{0,200}\\?>");
    private static final Pattern ENCODING = Pattern.compile("encoding\\s*=\\s*[\"']([A-Za-z0-9._-]{1,40})[\"']");
    private static final Pattern VERSION = Pattern.compile("version\\s*=\\s*[\"']1\\.0[\"']");

    private static final XMLInputFactory FACTORY = factory();

    private final XmlDocument document;

    private XmlReader(XmlDocument document) {
        this.document = document;
    }

    /**
     * Reads a document.
     *
     * @param name for messages
     * @throws UserException if it is none, with its place, or more than is read
     */
    public static XmlDocument read(String name, byte[] bytes) {
        if (bytes.length > LONGEST) {
            throw new UserException(name + " has more than " + LONGEST + " bytes: no document of libvirt has so many.");
        }
        XmlDocument document = new XmlDocument(name, decode(name, bytes));
        new XmlReader(document).read();
        return document;
    }

    private static String decode(String name, byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new UserException(name + " is no UTF-8 text. libvirt's documents are: save it so.", e);
        }
    }

    private void read() {
        checkDeclaration();
        XmlTags tags = new XmlTags(document.text(), document::place).scan();
        try {
            XMLStreamReader reader = FACTORY.createXMLStreamReader(new StringReader(document.text()));
            read(reader, tags);
        } catch (XMLStreamException e) {
            throw place(e).wrong("this is no XML: " + reason(e) + ".");
        } catch (UserException e) {
            throw e;
        } catch (RuntimeException e) { // the JDK's parser has some of its own for what is no XML
            throw document.place(0).wrong("this is no XML: " + e + ".");
        }
    }

    private void checkDeclaration() {
        Matcher declaration = DECLARATION.matcher(document.text());
        if (declaration.lookingAt()) {
            Matcher encoding = ENCODING.matcher(declaration.group());
            if (encoding.find() && !ENCODINGS.contains(encoding.group(1).toLowerCase(Locale.ROOT))) {
                throw document.place(0)
                        .wrong("it says that it is in " + encoding.group(1)
                                + ". libvirt's documents are in UTF-8: save it so.");
            }
            if (!VERSION.matcher(declaration.group()).find()) {
                throw document.place(0)
                        .wrong("it says that it is in another version of XML than 1.0. Say version='1.0'.");
            }
        }
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("nothing else is read");
        });
        return factory;
    }

    private void read(XMLStreamReader reader, XmlTags tags) throws XMLStreamException {
        Deque<XmlElement> open = new ArrayDeque<>();
        Deque<StringBuilder> texts = new ArrayDeque<>();
        int tag = 0;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    XmlElement element = element(reader, tags, tag++);
                    if (open.isEmpty()) {
                        document.setRoot(element);
                    } else {
                        open.getLast().add(element);
                    }
                    open.addLast(element);
                    texts.addLast(new StringBuilder());
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    if (!tags.isWhole(tag - 1) || open.getLast().from() != tags.from(tag - 1)) {
                        tag++;
                    }
                    open.removeLast().end(tags.to(tag - 1), texts.removeLast().toString());
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> append(texts, reader);
                case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                    throw place(reader).wrong("an entity or a document type: libvirt's documents have none.");
                default -> {}
            }
        }
    }

    private XmlElement element(XMLStreamReader reader, XmlTags tags, int tag) {
        if (tag >= tags.count()) {
            throw place(reader).wrong("this is no XML: a tag is where none can be.");
        }
        String space = reader.getNamespaceURI() == null ? "" : reader.getNamespaceURI();
        String prefix = space.isEmpty() ? "" : space.equals(QEMU) ? "qemu:" : "{" + space + "}";
        XmlElement element = new XmlElement(document, prefix + reader.getLocalName(), tags.from(tag), tags.to(tag));
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            if (reader.getAttributeNamespace(i) == null
                    || reader.getAttributeNamespace(i).isEmpty()) {
                element.put(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
            }
        }
        return element;
    }

    private void append(Deque<StringBuilder> texts, XMLStreamReader reader) {
        StringBuilder text = texts.peekLast();
        if (text != null && text.length() + reader.getTextLength() <= LONGEST_TEXT) {
            text.append(reader.getTextCharacters(), reader.getTextStart(), reader.getTextLength());
        } else if (text != null) {
            throw place(reader).wrong("an element whose text has more than " + LONGEST_TEXT + " characters.");
        }
    }

    private XmlPlace place(XMLStreamReader reader) {
        return new XmlPlace(
                document.name(),
                Math.max(1, reader.getLocation().getLineNumber()),
                Math.max(1, reader.getLocation().getColumnNumber()));
    }

    private XmlPlace place(XMLStreamException e) {
        return e.getLocation() == null
                ? document.place(0)
                : new XmlPlace(
                        document.name(),
                        Math.max(1, e.getLocation().getLineNumber()),
                        Math.max(1, e.getLocation().getColumnNumber()));
    }

    /** The JDK's message begins with the place, in a form of its own. */
    private static String reason(XMLStreamException e) {
        String message = String.valueOf(e.getMessage());
        int begin = message.indexOf("Message: ");
        return (begin < 0 ? message : message.substring(begin + "Message: ".length()))
                .strip()
                .replaceFirst("\\.+$", "");
    }
}
