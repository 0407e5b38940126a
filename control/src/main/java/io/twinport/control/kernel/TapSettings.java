package io.twinport.control.kernel;

import io.twinport.dpdk.MacAddress;
import java.util.List;

/**
 * What is set on a kernel interface, by its user or by what runs over it.
 *
 * @param mtu in bytes
 * @param promiscuous whether somebody wants all frames: its user, a packet socket, a bridge, or a second address (macvlan)
 * @param allMulticast whether somebody wants all multicast
 * @param groups whose frames are wanted
 */
public record TapSettings(
        int mtu, MacAddress mac, boolean promiscuous, boolean allMulticast, List<MacAddress> groups) {}
