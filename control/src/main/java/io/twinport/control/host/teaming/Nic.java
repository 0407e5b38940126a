package io.twinport.control.host.teaming;

import io.twinport.control.Printable;
import io.twinport.control.host.xml.XmlElement;
import io.twinport.dpdk.MacAddress;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A network device of a domain: an {@code <interface>}, or a {@code <hostdev>}.
 *
 * @param role what it is of a pair
 * @param partner the alias of the standby that it names
 */
public record Nic(XmlElement element, Role role, Optional<String> partner) {
    /** What a device is of a pair. */
    public enum Role {
        NONE,
        PERSISTENT,
        TRANSIENT
    }

    private static final String VIRTIO = "virtio(-(non-)?transitional)?";

    public boolean isInterface() {
        return element.name().equals("interface");
    }

    boolean isPersistent() {
        return role == Role.PERSISTENT;
    }

    boolean isTransient() {
        return role == Role.TRANSIENT;
    }

    /** An interface's, {@code bridge}; empty for a {@code <hostdev>}. */
    public String type() {
        return isInterface() ? element.attribute("type").orElse("") : "";
    }

    /** What stands in a document is shown, so it is one line. */
    static String quote(String text) {
        String line = Printable.line(text);
        return "'" + (line.length() > 100 ? line.substring(0, 100) + "..." : line) + "'";
    }

    /** For messages: what it is, and its alias. */
    public String text() {
        return "<" + element.name() + ">"
                + alias().map(name -> " " + quote(name)).orElse("");
    }

    XmlElement teaming() {
        return element.at("teaming").orElse(element);
    }

    public Optional<String> alias() {
        return element.at("alias", "name");
    }

    Optional<String> writtenMac() {
        return element.at("mac", "address");
    }

    public Optional<MacAddress> mac() {
        return writtenMac().flatMap(Numbers::mac);
    }

    Optional<String> model() {
        return element.at("model", "type");
    }

    boolean isVirtio() {
        return model().filter(model -> model.matches(VIRTIO)).isPresent();
    }

    /** The network that it names; empty for an interface of another type. */
    public Optional<String> network() {
        return type().equals("network") ? element.at("source", "network") : Optional.empty();
    }

    /** Where it is in the guest. */
    Optional<PciAddress> guestAddress() {
        return element.children("address")
                .filter(address -> address.attribute("type").orElse("pci").equals("pci"))
                .findFirst()
                .flatMap(PciAddress::of);
    }

    /** The host's device that it is. */
    public Optional<PciAddress> hostAddress() {
        boolean isDevice = !isInterface() || type().equals("hostdev");
        return isDevice ? element.at("source/address").flatMap(PciAddress::of) : Optional.empty();
    }

    /** The VLANs that libvirt puts it in. */
    Stream<String> vlans() {
        return tags(element);
    }

    static Stream<String> tags(XmlElement element) {
        return element.at("vlan").stream()
                .flatMap(vlan -> vlan.children("tag"))
                .flatMap(tag -> tag.attribute("id").stream());
    }
}
