package io.twinport.dataplane.device;

import io.twinport.dpdk.MacAddress;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which frames a port wants beside those to its own address and to everybody.
 *
 * @param promiscuous all of them
 * @param allMulticast all multicast
 * @param unicast those to these addresses
 * @param multicast those to these groups
 * @param vlans those tagged with these numbers; where there are none, all. A device without a filter lets others through too
 */
public record FilterSettings(
        boolean promiscuous,
        boolean allMulticast,
        List<MacAddress> unicast,
        List<MacAddress> multicast,
        SortedSet<Integer> vlans) {
    public static final FilterSettings NONE = new FilterSettings(false, false, List.of(), List.of(), new TreeSet<>());

    /** VLANs are numbered from 1 to this. */
    public static final int LAST_VLAN = 4094;

    /** @throws IllegalArgumentException if an address or number is none of its kind */
    public FilterSettings {
        unicast = unicast.stream().distinct().toList();
        multicast = multicast.stream().distinct().toList();
        vlans = Collections.unmodifiableSortedSet(new TreeSet<>(vlans));
        for (MacAddress mac : unicast) {
            require(mac.isUnicast(), mac + " is no unicast address");
        }
        for (MacAddress mac : multicast) {
            require(mac.isMulticast(), mac + " is no multicast address: its first byte would be odd");
        }
        for (int vlan : vlans) {
            require(vlan >= 1 && vlan <= LAST_VLAN, "there is no VLAN " + vlan + ": 1 to " + LAST_VLAN);
        }
    }

    private static void require(boolean good, String message) {
        if (!good) {
            throw new IllegalArgumentException(message);
        }
    }

    public FilterSettings withPromiscuous(boolean on) {
        return new FilterSettings(on, allMulticast, unicast, multicast, vlans);
    }

    public FilterSettings withAllMulticast(boolean on) {
        return new FilterSettings(promiscuous, on, unicast, multicast, vlans);
    }

    public FilterSettings withMulticast(List<MacAddress> addresses) {
        return new FilterSettings(promiscuous, allMulticast, unicast, addresses, vlans);
    }
}
