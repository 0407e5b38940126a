package io.twinport.control.host.teaming;

import io.twinport.control.UserException;
import io.twinport.control.host.HostView;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.host.xml.LibvirtSchemas;
import io.twinport.control.host.xml.XmlDocument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Domains, their networks, and what they are checked against. */
public final class TeamingCheck {
    private static final String DOMAIN = "domain";
    private static final String NETWORK = "network";

    /** What is compared with each other is bounded so; a host's guests are some tens. */
    private static final int MOST_DOCUMENTS = 200;

    private final List<XmlDocument> documents = new ArrayList<>();
    private final List<Domain> domains = new ArrayList<>();
    private final List<XmlDocument> networks = new ArrayList<>();
    private final List<XmlDocument> targets = new ArrayList<>();
    private final Set<String> claimed = new TreeSet<>();
    private Set<String> promised = Set.of();
    private boolean areAllNetworks;
    private boolean hasTarget;

    /**
     * Adds a document of the host that the domains run on: which it is, it says itself.
     *
     * @throws UserException if it is neither a domain nor a network
     */
    public void add(XmlDocument document) {
        count(document);
        switch (document.root().name()) {
            case DOMAIN -> domains.add(Domain.of(document));
            case NETWORK -> networks.add(document);
            default -> throw neither(document);
        }
    }

    /**
     * Adds a network of the host that the domains are to be migrated to. A document behind the option that names these may be the
     * domain all the same.
     *
     * @throws UserException if it is neither a domain nor a network
     */
    public void addTarget(XmlDocument document) {
        if (document.root().name().equals(NETWORK)) {
            count(document);
            targets.add(document);
        } else {
            add(document);
        }
    }

    /** All networks of this host that a pair names have been added, so that others do not exist. */
    public void setAllNetworks() {
        areAllNetworks = true;
    }

    /** There is a host to migrate to, whether or not it has networks. */
    public void setTarget() {
        hasTarget = true;
    }

    /** VFs of this host, by their PCI addresses, that guests on their way are promised: they are not free. */
    public void setPromised(Set<String> vfs) {
        promised = Set.copyOf(vfs);
    }

    private void count(XmlDocument document) {
        documents.add(document);
        if (documents.size() > MOST_DOCUMENTS) {
            throw new UserException("more than " + MOST_DOCUMENTS + " documents: give fewer at a time.");
        }
    }

    private static UserException neither(XmlDocument document) {
        return new UserException(document.root().place() + ": this is a <"
                + Nic.quote(document.root().name()).replace("'", "")
                + ">, and neither a <domain> nor a <network>. Give what 'virsh dumpxml DOMAIN' or 'virsh net-dumpxml NETWORK'"
                + " prints.");
    }

    public boolean hasDomain() {
        return !domains.isEmpty();
    }

    /** Whether a device of a domain is of a pair. */
    public boolean hasPair() {
        return domains.stream().anyMatch(Domain::hasPair);
    }

    /** VFs of this host that the last check has found for the domains. */
    public Set<String> claimed() {
        return Set.copyOf(claimed);
    }

    /** The names of the networks that the pairs of the domains name. */
    public List<String> networkNames() {
        TreeSet<String> names = new TreeSet<>();
        domains.forEach(domain -> domain.nics().stream()
                .filter(nic -> nic.role() != Nic.Role.NONE)
                .forEach(nic -> nic.network().ifPresent(names::add)));
        return List.copyOf(names);
    }

    /** Whether a network of this name has been added for the host that the domains run on. */
    public boolean hasNetwork(String name) {
        return networks.stream()
                .anyMatch(document -> new Network(document).name().equals(name));
    }

    /** Whether a network of this name has been added for the host that they are to be migrated to. */
    public boolean hasTargetNetwork(String name) {
        return targets.stream()
                .anyMatch(document -> new Network(document).name().equals(name));
    }

    public List<String> domainNames() {
        return domains.stream().map(Domain::name).toList();
    }

    /**
     * Applies all rules.
     *
     * @param host this machine, where it is to be looked at
     * @param nics what is known of its NICs
     * @return in the order of the documents, and what is the host's at the end
     * @throws UserException if two networks have one name
     */
    public List<Finding> check(LibvirtSchemas schemas, Optional<HostView> host, NicVerdicts nics) {
        Networks here = Networks.of(networks, areAllNetworks);
        Networks there = Networks.of(targets, true);
        Findings findings = new Findings();
        documents.forEach(document -> checkSchema(document, schemas, findings));
        for (Domain domain : domains) {
            PairRules.check(domain, findings);
            CommandLineRules.check(domain, findings);
            MacRules.check(domain, findings);
            SlotRules.check(domain, findings);
            PathRules.check(domain, here, findings);
            GuestRules.check(domain, findings);
            if (hasTarget || !there.isEmpty()) {
                MigrationRules.check(domain, here, there, findings);
            }
            host.ifPresent(view -> {
                VfClaims claims = new VfClaims(promised);
                HostRules.check(domain, here, view, nics, claims, findings);
                claimed.addAll(claims.claimed());
                HostPathRules.check(domain, here, view, findings);
                VersionRules.check(domain, view, findings);
            });
        }
        SharedRules.check(domains, findings);
        host.ifPresent(view -> view.failures()
                .forEach(failure -> findings.ofHost(Level.WARNING, failure, Rule.H7)
                        .add("what it would have told is not checked", "apt-get install iproute2, or run it as root")));
        return findings.all().stream().sorted(order()).toList();
    }

    private static void checkSchema(XmlDocument document, LibvirtSchemas schemas, Findings findings) {
        for (LibvirtSchemas.Violation violation : schemas.violations(document)) {
            findings.add(new Finding(
                    Level.WARNING,
                    List.of(),
                    violation.place(),
                    violation.text(),
                    "'virsh define --validate' refuses it; without --validate libvirt silently leaves out what it does not"
                            + " know",
                    "",
                    List.of()));
        }
    }

    private Comparator<Finding> order() {
        List<String> names = documents.stream().map(XmlDocument::name).toList();
        return Comparator.comparing((Finding finding) -> finding.place() == null)
                .thenComparing(finding -> finding.place() == null
                        ? 0
                        : names.indexOf(finding.place().document()))
                .thenComparing(
                        finding -> finding.place() == null ? 0 : finding.place().line())
                .thenComparing(
                        finding -> finding.place() == null ? 0 : finding.place().column());
    }
}
