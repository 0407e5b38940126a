package io.twinport.control.hotplug;

import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dataplane.vhost.VhostDevice;
import io.twinport.dataplane.vhost.VhostDevices;
import java.util.Optional;

/** Where far ends of twinport's own driver come and go: each one is a device. */
public final class VhostUserSlot extends VhostSlot<VhostDevices> {
    /** @param onChange told when a far end has come or gone; any thread */
    public VhostUserSlot(FarEndAddress address, Runnable onChange) {
        super(address, onChange);
    }

    @Override
    VhostDevices newThread(FarEndAddress address, RetryPause pause, Runnable onChange) {
        return new VhostDevices(address, pause, onChange);
    }

    @Override
    public Optional<Occupant> look() {
        return farEnd().map(far -> new Occupant(far.number(), "", true));
    }

    @Override
    public Optional<VhostDevice> farEnd() {
        return running().present();
    }
}
