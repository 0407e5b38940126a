package io.twinport.control.host.teaming;

import io.twinport.control.host.xml.XmlDocument;
import io.twinport.control.host.xml.XmlElement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One of libvirt's networks, by its document. */
record Network(XmlDocument document) {
    /** What an interface of it is connected to. */
    enum Kind {
        POOL("a pool of VFs (forward mode='hostdev')"),
        BRIDGE("a bridge that is not libvirt's (forward mode='bridge')"),
        MACVTAP("macvtap in bridge mode"),
        PRIVATE("macvtap in private mode"),
        VEPA("macvtap in VEPA mode"),
        PASSTHROUGH("macvtap in passthrough mode"),
        NAT("NAT"),
        ROUTE("routed (forward mode='route')"),
        OPEN("routed (forward mode='open')"),
        ISOLATED("isolated (no <forward>)"),
        UNKNOWN("of a kind that twinport does not know");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        /** Whether it leads to the physical network without changing a frame's addresses. */
        boolean isPhysical() {
            return this == BRIDGE || isMacvtap();
        }

        boolean isMacvtap() {
            return this == MACVTAP || this == PRIVATE || this == VEPA || this == PASSTHROUGH;
        }

        /** Of a macvtap, by its mode. */
        static Kind ofMacvtap(String mode) {
            return switch (mode) {
                case "bridge" -> MACVTAP;
                case "private" -> PRIVATE;
                case "vepa" -> VEPA;
                case "passthrough" -> PASSTHROUGH;
                default -> UNKNOWN;
            };
        }
    }

    XmlElement root() {
        return document.root();
    }

    String name() {
        return root().at("name").map(XmlElement::text).orElse("");
    }

    Optional<XmlElement> forward() {
        return root().at("forward");
    }

    Kind kind() {
        Optional<XmlElement> forward = forward();
        if (forward.isEmpty()) {
            return Kind.ISOLATED;
        }
        return switch (forward.get().attribute("mode").orElse("nat")) {
            case "nat" -> Kind.NAT;
            case "route" -> Kind.ROUTE;
            case "open" -> Kind.OPEN;
            case "none" -> Kind.ISOLATED;
            case "hostdev" -> Kind.POOL;
            case "bridge" -> bridge().isPresent() ? Kind.BRIDGE : devices().isEmpty() ? Kind.UNKNOWN : Kind.MACVTAP;
            case "private" -> Kind.PRIVATE;
            case "vepa" -> Kind.VEPA;
            case "passthrough" -> Kind.PASSTHROUGH;
            default -> Kind.UNKNOWN;
        };
    }

    Optional<String> bridge() {
        return root().at("bridge", "name");
    }

    /** The host's interfaces that it uses: a pool's PFs, those below macvtaps. */
    List<String> devices() {
        return forward().stream()
                .flatMap(forward -> Stream.concat(
                        forward.attribute("dev").stream(),
                        forward.children().stream()
                                .filter(each ->
                                        each.name().equals("pf") || each.name().equals("interface"))
                                .flatMap(each -> each.attribute("dev").stream())))
                .distinct()
                .toList();
    }

    /** The VFs of a pool that lists them by their addresses. */
    List<PciAddress> addresses() {
        return forward().stream()
                .flatMap(forward -> forward.children("address"))
                .flatMap(address -> PciAddress.of(address).stream())
                .toList();
    }

    boolean isOpenvswitch() {
        return root().at("virtualport", "type").filter("openvswitch"::equals).isPresent();
    }

    Optional<String> mtu() {
        return root().at("mtu", "size");
    }

    Stream<String> vlans() {
        return Nic.tags(root());
    }
}
