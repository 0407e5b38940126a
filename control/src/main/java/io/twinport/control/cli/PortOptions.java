package io.twinport.control.cli;

import io.twinport.control.UserException;
import io.twinport.control.plan.PortSpec;
import io.twinport.dataplane.device.FilterSettings;
import io.twinport.dataplane.device.MtuBounds;
import io.twinport.dpdk.MacAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a failover port is set to, and each of its devices with it. */
final class PortOptions {
    @Bounds(least = MtuBounds.LEAST, most = PortSpec.MOST_MTU, unit = "bytes")
    @Option(
            names = "--mtu",
            defaultValue = "1500",
            paramLabel = "BYTES",
            description =
                    "MTU of the port, its devices and the tap:NAME interface: ${BOUNDS}. A device that cannot have it"
                            + " does not join. Default: ${DEFAULT-VALUE}")
    int mtu = MtuBounds.ETHERNET;

    @Option(
            names = "--mac",
            paramLabel = "MAC",
            description = "The port's MAC address, which both devices get. Without it the port has theirs.")
    @Nullable
    String mac;

    @Bounds(least = 1, most = FilterSettings.LAST_VLAN)
    @Option(
            names = "--vlan",
            split = ",",
            paramLabel = "ID",
            description = "VLANs whose tagged frames the devices let through: ${BOUNDS}. Without it they filter none,"
                    + " except DPDK's virtio driver on QEMU, which then lets none through.")
    int[] vlans = {};

    @Option(names = "--promiscuous", description = "Have the devices let all frames through.")
    boolean promiscuous;

    @Option(names = "--all-multicast", description = "Have the devices let all multicast through.")
    boolean allMulticast;

    @Option(
            names = "--multicast",
            split = ",",
            paramLabel = "MAC",
            description = "Have the devices let multicast to these groups through: 01:00:5e:00:00:fb")
    String[] multicast = {};

    /** @throws UserException if a value is none of its kind */
    PortSpec spec() {
        List<MacAddress> groups = Arrays.stream(multicast)
                .map(text -> parse("--multicast", text, MacAddress::parseMulticast))
                .toList();
        return new PortSpec(
                mtu,
                Optional.ofNullable(mac).map(text -> parse("--mac", text, MacAddress::parse)),
                new FilterSettings(
                        promiscuous,
                        allMulticast,
                        List.of(),
                        groups,
                        Arrays.stream(vlans).boxed().collect(Collectors.toCollection(TreeSet::new))));
    }

    private static MacAddress parse(String option, String text, Function<String, MacAddress> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new UserException(option + ": " + e.getMessage() + ".", e);
        }
    }
}
