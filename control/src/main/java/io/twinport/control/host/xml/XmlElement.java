package io.twinport.control.host.xml;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** An element of a document. It does not change once its document has been read. */
public final class XmlElement {
    private final XmlDocument document;
    private final String name;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final List<XmlElement> children = new ArrayList<>();
    private final int from;
    private final int tagEnd;
    private int to;
    private String text = "";

    XmlElement(XmlDocument document, String name, int from, int tagEnd) {
        this.document = document;
        this.name = name;
        this.from = from;
        this.tagEnd = tagEnd;
        this.to = tagEnd;
    }

    void put(String attribute, String value) {
        attributes.put(attribute, value);
    }

    void add(XmlElement child) {
        children.add(child);
    }

    void end(int offset, String content) {
        to = offset;
        text = content.strip();
    }

    /** As libvirt knows it: {@code interface}; with {@code qemu:} before it where it is of QEMU's name space. */
    public String name() {
        return name;
    }

    /** What stands in it beside its elements, without white space at the ends. */
    public String text() {
        return text;
    }

    public Optional<String> attribute(String key) {
        return Optional.ofNullable(attributes.get(key));
    }

    public boolean has(String attribute, String value) {
        return value.equals(attributes.get(attribute));
    }

    public List<XmlElement> children() {
        return Collections.unmodifiableList(children);
    }

    public Stream<XmlElement> children(String childName) {
        return children.stream().filter(child -> child.name.equals(childName));
    }

    /** The first element by a path, {@code source/address}: where there are several, libvirt reads the first. */
    public Optional<XmlElement> at(String path) {
        Optional<XmlElement> found = Optional.of(this);
        for (String step : path.split("/", -1)) {
            found = found.flatMap(element -> element.children(step).findFirst());
        }
        return found;
    }

    /** An attribute of the first element by a path; empty where one of both is not there. */
    public Optional<String> at(String path, String attribute) {
        return at(path).flatMap(element -> element.attribute(attribute));
    }

    /** Itself and all below it. */
    public Stream<XmlElement> all() {
        return Stream.concat(Stream.of(this), children.stream().flatMap(XmlElement::all));
    }

    public XmlPlace place() {
        return document.place(from);
    }

    public XmlDocument document() {
        return document;
    }

    /** As it is written, its tags and all between them. */
    public String written() {
        return document.text().substring(from, to);
    }

    int from() {
        return from;
    }

    int tagEnd() {
        return tagEnd;
    }

    int to() {
        return to;
    }

    boolean isWhole() {
        return to == tagEnd;
    }
}
