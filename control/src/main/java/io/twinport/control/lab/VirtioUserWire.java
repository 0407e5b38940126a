package io.twinport.control.lab;

import io.twinport.dataplane.device.EthSide;
import io.twinport.dataplane.device.Side;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EthDev;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A wire whose near end is DPDK's virtio-user: one device, which its far ends find again. */
final class VirtioUserWire extends Wire {
    private final Side near;

    private VirtioUserWire(Wiring wiring, int side, Side near, Side far) {
        super(wiring, side, far);
        this.near = near;
    }

    static VirtioUserWire lay(Wiring wiring, int side) {
        Path socket = socket(wiring, side);
        String devargs = "net_virtio_user" + side + ",path=" + socket + ",server=1,queue_size=256,mac=" + wiring.mac();
        // The probe of a server waits for its client, so the far end is probed meanwhile.
        CompletableFuture<EthDev> probe = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("probe-" + side).start(() -> {
            try {
                probe.complete(EthDev.probe(devargs));
            } catch (RuntimeException | Error e) {
                probe.completeExceptionally(e);
            }
        });
        awaitSocket(socket, probe::isDone);
        Side far = connect(wiring, side);
        EthDev dev = await(probe);
        return new VirtioUserWire(wiring, side, wiring.joinPort(new EthSide(dev), side), far);
    }

    @Override
    Side near() {
        return near;
    }

    @Override
    void reconnect() {
        // The device has accepted the connection by itself.
    }

    /** The driver tells nobody that it stops. */
    @Override
    boolean isRunning() {
        return true;
    }

    @Override
    void stopListening() {
        // The device listens itself.
    }

    private static EthDev await(CompletableFuture<EthDev> probe) {
        try {
            return probe.get(CONNECT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new DpdkException(
                    "virtio-user and vhost-user do not find each other within " + CONNECT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DpdkException("interrupted", e);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        }
    }
}
