package io.twinport.dataplane.virtio;

import io.twinport.dataplane.device.Offloads;
import io.twinport.dpdk.EthOffloads;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What of a device's features nobody needs now.
 *
 * @param reasons why, for each of them
 */
record DeclinedFeatures(Map<Long, String> reasons) {
    static final DeclinedFeatures NONE = new DeclinedFeatures(Map.of());

    /**
     * What to decline where it is offered.
     *
     * @param pairs queue pairs that are used
     * @param promised offloads on which the port's handler counts
     * @param spreads whether frames may come in several mbufs
     * @param hasVlans whether the port has VLANs that it wants let through, and no others
     * @param announces whether somebody announces the port's addresses when the device asks for it
     * @param packs whether packed rings are wanted
     */
    static DeclinedFeatures of(
            int pairs, Offloads promised, boolean spreads, boolean hasVlans, boolean announces, boolean packs) {
        Map<Long, String> reasons = new LinkedHashMap<>();
        if (pairs == 1) {
            reasons.put(VirtioFeatures.MQ, "one queue is used");
        }
        if ((promised.tx() & (EthOffloads.L4_CHECKSUMS | EthOffloads.TCP_SEGMENTATION)) == 0) {
            reasons.put(VirtioFeatures.CSUM, "the port promises no checksums of what it sends");
        }
        if ((promised.rx() & (EthOffloads.RX_L4_CHECKSUMS | EthOffloads.TCP_MERGING)) == 0) {
            reasons.put(VirtioFeatures.GUEST_CSUM, "the port promises none of what it receives");
        }
        if ((promised.tx() & EthOffloads.TCP_SEGMENTATION) == 0) {
            reasons.put(VirtioFeatures.HOST_TSO, "the port promises to cut no frames");
        }
        if ((promised.rx() & EthOffloads.TCP_MERGING) == 0) {
            reasons.put(VirtioFeatures.GUEST_TSO, "the port promises no merged frames");
        }
        if (!spreads) {
            reasons.put(VirtioFeatures.MRG_RXBUF, "each frame comes in one mbuf");
        }
        if (!hasVlans) {
            reasons.put(VirtioFeatures.CTRL_VLAN, "the port had no VLANs at the start");
        }
        if (!announces) {
            reasons.put(VirtioFeatures.GUEST_ANNOUNCE, "nobody announces");
        }
        if (!packs) {
            reasons.put(VirtioFeatures.RING_PACKED | VirtioFeatures.IN_ORDER, "packed=0");
        }
        return new DeclinedFeatures(reasons);
    }

    long features() {
        return reasons.keySet().stream().reduce(0L, (all, feature) -> all | feature);
    }

    /** In one line: which features are used, and why not the others that are offered. */
    String describe(long offered, long used) {
        long left = offered & ~used;
        Stream<String> here = reasons.entrySet().stream()
                .filter(each -> VirtioFeatures.has(left, each.getKey()))
                .map(each -> VirtioFeatures.names(left & each.getKey()) + " (" + each.getValue() + ")");
        long rest = left & ~features();
        String others = Stream.concat(
                        here,
                        rest == 0 ? Stream.of() : Stream.of(VirtioFeatures.names(rest) + " (not for this driver)"))
                .collect(Collectors.joining("; "));
        return "uses " + VirtioFeatures.names(used) + (others.isEmpty() ? "" : "; not " + others);
    }
}
