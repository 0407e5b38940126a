package io.twinport.dataplane.vhost;

import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.posix.PollSet;
import io.twinport.posix.UnixStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The far ends of twinport's own driver: each that answers as it should is a {@link VhostDevice}, and the next one may come when
 * its driver has closed it.
 */
public final class VhostDevices extends FarEndThread {
    private volatile @Nullable VhostDevice present;
    private long arrivals;

    /**
     * @param pause after a far end that has failed
     * @param onChange told on this thread when a far end has come or gone
     */
    public VhostDevices(FarEndAddress address, RetryPause pause, Runnable onChange) {
        super("vhost-devices", address, pause, onChange);
    }

    /** The device that is there; empty while there is none. Any thread. */
    public Optional<VhostDevice> present() {
        return Optional.ofNullable(present).filter(device -> !device.isGone());
    }

    @Override
    void meetAll(FarEndSocket socket) {
        while (!isClosing() && socket.isThere()) {
            next(socket).ifPresent(this::meet);
        }
    }

    private void meet(UnixStream come) {
        try {
            keep(VhostDevice.meet(++arrivals, come, this::signal));
        } catch (BrokenException e) {
            fail(String.valueOf(e.getMessage()));
        }
    }

    /** Until it is nobody's any more. */
    private void keep(VhostDevice device) {
        arrive();
        present = device;
        tellChange();
        boolean wasThere = true;
        while (!device.isClosed()) {
            // Whoever drives it listens to it.
            listenToFarEnd(device.isTaken() ? PollSet.NONE : device.descriptor());
            boolean ignored = await(LOOK_MILLIS);
            if (!device.isTaken()) {
                device.listen();
                if (isClosing() || device.isGone()) {
                    device.close();
                }
            } else if (isClosing()) {
                break;
            }
            if (wasThere && device.isGone()) {
                wasThere = false;
                tellChange();
            }
            if (!device.isGone()) {
                stays();
            }
        }
        present = null;
        if (device.isGone()) {
            end(device.whyGone());
        }
        tellChange();
    }
}
