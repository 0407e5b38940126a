package io.twinport.control.host.teaming;

import java.util.List;
import java.util.Optional;

/**
 * What a standby is connected to, as far as the documents tell.
 *
 * @param kind {@code UNKNOWN} where they do not
 * @param devices the host's interfaces below it: of a macvtap, where it is known
 * @param bridge where there is one
 * @param network where it is one of libvirt's
 */
record StandbyPath(Network.Kind kind, List<String> devices, Optional<String> bridge, Optional<Network> network) {
    static StandbyPath of(Nic standby, Networks networks) {
        return switch (standby.type()) {
            case "network" ->
                standby.network()
                        .flatMap(networks::find)
                        .map(network -> new StandbyPath(
                                network.kind(), network.devices(), network.bridge(), Optional.of(network)))
                        .orElseGet(() -> ofLive(standby, networks));
            case "bridge" -> ofBridge(standby.element().at("source", "bridge"), networks);
            case "direct" ->
                new StandbyPath(
                        // libvirt's choice where none is made
                        Network.Kind.ofMacvtap(
                                standby.element().at("source", "mode").orElse("vepa")),
                        standby.element().at("source", "dev").stream().toList(),
                        Optional.empty(),
                        Optional.empty());
            default -> unknown();
        };
    }

    /** While a domain runs its document says what libvirt has made of the network. */
    private static StandbyPath ofLive(Nic standby, Networks networks) {
        Optional<String> mode = standby.element().at("source", "mode");
        return mode.isPresent()
                ? new StandbyPath(
                        Network.Kind.ofMacvtap(mode.get()),
                        standby.element().at("source", "dev").stream().toList(),
                        Optional.empty(),
                        Optional.empty())
                : ofBridge(standby.element().at("source", "bridge"), networks);
    }

    private static StandbyPath ofBridge(Optional<String> bridge, Networks networks) {
        Optional<Network> owner = networks.all().stream()
                .filter(network ->
                        network.bridge().isPresent() && network.bridge().equals(bridge))
                .findFirst();
        return new StandbyPath(
                owner.map(Network::kind).orElse(bridge.isPresent() ? Network.Kind.BRIDGE : Network.Kind.UNKNOWN),
                List.of(),
                bridge,
                owner);
    }

    private static StandbyPath unknown() {
        return new StandbyPath(Network.Kind.UNKNOWN, List.of(), Optional.empty(), Optional.empty());
    }
}
