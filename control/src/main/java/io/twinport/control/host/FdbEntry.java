package io.twinport.control.host;

import io.twinport.dpdk.MacAddress;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * An entry of a forwarding database that somebody has made; what a bridge has learned by itself is none of these.
 *
 * @param device the port, or the device whose filter it is
 * @param master the bridge; empty for a device's own filter
 * @param isLocal whether the frames are the host's own: {@code bridge fdb add MAC dev PORT master} makes such a one
 */
public record FdbEntry(Optional<MacAddress> mac, String device, String master, boolean isLocal) {
    static FdbEntry of(JsonNode entry) {
        return new FdbEntry(
                HostLink.address(entry.path("mac").asString("")),
                entry.path("ifname").asString(""),
                entry.path("master").asString(""),
                entry.path("state").asString("").equals("permanent"));
    }
}
