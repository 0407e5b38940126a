package io.twinport.control.host.teaming;

import io.twinport.control.host.xml.XmlElement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Primaries that {@code <qemu:commandline>} adds, of which libvirt knows nothing: E1, E3. */
final class CommandLineRules {
    /** In QEMU's own form or in JSON. */
    private static final Pattern PAIR =
            Pattern.compile("failover_pair_id[\"']?\\s{0,4}[=:]\\s{0,4}[\"']?([A-Za-z0-9_.-]{1,100})");

    private CommandLineRules() {}

    static void check(Domain domain, Findings findings) {
        Map<String, XmlElement> seen = new HashMap<>();
        arguments(domain)
                .forEach(argument -> name(argument).ifPresent(name -> {
                    check(domain, argument, name, findings);
                    XmlElement before = seen.putIfAbsent(name, argument);
                    if (before != null) {
                        twice(argument, name, before, findings);
                    }
                }));
    }

    private static Stream<XmlElement> arguments(Domain domain) {
        return domain.root().children("qemu:commandline").flatMap(line -> line.children("qemu:arg"));
    }

    /** Whether such a primary names a standby. */
    static boolean isNamed(Domain domain, Nic standby) {
        String alias = standby.alias().orElseGet(() -> domain.givenAlias(standby));
        return arguments(domain).flatMap(argument -> name(argument).stream()).anyMatch(alias::equals);
    }

    private static Optional<String> name(XmlElement argument) {
        Matcher pair = PAIR.matcher(argument.attribute("value").orElse(""));
        return pair.find() ? Optional.of(pair.group(1)) : Optional.empty();
    }

    private static void check(Domain domain, XmlElement argument, String name, Findings findings) {
        Optional<Nic> standby = domain.persistent().stream()
                .filter(nic -> name.equals(nic.alias().orElseGet(() -> domain.givenAlias(nic))))
                .findFirst();
        if (standby.isEmpty()) {
            findings.error(
                            argument,
                            "failover_pair_id is " + Nic.quote(name) + ", and no standby has this alias",
                            Rule.E1)
                    .add(
                            "libvirt says nothing. QEMU makes no pair: the guest sees both devices",
                            "failover_pair_id= with the alias of an interface that has <teaming type='persistent'/>");
        } else {
            domain.primaryOf(standby.get()).ifPresent(primary -> twice(argument, name, primary.element(), findings));
        }
    }

    private static void twice(XmlElement argument, String name, XmlElement before, Findings findings) {
        findings.error(
                        argument,
                        "a second primary for " + Nic.quote(name) + "; the first is at " + before.place(),
                        Rule.E3)
                .add(
                        "libvirt says nothing. QEMU ends at the start: \"Cannot attach more than one primary device\"",
                        "a standby of its own for each primary, or one primary less");
    }
}
