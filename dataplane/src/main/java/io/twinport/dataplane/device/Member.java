package io.twinport.dataplane.device;

import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.MacAddress;
import io.twinport.posix.Errno;
import java.util.List;

/**
 * A device that is a side of a port. Joining is two plans, one for what it has as a member and one for what it does while
 * it runs; leaving is the same plans undone (R22-R27, R33). Between, the device has what the port's configuration
 * says. For one control thread at a time.
 */
public final class Member {
    private static final String START = "start";

    private final PortConfiguration port;
    private final Side side;
    private final SideDevice dev;
    private final MacAddress permanentMac;
    private final boolean adopts;
    private final int mtuBefore;
    private final DeviceFilter filter;
    private final Plan belonging = new Plan();
    private final Plan running = new Plan();
    private boolean isRunning;

    Member(PortConfiguration port, Side side, boolean adopts) {
        this.port = port;
        this.side = side;
        this.dev = side.dev();
        this.adopts = adopts;
        this.permanentMac = dev.mac();
        this.mtuBefore = dev.mtu();
        this.filter = new DeviceFilter(dev);
        belonging
                .then("ownership", () -> dev.own(port.owner()), dev::disown)
                .then("MTU", this::takeMtu, () -> dev.setMtu(mtuBefore))
                .then("MAC address", () -> setMac(port.macFor(this)), () -> setMac(permanentMac))
                .then("queues", this::configure, () -> dev.promiseOffloads(Offloads.NONE));
        running.then(START, this::startDevice, side::stop)
                .then("filters", () -> filter.apply(port.filter()), filter::restore)
                // Undone before, by whoever takes the device out of the loop: that may need patience.
                .then("loop", side::enter, () -> {});
    }

    /** The device in the loop's set. Whoever takes it out there calls {@link #stop} next. */
    public Side side() {
        return side;
    }

    public SideDevice dev() {
        return dev;
    }

    /** The address that the device came with (R13). */
    MacAddress permanentMac() {
        return permanentMac;
    }

    /** Whether the device's own address does not matter. */
    boolean adopts() {
        return adopts;
    }

    /** Brings the device into the port, and into the loop. */
    void join() {
        belonging.run();
        try {
            start();
        } catch (StuckLoopException e) {
            throw e;
        } catch (RuntimeException e) {
            belonging.undo().forEach(failure -> e.addSuppressed(failure.cause()));
            throw e;
        }
    }

    private void takeMtu() {
        try {
            dev.setMtu(port.mtu());
        } catch (RuntimeException e) {
            throw new AdmissionException(
                    dev + " cannot join: the port has an MTU of " + port.mtu() + ", and it cannot have that: "
                            + e.getMessage(),
                    e);
        }
    }

    private void configure() {
        Offloads missing = port.offloads().without(dev.offloads()).without(PortConfiguration.doneByTheCpu());
        if (!missing.isEmpty()) {
            throw new AdmissionException(
                    dev + " cannot join: the port promises offloads that neither the device nor the CPU" + " does, "
                            + missing);
        }
        dev.promiseOffloads(port.offloads());
        dev.configure(port.pool(), port.queues());
    }

    private void startDevice() {
        dev.expectVlans(!port.filter().vlans().isEmpty());
        side.startDevice();
    }

    /** Starts the device, with all that the port's configuration says, and lets the loop use it. */
    public void start() {
        running.run();
        isRunning = true;
    }

    /**
     * Takes back what is done to a device that runs, and stops it. No loop uses it.
     *
     * @throws RuntimeException if it cannot be stopped
     */
    public void stop() {
        isRunning = false;
        List<Plan.Failure> failures = running.undo();
        failures.stream()
                .filter(failure -> failure.step().equals(START))
                .findFirst()
                .ifPresent(failure -> {
                    throw failure.cause();
                });
        port.tellNotRestored(dev, failures);
    }

    /** Ends the membership of a stopped device, which is then as it came; what cannot be put back is told, not thrown. */
    public void leave() {
        port.remove(this);
        port.tellNotRestored(dev, belonging.undo());
    }

    private void pause() {
        if (!side.letGo()) {
            throw new StuckLoopException("the poll loop still uses " + dev);
        }
        stop();
    }

    /** Some drivers take an MTU only while they are stopped: then the device leaves the loop for that time. */
    void setMtu(int mtu) {
        try {
            dev.setMtu(mtu);
        } catch (DpdkException e) {
            if (e.code() != Errno.EBUSY || !isRunning) {
                throw e;
            }
            pause();
            try {
                dev.setMtu(mtu);
            } finally {
                start();
            }
        }
    }

    /** What lets frames through is told to a device that runs; to another one when it is started. */
    void setFilter(FilterSettings wanted) {
        if (isRunning) {
            filter.apply(wanted);
        }
    }

    boolean hasFilter(FilterSettings wanted) {
        return !isRunning || filter.applied().equals(wanted);
    }

    void setMac(MacAddress mac) {
        if (!dev.mac().equals(mac)) {
            dev.setMac(mac);
        }
    }

    @Override
    public String toString() {
        return dev.toString();
    }
}
