package io.twinport.control.host;

import io.twinport.dpdk.MacAddress;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A network interface of a host, as {@code ip -d link} shows it.
 *
 * @param kind {@code bridge}, {@code macvtap}, {@code openvswitch}; empty for a device's own
 * @param master the bridge or bond that it is a port of; empty where there is none
 * @param hasStp of a bridge: whether the spanning tree protocol is on
 * @param forwardDelay of a bridge, in hundredths of a second
 * @param vfs of a PF
 */
public record HostLink(
        String name,
        Optional<MacAddress> mac,
        int mtu,
        boolean isUp,
        String kind,
        String master,
        boolean hasStp,
        int forwardDelay,
        List<Vf> vfs) {
    /**
     * A VF as its PF has set it up.
     *
     * @param vlan 0 for none
     */
    public record Vf(int number, Optional<MacAddress> mac, boolean isTrusted, boolean isSpoofChecked, int vlan) {
        static Vf of(JsonNode vf) {
            JsonNode vlans = vf.path("vlan_list");
            return new Vf(
                    vf.path("vf").asInt(-1),
                    // Until iproute2 5.1 it was "mac".
                    address(vf.path("address").asString(vf.path("mac").asString(""))),
                    vf.path("trust").asBoolean(false),
                    vf.path("spoofchk").asBoolean(false),
                    vlans.isEmpty()
                            ? vf.path("vlan").asInt(0)
                            : vlans.path(0).path("vlan").asInt(0));
        }
    }

    /** From an object of its JSON. */
    public static HostLink of(JsonNode link) {
        JsonNode info = link.path("linkinfo");
        JsonNode data = info.path("info_data");
        return new HostLink(
                link.path("ifname").asString(""),
                address(link.path("address").asString("")),
                link.path("mtu").asInt(0),
                // A device that does not know says UNKNOWN.
                !link.path("operstate").asString("").matches("DOWN|LOWERLAYERDOWN|NOTPRESENT"),
                info.path("info_kind").asString(""),
                link.path("master").asString(""),
                data.path("stp_state").asInt(0) != 0,
                data.path("forward_delay").asInt(0),
                link.path("vfinfo_list").valueStream().map(Vf::of).toList());
    }

    static Optional<MacAddress> address(String text) {
        try {
            return Optional.of(MacAddress.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // all zero, or of another kind of link
        }
    }
}
