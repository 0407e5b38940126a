package io.twinport.control.lab;

import io.twinport.control.Pause;
import io.twinport.control.hotplug.FarEndSlot;
import io.twinport.control.hotplug.Slot;
import io.twinport.control.hotplug.VhostUserSlot;
import io.twinport.control.lab.HostileFarEnd.Vice;
import io.twinport.dataplane.device.EthSide;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.device.SideDevice;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dataplane.vhost.VhostDevice;
import io.twinport.dataplane.virtio.VirtioSide;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.MacAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A far end that misbehaves comes to where a side's device has been, as it would to a port of {@code run}: it is met, by a proxy
 * where the device is to be DPDK's, and is a device if its handshake is good. For one control thread.
 */
final class HostileVisit {
    /** All but those with which DPDK's driver receives for ever, or what is not its own; a loop that hangs would end the soak. */
    private static final List<Vice> SURVIVABLE = List.of(
            Vice.MUTE,
            Vice.HANGS_UP,
            Vice.NOISE,
            Vice.ENDLESS_ANSWER,
            Vice.TALKS_OUT_OF_TURN,
            Vice.NO_QUEUES,
            Vice.LONG_FRAMES);

    /** Our driver finds these too. What {@code DUPLICATE_BUFFERS} forges would come as a frame. */
    private static final List<Vice> FOUND = Stream.concat(
                    SURVIVABLE.stream(), Stream.of(Vice.STRANGE_BUFFERS, Vice.WILD_INDEX))
            .toList();

    /** Of a handshake, through which DPDK's driver goes: the last ones come when its rings run. */
    private static final int MESSAGES = 40;

    /** Longer than a far end that is mute is waited for. */
    private static final int MEET_MILLIS = 5000;

    private static final int STAY_MILLIS = 1000;

    private final int side;
    private final Wiring wiring;
    private final Path socket;
    private final Path driverSocket;

    HostileVisit(int side, Wiring wiring) {
        this.side = side;
        this.wiring = wiring;
        this.socket = wiring.folder().resolve("visit-" + side);
        this.driverSocket = wiring.folder().resolve("visited-" + side);
    }

    /** One of many visits; the same number is the same visit. Returns when there is no device again. */
    void pay(int number) {
        List<Vice> vices = switch (wiring.driver()) {
            case DPDK -> SURVIVABLE;
            case TWINPORT -> FOUND;
        };
        Vice vice = vices.get(number % vices.size());
        int at = 1 + number / vices.size() % MESSAGES;
        Slot slot = newSlot();
        try {
            boolean isNobodyThere = slot.look().isEmpty(); // and from now on it listens
            try (HostileFarEnd visitor = HostileFarEnd.connect(socket.toString(), vice, at)) {
                boolean isMet = isNobodyThere
                        && Pause.until(
                                () -> slot.look().isPresent() || !slot.trouble().isEmpty(), MEET_MILLIS);
                if (!isMet) {
                    throw new IllegalStateException("a far end that is " + vice + " at " + at + " is not met");
                }
                if (slot.look().isPresent()) {
                    serve(slot, visitor);
                }
            }
        } finally {
            slot.giveBack();
        }
    }

    private Slot newSlot() {
        FarEndAddress address = new FarEndAddress(socket.toString(), true);
        return switch (wiring.driver()) {
            case DPDK -> new FarEndSlot(address, driverSocket, () -> {});
            case TWINPORT -> new VhostUserSlot(address, () -> {});
        };
    }

    private void serve(Slot slot, HostileFarEnd visitor) {
        SideDevice dev;
        try {
            dev = open(slot);
        } catch (DpdkException e) {
            return; // it has gone, or has said what the driver does not take
        }
        Side near;
        try {
            near = wiring.joinPort(dev, side);
        } catch (DpdkException e) {
            dev.remove();
            return;
        }
        Pause.until(
                () -> {
                    near.watchLink();
                    return visitor.hasRun() || dev.isRemoved();
                },
                STAY_MILLIS);
        near.watchLink();
        DriverThreads.awaitIdle();
        Wire.remove(near);
    }

    private SideDevice open(Slot slot) {
        switch (wiring.driver()) {
            case DPDK -> {
                String devargs = "net_virtio_user" + (2 + side) + ",path=" + socket + ",server=1,queue_size=256,mac="
                        + wiring.mac();
                return new EthSide(EthDev.probe(slot.devargs(devargs)), slot.below());
            }
            case TWINPORT -> {
                VhostDevice far = slot.farEnd().orElseThrow(() -> new DpdkException(socket + ": it has gone again"));
                return VirtioSide.open(socket.toString(), far, MacAddress.parse(wiring.mac()), 1, true);
            }
            default -> throw new AssertionError(wiring.driver());
        }
    }
}
