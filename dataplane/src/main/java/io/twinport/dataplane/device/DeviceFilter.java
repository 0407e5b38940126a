package io.twinport.dataplane.device;

import io.twinport.dpdk.DpdkException;

/**
 * Brings one device to let through what its port wants. Where the device knows nothing so exact it lets more through, as in Linux:
 * a device without a list of unicast addresses, or with a full one, becomes promiscuous; one without a list of groups takes
 * all multicast, or becomes promiscuous. So no frame for the port is filtered out, and the handler
 * has to ignore what comes in excess, as on any wire. A device that cannot even be made promiscuous either has no filter, and that is
 * fine, or it refuses. What was on before the device joined stays on.
 */
final class DeviceFilter {
    /** Frames that carry a priority and no VLAN are tagged with it: they belong to those without a tag (802.1Q). */
    private static final int PRIORITY_VLAN = 0;

    private final DeviceSettings device;
    private final boolean foundPromiscuous;
    private final boolean foundAllMulticast;
    private FilterSettings applied = FilterSettings.NONE;

    DeviceFilter(DeviceSettings device) {
        this.device = device;
        this.foundPromiscuous = device.isPromiscuous();
        this.foundAllMulticast = device.isAllMulticast();
    }

    /** What the device has been told last. */
    FilterSettings applied() {
        return applied;
    }

    /** Either all of it, or the device is as before. */
    void apply(FilterSettings wanted) {
        change(applied, wanted);
    }

    /** As the device was found. */
    void restore() {
        apply(FilterSettings.NONE);
    }

    private void change(FilterSettings before, FilterSettings wanted) {
        Plan plan = new Plan();
        // First what is let through by its address, then the rest: so no frame is lost that both let through.
        plan.then("addresses", () -> setAddresses(wanted), () -> setAddresses(before));
        for (int vlan : wanted.vlans()) {
            if (!before.vlans().contains(vlan)) {
                plan.then("VLAN " + vlan, () -> device.setVlan(vlan, true), () -> device.setVlan(vlan, false));
            }
        }
        for (int vlan : before.vlans()) {
            if (!wanted.vlans().contains(vlan)) {
                plan.then("VLAN " + vlan, () -> device.setVlan(vlan, false), () -> device.setVlan(vlan, true));
            }
        }
        if (before.vlans().isEmpty() != wanted.vlans().isEmpty()) {
            boolean on = before.vlans().isEmpty();
            plan.then("VLAN 0", () -> setPriorityVlan(on), () -> setPriorityVlan(!on));
        }
        plan.run();
        applied = wanted;
    }

    private void setAddresses(FilterSettings wanted) {
        FilterSettings before = applied;
        Plan plan = new Plan();
        boolean[] listed = new boolean[2];
        plan.then(
                        "unicast addresses",
                        () -> listed[0] = device.setUnicast(wanted.unicast()),
                        () -> device.setUnicast(before.unicast()))
                .then(
                        "multicast addresses",
                        () -> listed[1] = device.setMulticast(wanted.multicast()),
                        () -> device.setMulticast(before.multicast()))
                .then("promiscuous", () -> setModes(wanted, listed[0], listed[1]), () -> {});
        plan.run();
    }

    private void setModes(FilterSettings wanted, boolean unicastListed, boolean multicastListed) {
        boolean allMulticast = foundAllMulticast
                || wanted.allMulticast()
                || !multicastListed && !wanted.multicast().isEmpty();
        boolean promiscuous = foundPromiscuous
                || wanted.promiscuous()
                || !unicastListed && !wanted.unicast().isEmpty();
        boolean before = device.isAllMulticast();
        if (before != allMulticast && !device.setAllMulticast(allMulticast)) {
            promiscuous |= allMulticast;
        }
        try {
            if (device.isPromiscuous() != promiscuous
                    && !device.setPromiscuous(promiscuous)
                    && promiscuous
                    && !device.isUnfiltered()) {
                throw new ConfigurationException(
                        device
                                + " does not let all frames through: its driver, or its PF, does not support promiscuous mode",
                        null);
            }
        } catch (RuntimeException e) {
            if (device.isAllMulticast() != before) {
                boolean unused = device.setAllMulticast(before);
            }
            throw e;
        }
    }

    /** Only a help: there are PFs that let no VF have it, and none of the port's VLANs depends on it. */
    private void setPriorityVlan(boolean on) {
        try {
            device.setVlan(PRIORITY_VLAN, on);
        } catch (DpdkException e) {
            System.getLogger("twinport").log(System.Logger.Level.DEBUG, "VLAN 0", e);
        }
    }
}
