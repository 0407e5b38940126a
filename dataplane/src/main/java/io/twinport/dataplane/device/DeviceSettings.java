package io.twinport.dataplane.device;

import io.twinport.dpdk.MacAddress;
import java.util.List;

/**
 * How a device is set: how long its frames may be, and which ones it lets through. For one control thread at a time, from
 * its probe to its removal.
 *
 * <p>A setter says false where the device cannot be told, which is no failure: {@link #isUnfiltered} says what it means. It
 * throws where the device refuses, and then the device is as before.
 */
public interface DeviceSettings {
    /** In bytes. */
    int mtu();

    MtuBounds mtuBounds();

    /**
     * Before {@code configure} it is only kept for that.
     *
     * @throws RuntimeException if the device does not take that MTU, or not while it is started
     */
    void setMtu(int mtu);

    MacAddress mac();

    void setMac(MacAddress mac);

    boolean isPromiscuous();

    boolean setPromiscuous(boolean on);

    boolean isAllMulticast();

    boolean setAllMulticast(boolean on);

    /** Lets unicast to these addresses through, beside that to the device's own, and no other. */
    boolean setUnicast(List<MacAddress> addresses);

    /** Lets multicast to these addresses through, and no other. */
    boolean setMulticast(List<MacAddress> addresses);

    /** Lets a VLAN's frames through, or no longer. Without any the device filters no VLANs, nor where it cannot be told. */
    void setVlan(int id, boolean on);

    /** Whether {@link #setVlan} will be called, from the next start on; for devices that have to know before. */
    default void expectVlans(boolean any) {}

    /** Whether a device that cannot be told what to let through lets everything through. */
    boolean isUnfiltered();

    /** What the device can do to frames. */
    Offloads offloads();

    /** What the port promises, from the next {@code configure} on: what of that the device cannot do the CPU does (U5). */
    void promiseOffloads(Offloads promised);

    /**
     * Takes the device, so that nobody else in this process does (R18).
     *
     * @throws RuntimeException if it belongs to somebody, whom it names
     */
    void own(String owner);

    /** Ends {@link #own}. */
    void disown();
}
