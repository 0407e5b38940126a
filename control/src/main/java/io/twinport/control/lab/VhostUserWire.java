package io.twinport.control.lab;

import io.twinport.control.Pause;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dataplane.vhost.VhostDevice;
import io.twinport.dataplane.vhost.VhostDevices;
import io.twinport.dataplane.virtio.VirtioSide;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.MacAddress;
import java.nio.file.Path;

/** A wire whose near end is driven by twinport: each of its far ends is another device, as for a port of {@code run}. */
final class VhostUserWire extends Wire {
    private final Wiring wiring;
    private final int side;
    private final VhostDevices devices;
    private Side near;
    private boolean isRunning = true;

    private VhostUserWire(Wiring wiring, int side, VhostDevices devices, Side near, Side far) {
        super(wiring, side, far);
        this.wiring = wiring;
        this.side = side;
        this.devices = devices;
        this.near = near;
    }

    static VhostUserWire lay(Wiring wiring, int side) {
        Path socket = socket(wiring, side);
        VhostDevices devices = new VhostDevices(new FarEndAddress(socket.toString(), true), new RetryPause(), () -> {});
        devices.start();
        awaitSocket(socket, () -> !devices.trouble().isEmpty());
        Side far = connect(wiring, side);
        return new VhostUserWire(wiring, side, devices, join(wiring, side, devices), far);
    }

    /** The next far end's device. That the one before has stayed for a moment only is no failure here. */
    private static Side join(Wiring wiring, int side, VhostDevices devices) {
        boolean hasCome = Pause.until(
                () -> {
                    devices.tryNow();
                    return devices.present().isPresent();
                },
                CONNECT_SECONDS * 1000L);
        if (!hasCome) {
            throw new DpdkException("no far end has connected to " + socket(wiring, side) + " within " + CONNECT_SECONDS
                    + " s. " + devices.trouble());
        }
        VhostDevice far = devices.present()
                .orElseThrow(() -> new DpdkException("the far end of " + socket(wiring, side) + " has gone again"));
        VirtioSide dev = VirtioSide.open(socket(wiring, side).toString(), far, MacAddress.parse(wiring.mac()), 1, true);
        try {
            return wiring.joinPort(dev, side);
        } catch (DpdkException e) {
            dev.remove();
            throw e;
        }
    }

    @Override
    Side near() {
        return near;
    }

    @Override
    void reconnect() {
        remove(near);
        near = join(wiring, side, devices);
    }

    @Override
    boolean isRunning() {
        return isRunning;
    }

    @Override
    public void close() {
        super.close();
        isRunning = false;
    }

    @Override
    public void open() {
        super.open();
        isRunning = true;
    }

    @Override
    void stopListening() {
        devices.close();
    }
}
