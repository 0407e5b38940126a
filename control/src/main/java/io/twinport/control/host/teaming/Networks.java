package io.twinport.control.host.teaming;

import io.twinport.control.UserException;
import io.twinport.control.host.xml.XmlDocument;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The networks of a host that are known.
 *
 * @param isAll whether the host has no others
 */
record Networks(Map<String, Network> byName, boolean isAll) {
    /** @throws UserException if two documents are of one name */
    static Networks of(List<XmlDocument> documents, boolean isAll) {
        Map<String, Network> byName = new LinkedHashMap<>();
        for (XmlDocument document : documents) {
            Network network = new Network(document);
            if (network.name().isEmpty()) {
                throw new UserException(document.root().place() + ": this network has no <name>. Give it one.");
            }
            Network before = byName.putIfAbsent(network.name(), network);
            if (before != null) {
                throw new UserException(document.root().place() + ": there is already a network "
                        + Nic.quote(network.name()) + ", at " + before.root().place() + ". Give one of them.");
            }
        }
        return new Networks(byName, isAll);
    }

    Optional<Network> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Collection<Network> all() {
        return byName.values();
    }

    boolean isEmpty() {
        return byName.isEmpty();
    }
}
