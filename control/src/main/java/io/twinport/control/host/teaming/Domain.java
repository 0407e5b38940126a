package io.twinport.control.host.teaming;

import io.twinport.control.UserException;
import io.twinport.control.host.xml.XmlDocument;
import io.twinport.control.host.xml.XmlElement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A domain's document, by what concerns pairs. */
public final class Domain {
    /** A domain has some tens; what is compared with each other is bounded so. */
    private static final int MOST_NICS = 500;

    private static final String OVERRIDE = "qemu:override";

    private final XmlDocument document;
    private final List<Nic> nics = new ArrayList<>();
    private final Map<Nic, String> givenAliases = new HashMap<>();
    private final Map<Nic, Nic> standbys = new HashMap<>();
    private final Map<Nic, Nic> primaries = new HashMap<>();

    private Domain(XmlDocument document) {
        this.document = document;
    }

    /** @throws UserException if it has more devices than are checked */
    public static Domain of(XmlDocument document) {
        Domain domain = new Domain(document);
        domain.addNics();
        domain.nameNics();
        return domain;
    }

    private void addNics() {
        Map<String, Map<String, String>> overrides = overrides(root());
        devices()
                .filter(device ->
                        device.name().equals("interface") || device.name().equals("hostdev"))
                .forEach(device -> nics.add(nic(device, overrides)));
        if (nics.size() > MOST_NICS) {
            throw new UserException(document.name() + " has " + nics.size() + " interfaces and <hostdev>s, and at most "
                    + MOST_NICS + " are checked.");
        }
    }

    /**
     * In the document of a domain that does not run libvirt forgets an alias that does not begin with {@code ua-}; QEMU then
     * knows the interface by its number.
     */
    private void nameNics() {
        Map<String, Nic> byName = new HashMap<>();
        int number = 0;
        for (Nic nic : nics) {
            String given = "net" + number;
            givenAliases.put(nic, given);
            number += nic.isInterface() && !nic.type().equals("hostdev") ? 1 : 0;
            nic.alias().ifPresent(alias -> byName.putIfAbsent(alias, nic));
            if (nic.isInterface() && !isUserAlias(nic.alias().orElse(""))) {
                byName.putIfAbsent(given, nic);
            }
        }
        for (Nic primary : transients()) {
            Nic standby = primary.partner().map(byName::get).orElse(null);
            if (standby != null && standby != primary) {
                standbys.put(primary, standby);
                primaries.putIfAbsent(standby, primary);
            }
        }
    }

    /** By alias: the properties that {@code <qemu:override>} gives to a device. */
    private static Map<String, Map<String, String>> overrides(XmlElement root) {
        Map<String, Map<String, String>> overrides = new HashMap<>();
        root.children(OVERRIDE).flatMap(each -> each.children("qemu:device")).forEach(device -> {
            Map<String, String> properties =
                    overrides.computeIfAbsent(device.attribute("alias").orElse(""), alias -> new HashMap<>());
            device.children("qemu:frontend")
                    .flatMap(frontend -> frontend.children("qemu:property"))
                    .forEach(property -> properties.put(
                            property.attribute("name").orElse(""),
                            property.attribute("value").orElse("")));
        });
        return overrides;
    }

    private static Nic nic(XmlElement device, Map<String, Map<String, String>> overrides) {
        Optional<XmlElement> teaming = device.at("teaming");
        if (teaming.isPresent()) {
            Nic.Role role = switch (teaming.get().attribute("type").orElse("")) {
                case "persistent" -> Nic.Role.PERSISTENT;
                case "transient" -> Nic.Role.TRANSIENT;
                default -> Nic.Role.NONE;
            };
            return new Nic(device, role, teaming.get().attribute("persistent"));
        }
        Map<String, String> properties =
                overrides.getOrDefault(device.at("alias", "name").orElse(""), Map.of());
        Optional<String> partner = Optional.ofNullable(properties.get("failover_pair_id"));
        boolean isStandby = List.of("true", "on").contains(properties.getOrDefault("failover", ""));
        Nic.Role role = partner.isPresent() ? Nic.Role.TRANSIENT : isStandby ? Nic.Role.PERSISTENT : Nic.Role.NONE;
        return new Nic(device, role, partner);
    }

    /** Its interfaces and {@code <hostdev>}s, in their order. */
    public List<Nic> nics() {
        return Collections.unmodifiableList(nics);
    }

    public XmlElement root() {
        return document.root();
    }

    public String name() {
        return root().at("name").map(XmlElement::text).orElse("");
    }

    /** Whether it is of a domain that runs: libvirt then gives an alias to each device. */
    public boolean isLive() {
        return root().attribute("id").isPresent();
    }

    List<Nic> persistent() {
        return nics.stream().filter(Nic::isPersistent).toList();
    }

    public List<Nic> transients() {
        return nics.stream().filter(Nic::isTransient).toList();
    }

    boolean hasPair() {
        return nics.stream().anyMatch(nic -> nic.role() != Nic.Role.NONE);
    }

    /** The standby that a device names: by the alias that it has, or that libvirt will give to it. */
    public Optional<Nic> standbyOf(Nic primary) {
        return Optional.ofNullable(standbys.get(primary));
    }

    /** The device that is the primary of a standby; the first, where there are several. */
    Optional<Nic> primaryOf(Nic standby) {
        return Optional.ofNullable(primaries.get(standby));
    }

    static boolean isUserAlias(String alias) {
        return alias.matches("ua-[A-Za-z0-9_-]+");
    }

    /** What libvirt calls an interface that has no alias. */
    String givenAlias(Nic nic) {
        return givenAliases.getOrDefault(nic, "");
    }

    /** All elements that are devices of the guest. */
    Stream<XmlElement> devices() {
        return root().children("devices").limit(1).flatMap(devices -> devices.children().stream());
    }

    Machine machine() {
        return Machine.of(root());
    }
}
