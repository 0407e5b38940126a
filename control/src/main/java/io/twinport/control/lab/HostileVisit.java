package io.twinport.control.lab;

import io.twinport.control.Pause;
import io.twinport.control.hotplug.FarEndSlot;
import io.twinport.control.lab.HostileFarEnd.Vice;
import io.twinport.dataplane.device.EthSide;
import io.twinport.dataplane.device.KernelLinks;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.MbufPool;
import java.nio.file.Path;
import java.util.List;

/**
 * A far end that misbehaves comes to where a side's device has been, as it would to a port of {@code run}: it is met by a proxy,
 * and gets a device if its handshake is good. For one control thread.
 */
final class HostileVisit {
    /** All but those with which DPDK's driver receives for ever, or what is not its own; a loop that hangs would end the soak. */
    private static final List<Vice> VICES = List.of(
            Vice.MUTE,
            Vice.HANGS_UP,
            Vice.NOISE,
            Vice.ENDLESS_ANSWER,
            Vice.TALKS_OUT_OF_TURN,
            Vice.NO_QUEUES,
            Vice.LONG_FRAMES);

    /** Of a handshake, through which DPDK's driver goes: the last ones come when its rings run. */
    private static final int MESSAGES = 40;

    /** Longer than a far end that is mute is waited for. */
    private static final int MEET_MILLIS = 5000;

    private static final int STAY_MILLIS = 1000;

    private final int side;
    private final Path socket;
    private final Path driverSocket;
    private final String mac;
    private final MbufPool pool;
    private final PollLoop loop;
    private final long events;

    /** The port is member 0 of the loop. */
    HostileVisit(int side, Path folder, String mac, MbufPool pool, PollLoop loop, long events) {
        this.side = side;
        this.socket = folder.resolve("visit-" + side);
        this.driverSocket = folder.resolve("visited-" + side);
        this.mac = mac;
        this.pool = pool;
        this.loop = loop;
        this.events = events;
    }

    /** One of many visits; the same number is the same visit. Returns when there is no device again. */
    void pay(int number) {
        Vice vice = VICES.get(number % VICES.size());
        int at = 1 + number / VICES.size() % MESSAGES;
        FarEndSlot slot = new FarEndSlot(new FarEndAddress(socket.toString(), true), driverSocket, () -> {});
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

    private void serve(FarEndSlot slot, HostileFarEnd visitor) {
        KernelLinks.Below below = slot.below().orElseThrow();
        EthDev dev;
        try {
            dev = EthDev.probe(slot.devargs(
                    "net_virtio_user" + (2 + side) + ",path=" + socket + ",server=1,queue_size=256,mac=" + mac));
        } catch (DpdkException e) {
            return; // it has gone, or has said what the driver does not take
        }
        Side near;
        try {
            near = Wire.join(new EthSide(dev, slot.below()), pool, events, loop.proxy(0), side);
        } catch (DpdkException e) {
            dev.remove();
            return;
        }
        Pause.until(
                () -> {
                    near.watchLink();
                    return visitor.hasRun() || below.isGone();
                },
                STAY_MILLIS);
        near.watchLink();
        DriverThreads.awaitIdle();
        Wire.remove(near);
    }
}
