package io.twinport.control.hotplug;

import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dataplane.vhost.VhostDevice;
import io.twinport.dataplane.vhost.VhostDevices;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where far ends of twinport's own driver come and go: each one is a device. */
public final class VhostUserSlot implements Slot {
    private final FarEndAddress address;
    private final Runnable onChange;
    private volatile @Nullable VhostDevices devices;

    /** @param onChange told when a far end has come or gone; any thread */
    public VhostUserSlot(FarEndAddress address, Runnable onChange) {
        this.address = address;
        this.onChange = onChange;
    }

    @Override
    public Optional<Occupant> look() {
        return farEnd().map(far -> new Occupant(far.number(), "", true));
    }

    @Override
    public Optional<VhostDevice> farEnd() {
        VhostDevices running = devices;
        if (running == null) {
            running = new VhostDevices(address, new RetryPause(), onChange);
            running.start();
            devices = running;
        }
        return running.present();
    }

    @Override
    public boolean comesAndGoes() {
        return true;
    }

    @Override
    public String whyAbsent() {
        return FarEndSlot.whyAbsent(address);
    }

    @Override
    public String trouble() {
        VhostDevices running = devices;
        return running == null ? "" : running.trouble();
    }

    @Override
    public int failures() {
        VhostDevices running = devices;
        return running == null ? 0 : running.failures();
    }

    @Override
    public void tryNow() {
        VhostDevices running = devices;
        if (running != null) {
            running.tryNow();
        }
    }

    @Override
    public void giveBack() {
        VhostDevices running = devices;
        devices = null;
        if (running != null) {
            running.close();
        }
    }
}
