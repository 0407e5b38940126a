package io.twinport.control.host.migrate;

import io.twinport.control.UserException;
import io.twinport.control.host.HostLink;
import io.twinport.control.host.teaming.Domain;
import io.twinport.control.host.xml.XmlReader;
import io.twinport.control.program.Answer;
import io.twinport.control.program.Programs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One host: its libvirt, by {@code virsh} on this machine, and its network, by {@code ip} and {@code bridge} on that one. */
final class HostPrograms {
    /** As virsh says that a host has no such domain. */
    private static final List<String> NO_DOMAIN = List.of("failed to get domain", "Domain not found");

    private final Programs programs;
    private final Side side;
    private final String uri;
    private final List<String> starter;

    HostPrograms(Programs programs, Side side, String uri, List<String> starter) {
        this.programs = programs;
        this.side = side;
        this.uri = uri;
        this.starter = starter;
    }

    String uri() {
        return uri;
    }

    Side side() {
        return side;
    }

    /** Runs a command of a plan. */
    Answer run(List<String> command) {
        List<String> whole = command.getFirst().equals("virsh")
                ? command
                : Stream.concat(starter.stream(), command.stream()).toList();
        return programs.ask(whole.getFirst(), whole.subList(1, whole.size()).toArray(String[]::new));
    }

    /** Asks libvirt something that it has to know. */
    String virsh(String command, String... arguments) {
        Answer answer = run(Commands.virsh(uri, command, arguments));
        if (!answer.isGood()) {
            throw unreachable(answer);
        }
        return answer.out();
    }

    /** How a domain stands there. */
    DomainState state(String domain) {
        Answer answer = run(Commands.virsh(uri, "domstate", "--domain=" + domain, "--reason"));
        if (answer.isAnswer() && !answer.isGood() && NO_DOMAIN.stream().anyMatch(answer.err()::contains)) {
            return DomainState.ABSENT;
        }
        if (!answer.isGood()) {
            throw unreachable(answer);
        }
        String text = answer.out().strip();
        int bracket = text.indexOf(" (");
        String state = bracket < 0 ? text : text.substring(0, bracket);
        String reason = bracket < 0 ? "" : text.substring(bracket + 2).replaceFirst("\\)$", "");
        DomainState found = new DomainState(state, reason, false);
        return side == Side.SOURCE && found.isActive() ? new DomainState(state, reason, hasJob(domain)) : found;
    }

    /**
     * The document of a domain.
     *
     * @param name by which messages call it
     * @param isStored as it starts the next time, and not as it runs
     * @throws UserException if it cannot be read
     */
    Domain domain(String uuid, String name, boolean isStored) {
        String xml =
                isStored ? virsh("dumpxml", "--domain=" + uuid, "--inactive") : virsh("dumpxml", "--domain=" + uuid);
        return Domain.of(XmlReader.read(
                (isStored ? "the stored document of " : "") + name, xml.getBytes(StandardCharsets.UTF_8)));
    }

    private boolean hasJob(String domain) {
        Answer answer = run(Commands.virsh(uri, "domjobinfo", "--domain=" + domain));
        return answer.isGood()
                && answer.out().contains("migration")
                && !answer.out().matches("(?s)Job type:\\s+None.*");
    }

    /** Objects that {@code ip -j} or {@code bridge -j} prints. */
    List<JsonNode> network(String... command) {
        Answer answer = run(List.of(command));
        if (!answer.isGood()) {
            throw unreachable(answer);
        }
        try {
            return answer.out().isBlank()
                    ? List.of()
                    : JsonMapper.shared().readTree(answer.out()).valueStream().toList();
        } catch (JacksonException e) {
            throw new UnreachableException("the " + side.text() + ": " + command[0] + " answers with what is no JSON");
        }
    }

    /** An interface with its details; one that is not there is unreachable too. */
    JsonNode link(String name) {
        List<JsonNode> links = network("ip", "-j", "-d", "-s", "link", "show", "dev", Commands.plain(name));
        if (links.isEmpty()) {
            throw new UnreachableException("the " + side.text() + " has no interface " + name);
        }
        return links.getFirst();
    }

    /** A VF as its PF has set it up; empty where it has none of that number. */
    Optional<JsonNode> vf(String pf, String number) {
        return link(pf).path("vfinfo_list")
                .valueStream()
                .filter(each -> each.path("vf").asString("").equals(number))
                .findFirst();
    }

    HostLink hostLink(String name) {
        return HostLink.of(link(name));
    }

    /** The ports of a bridge that is not over others. */
    List<String> portsOf(String bridge) {
        List<String> ports = new ArrayList<>();
        network("ip", "-j", "link", "show", "master", Commands.plain(bridge))
                .forEach(port -> ports.add(port.path("ifname").asString("")));
        return ports;
    }

    private UnreachableException unreachable(Answer answer) {
        return new UnreachableException("the " + side.text() + " " + uri + " cannot be asked: "
                + answer.why().replaceFirst("^error: ", ""));
    }
}
