package io.twinport.control.hotplug;

import io.twinport.dataplane.device.KernelLinks;
import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dataplane.vhost.VhostUserProxy;
import io.twinport.dataplane.vhost.VhostUserProxy.FarEnd;
import io.twinport.dpdk.Devargs;
import io.twinport.posix.PosixException;
import io.twinport.posix.SocketPath;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The far end of a virtio-user device, by vhost-user. It comes and goes like a device that is plugged in: a {@link
 * VhostUserProxy} asks each one first for its features and queues, and then the device is made with these.
 */
public final class FarEndSlot extends VhostSlot<VhostUserProxy> {
    private static final String DRIVER = "net_virtio_user";
    private static final String PATH = "path";
    private static final String SERVER = "server";
    private static final String QUEUES = "queues";

    private final Path driverPath;

    /**
     * @param driverPath where the driver is to connect to; in a folder that is ours alone
     * @param onChange told when the far end has come or gone; any thread
     */
    public FarEndSlot(FarEndAddress address, Path driverPath, Runnable onChange) {
        super(address, onChange);
        this.driverPath = driverPath;
    }

    /** Where a device's far end is met, if it is a virtio-user device with a far end by vhost-user. */
    public static Optional<FarEndAddress> addressOf(String devargs) {
        if (!Devargs.nameOf(devargs).startsWith(DRIVER)) {
            return Optional.empty();
        }
        boolean isServer = Devargs.argument(devargs, SERVER).filter("1"::equals).isPresent();
        return DriverSocket.of(devargs).map(path -> new FarEndAddress(path, isServer));
    }

    /**
     * Checks that nobody else listens where far ends are to connect to. Where there is no folder yet one is waited for.
     *
     * @throws PosixException if somebody does, or it cannot be listened there
     */
    public static void check(FarEndAddress address) {
        if (address.isServer() && SocketPath.hasFolder(address.path())) {
            SocketPath.take(address.path()).close();
        }
    }

    @Override
    public Optional<Occupant> look() {
        return running().present().map(far -> new Occupant(far.number(), "", true));
    }

    @Override
    VhostUserProxy newThread(FarEndAddress address, RetryPause pause, Runnable onChange) {
        return new VhostUserProxy(address, driverPath, pause, onChange);
    }

    /** The driver connects to the proxy, and has no more queues than the far end. */
    @Override
    public String devargs(String wanted) {
        String devargs = Devargs.with(Devargs.with(wanted, PATH, driverPath.toString()), SERVER, "0");
        int offered = running().present().map(FarEnd::queuePairs).orElse(1);
        boolean isTooMany = Devargs.argument(wanted, QUEUES)
                .filter(queues -> queues.matches("\\d{1,5}") && Integer.parseInt(queues) > offered)
                .isPresent();
        return isTooMany ? Devargs.with(devargs, QUEUES, String.valueOf(offered)) : devargs;
    }

    @Override
    public Optional<KernelLinks.Below> below() {
        VhostUserProxy running = running();
        Optional<FarEnd> far = running.present();
        return Optional.of(new KernelLinks.Below() {
            @Override
            public boolean isUsable() {
                return far.isPresent() && Objects.equals(far, running.present());
            }

            @Override
            public boolean isGone() {
                return !isUsable();
            }
        });
    }
}
