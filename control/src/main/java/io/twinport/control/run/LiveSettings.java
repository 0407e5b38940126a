package io.twinport.control.run;

import io.twinport.control.Log;
import io.twinport.control.kernel.PortInterface;
import io.twinport.control.kernel.TapSettings;
import io.twinport.control.plan.PortSpec;
import io.twinport.dataplane.device.ConfigurationException;
import io.twinport.dataplane.device.FilterSettings;
import io.twinport.dataplane.device.Member;
import io.twinport.dataplane.device.MtuBounds;
import io.twinport.dataplane.device.PortConfiguration;
import io.twinport.dataplane.device.SideDevice;
import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dpdk.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that sets a port while it runs: its configuration, the user of its kernel interface, a device that brings the
 * address. Of MTU and address there is one each, and the last word counts, wherever it is said; of what is let through the
 * port wants what either wants. What a device refuses is not set anywhere: then the interface gets its MTU or address back.
 *
 * <p>Any control thread; one at a time is in here, and it may wait for devices and the poll loops.
 */
final class LiveSettings {
    private final PortConfiguration configuration;
    private final Optional<? extends PortInterface> kernel;
    private final Consumer<MacAddress> address;
    private final Log log;
    private @Nullable PortSpec set;
    private FilterSettings configured = FilterSettings.NONE;
    private FilterSettings seen = FilterSettings.NONE;
    private FilterSettings followed = FilterSettings.NONE;

    /**
     * @param kernel the port's interface, where it has one
     * @param address told the port's address: the interface's, too
     * @param log told what the interface's user has set, and what cannot be had
     */
    LiveSettings(
            PortConfiguration configuration,
            Optional<? extends PortInterface> kernel,
            Consumer<MacAddress> address,
            Log log) {
        this.configuration = configuration;
        this.kernel = kernel;
        this.address = address;
        this.log = log;
    }

    /**
     * Sets all that has changed in the configuration of the port, or nothing; what has not is as its user has set it since.
     * Without an address in it the port keeps the one that it has.
     *
     * @throws ConfigurationException if a device refuses one of them
     */
    synchronized void set(PortSpec wanted) {
        int mtu = configuration.mtu();
        Optional<MacAddress> mac = configuration.mac();
        PortSpec before = set;
        boolean changesMac = before == null || !before.mac().equals(wanted.mac());
        if (before == null || before.mtu() != wanted.mtu()) {
            setMtu(wanted.mtu());
        }
        try {
            wanted.mac().filter(given -> changesMac).ifPresent(this::setMac);
            try {
                setFilter(wanted.filter());
            } catch (ConfigurationException e) {
                mac.filter(given -> changesMac).ifPresent(old -> putBack(() -> setMac(old), e));
                throw e;
            }
        } catch (ConfigurationException e) {
            putBack(() -> setMtu(mtu), e);
            throw e;
        }
        set = wanted;
    }

    private static void putBack(Runnable action, RuntimeException cause) {
        try {
            action.run();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * Devices may have frames in several mbufs, the interface has not.
     *
     * @throws ConfigurationException if a device refuses it, or no mbuf holds such a frame; then all have the old one
     */
    synchronized void setMtu(int mtu) {
        if (kernel.isPresent() && MtuBounds.room(mtu) > configuration.mbufRoom()) {
            throw new ConfigurationException(
                    "the port cannot have an MTU of " + mtu
                            + " while it runs: a frame of its interface lies in one mbuf," + " and these hold "
                            + configuration.mbufRoom() + " bytes. Start it with that MTU",
                    null);
        }
        configuration.setMtu(mtu);
        kernel.ifPresent(each -> each.setMtu(mtu));
    }

    /** @throws ConfigurationException if a device refuses it; then all have the old one */
    synchronized void setMac(MacAddress mac) {
        configuration.setMac(mac);
        address.accept(mac);
    }

    /**
     * Sets what the configuration wants let through.
     *
     * @throws ConfigurationException if a device refuses it; then all have the old settings
     */
    synchronized void setFilter(FilterSettings wanted) {
        configuration.setFilter(both(wanted, followed));
        configured = wanted;
    }

    /** {@link PortConfiguration#join}. A device is not refused for what only the interface wants: then nobody lets it through. */
    synchronized Member join(int side, SideDevice dev, boolean adopts) {
        Member joined;
        try {
            joined = configuration.join(side, dev, adopts);
        } catch (ConfigurationException e) {
            if (followed.equals(FilterSettings.NONE)) {
                throw e;
            }
            configuration.setFilter(configured);
            followed = FilterSettings.NONE;
            log.warn(
                    "the devices let through only the frames that the configuration asks for, not those that the interface asks for: "
                            + e.getMessage());
            joined = configuration.join(side, dev, adopts);
        }
        configuration.mac().ifPresent(address);
        return joined;
    }

    /**
     * Brings the port to what is set on its interface.
     *
     * @param look how it is now; asked in here, so that nothing is taken for its user's that has just been set from here
     */
    synchronized void follow(Supplier<Optional<TapSettings>> look) {
        PortInterface own = kernel.orElseThrow();
        look.get().ifPresent(now -> {
            if (now.mtu() != own.mtu()) {
                follow("MTU " + now.mtu(), () -> setMtu(now.mtu()), () -> own.setMtu(configuration.mtu()));
            }
            Optional<MacAddress> before = own.mac();
            if (before.isPresent() && !before.get().equals(now.mac())) {
                follow("MAC address " + now.mac(), () -> setMac(now.mac()), () -> own.setMac(before.get()));
            }
            followFilter(now);
        });
    }

    /**
     * Looks whether the kernel interface of a side has the port's settings, or whether others have changed them.
     *
     * @param watch what is known of that side so far
     * @return what is not as it should be, in words
     */
    synchronized List<String> lookAfter(int side, SideWatch watch) {
        return configuration
                .ask(
                        side,
                        dev -> dev.kernelSide()
                                .map(own -> watch.look(own, configuration.mtu(), configuration.mac()))
                                .orElse(List.of()))
                .orElse(List.of());
    }

    private void followFilter(TapSettings now) {
        FilterSettings wanted = FilterSettings.NONE
                .withPromiscuous(now.promiscuous())
                .withAllMulticast(now.allMulticast())
                .withMulticast(now.groups());
        if (wanted.equals(seen)) {
            return;
        }
        seen = wanted;
        try {
            configuration.setFilter(both(configured, wanted));
            followed = wanted;
        } catch (StuckLoopException | ConfigurationException e) {
            log.warn("the devices do not let through the frames that the interface asks for: " + e.getMessage());
        }
    }

    private void follow(String what, Runnable change, Runnable takeBack) {
        try {
            change.run();
            log.say(what + ", as it was set on the interface");
        } catch (StuckLoopException | ConfigurationException e) {
            takeBack.run();
            log.warn(what + " was set on the interface, which has the old value again: " + e.getMessage());
        }
    }

    private static FilterSettings both(FilterSettings one, FilterSettings other) {
        return one.withPromiscuous(one.promiscuous() || other.promiscuous())
                .withAllMulticast(one.allMulticast() || other.allMulticast())
                .withMulticast(Stream.concat(one.multicast().stream(), other.multicast().stream())
                        .toList());
    }
}
