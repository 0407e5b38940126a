package io.twinport.dataplane.virtio;

import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.MacAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a device is told by its control queue: what it lets through, its address, how many queue pairs it uses. A reset makes
 * it forget all that, so it is kept here and told at each start; what is set while the device does not run, or has to be reset,
 * is told then. Any control thread; one command is under way at a time.
 *
 * <p>After a reset devices differ in what they let through (QEMU's everything), so nothing is left to that.
 */
final class NetControl {
    private static final int MAC_BYTES = 6;

    private final String name;
    private long features;
    private volatile @Nullable ControlQueue queue;
    private boolean promiscuous;
    private boolean allMulticast;
    private List<MacAddress> unicast = List.of();
    private List<MacAddress> multicast = List.of();
    private final SortedSet<Integer> vlans = new TreeSet<>();
    private Optional<MacAddress> mac = Optional.empty();

    /**
     * @param name for messages
     * @param usable features that the device will have when it runs
     */
    NetControl(String name, long usable) {
        this.name = name;
        this.features = usable;
    }

    /**
     * Tells a device that runs all of it.
     *
     * @param negotiated its features
     * @param commands where it takes them; null if it has no such queue
     * @param pairs queue pairs that are used
     * @throws DpdkException if it refuses any, or does not answer
     */
    synchronized void start(long negotiated, @Nullable ControlQueue commands, int pairs) {
        features = negotiated;
        queue = commands;
        if (has(VirtioFeatures.MQ) && commands != null) {
            tell(NetCommand.VQ_PAIRS_SET, pairs + " queue pairs", twoBytes(pairs));
        }
        if (mac.isPresent()) {
            tellMac(mac.get());
        }
        if (filters()) {
            tell(NetCommand.MAC_TABLE_SET, "its list of addresses", table(unicast, multicast));
            tellAllMulticast(allMulticast);
            if (has(VirtioFeatures.CTRL_VLAN)) {
                vlans.forEach(this::tellVlan);
            }
            tellPromiscuous();
        }
    }

    /** The device runs no more. */
    synchronized void stop() {
        queue = null;
    }

    /** Whether the device has to be reset before it can be told anything. */
    boolean isBroken() {
        ControlQueue commands = queue;
        return commands != null && commands.isBroken();
    }

    /** Whether the device lets through what it is told to only. */
    synchronized boolean filters() {
        return has(VirtioFeatures.CTRL_RX);
    }

    synchronized boolean isPromiscuous() {
        return promiscuous;
    }

    synchronized void setPromiscuous(boolean on) {
        boolean before = promiscuous;
        promiscuous = on;
        try {
            tellPromiscuous();
        } catch (DpdkException e) {
            promiscuous = before;
            throw e;
        }
    }

    /** A device with a filter for VLANs lets none through that it has not been told of; promiscuous it lets all. */
    private void tellPromiscuous() {
        boolean on = promiscuous || has(VirtioFeatures.CTRL_VLAN) && vlans.isEmpty();
        tell(NetCommand.PROMISCUOUS, on ? "promiscuous mode" : "to end promiscuous mode", oneByte(on));
    }

    synchronized boolean isAllMulticast() {
        return allMulticast;
    }

    synchronized void setAllMulticast(boolean on) {
        tellAllMulticast(on);
        allMulticast = on;
    }

    private void tellAllMulticast(boolean on) {
        tell(NetCommand.ALL_MULTICAST, on ? "all multicast" : "to end all multicast", oneByte(on));
    }

    /** Sets the list of unicast addresses; false if the device, or a command, has no room for as many. */
    synchronized boolean setUnicast(List<MacAddress> addresses) {
        boolean taken = takes(table(addresses, multicast));
        unicast = taken ? List.copyOf(addresses) : unicast;
        return taken;
    }

    /** As {@link #setUnicast}, of multicast addresses. */
    synchronized boolean setMulticast(List<MacAddress> addresses) {
        boolean taken = takes(table(unicast, addresses));
        multicast = taken ? List.copyOf(addresses) : multicast;
        return taken;
    }

    private boolean takes(byte[] table) {
        return table.length <= ControlQueue.MOST_DATA && ask(NetCommand.MAC_TABLE_SET, table);
    }

    /** Without any VLAN all are let through; where the device cannot be told of them, always. */
    synchronized void setVlan(int id, boolean on) {
        boolean changes = on ? vlans.add(id) : vlans.remove(id);
        if (!changes || !has(VirtioFeatures.CTRL_VLAN)) {
            return;
        }
        try {
            if (on) {
                tellVlan(id);
            }
            if (vlans.size() == (on ? 1 : 0)) {
                tellPromiscuous();
            }
            if (!on) {
                // One that it keeps does no harm.
                boolean unused = ask(NetCommand.VLAN_DEL, twoBytes(id));
            }
        } catch (DpdkException e) {
            boolean unused = on ? vlans.remove(id) : vlans.add(id);
            throw e;
        }
    }

    private void tellVlan(int id) {
        tell(NetCommand.VLAN_ADD, "VLAN " + id, twoBytes(id));
    }

    /** Whether the device can have another address than its own. */
    synchronized boolean canSetMac() {
        return has(VirtioFeatures.CTRL_MAC_ADDR);
    }

    /** The address that it was given last; empty if it has its own. */
    synchronized Optional<MacAddress> mac() {
        return mac;
    }

    synchronized void setMac(MacAddress wanted) {
        tellMac(wanted);
        mac = Optional.of(wanted);
    }

    private void tellMac(MacAddress wanted) {
        if (!canSetMac()) {
            throw refused("the MAC address " + wanted);
        }
        tell(NetCommand.MAC_ADDR_SET, "the MAC address " + wanted, wanted.bytes());
    }

    /** The port's addresses have been announced, as the device has asked; one that refuses to hear it asks again. */
    synchronized void acknowledgeAnnouncement() {
        boolean unused = ask(NetCommand.ANNOUNCE_ACK, new byte[0]);
    }

    private void tell(NetCommand command, String what, byte... data) {
        if (!ask(command, data)) {
            throw refused(what);
        }
    }

    private DpdkException refused(String what) {
        return new DpdkException(name + " refuses " + what);
    }

    /** False if the device refuses. */
    private boolean ask(NetCommand command, byte[] data) {
        ControlQueue open = queue;
        return open == null || open.isBroken() || open.tell(command, data);
    }

    private boolean has(long feature) {
        return VirtioFeatures.has(features, feature);
    }

    private static byte[] oneByte(boolean on) {
        return new byte[] {(byte) (on ? 1 : 0)};
    }

    private static byte[] twoBytes(int value) {
        return littleEndian(Short.BYTES).putShort((short) value).array();
    }

    private static byte[] table(List<MacAddress> unicast, List<MacAddress> multicast) {
        ByteBuffer table = littleEndian(2 * Integer.BYTES + (unicast.size() + multicast.size()) * MAC_BYTES);
        table.putInt(unicast.size());
        unicast.forEach(address -> table.put(address.bytes()));
        table.putInt(multicast.size());
        multicast.forEach(address -> table.put(address.bytes()));
        return table.array();
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
