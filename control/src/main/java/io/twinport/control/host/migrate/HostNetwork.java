package io.twinport.control.host.migrate;

import io.twinport.control.Printable;
import io.twinport.control.UserException;
import io.twinport.control.host.HostLink;
import io.twinport.control.host.NicId;
import io.twinport.control.host.NicVerdict;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.host.teaming.Nic;
import io.twinport.control.host.xml.XmlDocument;
import io.twinport.control.host.xml.XmlElement;
import io.twinport.control.host.xml.XmlReader;
import io.twinport.control.program.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** What one host shows of the network of a guest's pairs, and what of it is refused. Changes nothing. */
final class HostNetwork {
    private final HostPrograms host;
    private final NicVerdict given;
    private final NicVerdicts nics;
    private final Consumer<String> notes;

    /**
     * @param given what its NICs do, by the user's word; {@code UNKNOWN} where he says nothing
     * @param nics what is known of NICs then
     * @param notes gets what the user should know
     */
    HostNetwork(HostPrograms host, NicVerdict given, NicVerdicts nics, Consumer<String> notes) {
        this.host = host;
        this.given = given;
        this.nics = nics;
        this.notes = notes;
    }

    HostPrograms host() {
        return host;
    }

    /**
     * The bridge of a standby, which is one of the kernel's that twinport may write to.
     *
     * @throws UserException if it has none
     */
    String bridge(Nic standby) {
        String what = "the standby " + standby.text();
        Refusal.unless(
                !standby.type().equals("direct"),
                what + " is macvtap: it takes the guest's frames while both devices"
                        + " are there, and no entry moves them. Use a bridge");
        Refusal.unless(
                standby.element().at("virtualport").isEmpty(),
                what + " is Open vSwitch: its flows are not twinport's" + " to change. Use a bridge of the kernel's");
        String bridge = switch (standby.type()) {
            case "bridge" -> standby.element().at("source", "bridge").orElse("");
            case "network" -> bridgeOf(standby.network().orElse(""));
            default -> "";
        };
        Refusal.unless(!bridge.isEmpty(), what + " is of type '" + standby.type() + "' and leads to no bridge");
        JsonNode link = host.link(bridge);
        HostLink view = HostLink.of(link);
        Refusal.unless(!view.kind().equals("openvswitch"), bridge + " at " + host.uri() + " is Open vSwitch");
        Refusal.unless(view.kind().equals("bridge"), bridge + " at " + host.uri() + " is no bridge");
        Refusal.unless(
                link.path("linkinfo").path("info_data").path("vlan_filtering").asInt(0) == 0,
                bridge + " at " + host.uri()
                        + " filters VLANs: in which of them an entry belongs twinport does not know");
        if (view.hasStp() || view.forwardDelay() > 0) {
            notes.accept(bridge + " at " + host.uri() + " has a forward delay: a new tap is silent so long");
        }
        return Commands.plain(bridge);
    }

    private String bridgeOf(String network) {
        Answer answer = host.run(Commands.virsh(host.uri(), "net-dumpxml", "--network=" + network));
        Refusal.unless(
                answer.isGood(),
                "the network " + Printable.line(network) + " cannot be read at " + host.uri() + ": " + answer.why());
        XmlDocument document = XmlReader.read(network, answer.out().getBytes(StandardCharsets.UTF_8));
        XmlElement root = document.root();
        Refusal.unless(root.at("virtualport").isEmpty(), "the network " + network + " is Open vSwitch");
        Refusal.unless(
                root.at("bridge", "macTableManager").filter("libvirt"::equals).isEmpty(),
                "libvirt itself writes the" + " entries of the network " + network + " (macTableManager='libvirt')");
        Refusal.unless(
                root.at("forward", "mode").filter("bridge"::equals).isPresent(),
                "the network " + network + " at " + host.uri() + " is not forward mode='bridge'");
        return root.at("bridge", "name").orElse("");
    }

    /** Where the NIC of a primary sends the frames for a VF whose driver is not up; what that means is noted. */
    NicVerdict verdict(Nic primary) {
        if (primary.type().equals("ethernet")) {
            return NicVerdict.LATE;
        }
        NicVerdict verdict = given != NicVerdict.UNKNOWN
                ? given
                : primary.hostAddress()
                        .flatMap(address -> VirshHosts.Vf.find(host, address.toString()))
                        .map(vf -> nics.behindBridge(nic(vf.pf())))
                        .orElse(NicVerdict.UNKNOWN);
        if (verdict == NicVerdict.LOST) {
            notes.accept("no make-before-break for " + primary.text()
                    + ": as measured, this NIC loses frames for a VF whose driver is not up behind each bridge, with a filter"
                    + " and without ('probe mac-filter')");
        } else if (verdict == NicVerdict.UNKNOWN) {
            notes.accept("no make-before-break for " + primary.text()
                    + ": nobody has measured where this NIC sends the frames for a"
                    + " VF whose driver is not up ('probe mac-filter' does; --nic early or late, if you know)");
        }
        return verdict;
    }

    private NicId nic(String netdev) {
        String device = "/sys/class/net/" + Commands.plain(netdev) + "/device/";
        return NicId.of(
                host.run(List.of("cat", device + "vendor")).out(),
                host.run(List.of("cat", device + "device")).out(),
                driver(netdev),
                host.run(List.of("ethtool", "-i", netdev)).out());
    }

    /** The name of an interface's driver. */
    String driver(String netdev) {
        String link = host.run(List.of("readlink", "/sys/class/net/" + Commands.plain(netdev) + "/device/driver"))
                .out()
                .strip();
        return link.substring(link.lastIndexOf('/') + 1);
    }

    /** Whether its filters are a bond's. */
    boolean isPortOfBond(HostLink pf) {
        String master = pf.master();
        return !master.isEmpty() && host.hostLink(master).kind().equals("bond");
    }

    /**
     * The filter of the bridge's uplink that has the NIC send nothing into the VF alone; empty where the NIC needs none.
     *
     * @throws UserException if the uplink cannot be told
     */
    Optional<Setting> uplink(String alias, String bridge, String mac, NicVerdict verdict, boolean isEmulated) {
        if (verdict != NicVerdict.EARLY || isEmulated) {
            return Optional.empty();
        }
        List<String> ports = host.portsOf(bridge).stream()
                .filter(port -> !host.hostLink(port).kind().matches("tun|macvtap"))
                .toList();
        Refusal.unless(
                ports.size() == 1,
                "which port of " + bridge + " at " + host.uri() + " is the uplink of " + alias
                        + " cannot be told: it has " + ports);
        return Optional.of(new Setting(host.side(), Setting.Kind.FILTER, ports.getFirst(), mac));
    }
}
