package io.twinport.dpdk.testing;

import io.twinport.dpdk.EthDev;
import io.twinport.posix.UnixSockets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A virtio-user device (the near end, what a test is about) and a vhost-user device (the far end), connected by a unix
 * socket. Of DPDK's virtual devices only these raise link status interrupts, and a cut is a real loss of link.
 *
 * <pre>{@code
 * VirtioWire wire = VirtioWire.lay(folder, 0, "02:00:00:00:00:01", far -> { far.configure(pool); far.start(); });
 * ... configure and start wire.near(), send and receive ...
 * wire.cut();
 * wire.restore(far -> { far.stop(); far.remove(); });
 * }</pre>
 */
public final class VirtioWire {
    private static final int CONNECT_SECONDS = 20;

    private final int number;
    private final int queues;
    private final Path socket;
    private final Path hidden;
    private final Consumer<EthDev> startFar;
    private final EthDev near;
    private EthDev far;

    private VirtioWire(int number, int queues, Path socket, Consumer<EthDev> startFar, EthDev near, EthDev far) {
        this.number = number;
        this.queues = queues;
        this.socket = socket;
        this.hidden = socket.resolveSibling(socket.getFileName() + ".cut");
        this.startFar = startFar;
        this.near = near;
        this.far = far;
    }

    /**
     * Lays a wire.
     *
     * @param folder for its socket; a socket's path may have 107 bytes at most
     * @param number of the wire in this process: the devices are {@code net_virtio_user<number>} and
     *     {@code net_vhost<number>}
     * @param startFar configures and starts a far end that has been probed; called again at each {@link #restore}
     * @return the wire, its near end probed, but neither configured nor started
     */
    public static VirtioWire lay(Path folder, int number, String mac, Consumer<EthDev> startFar) throws Exception {
        return lay(folder, number, 1, mac, startFar);
    }

    /** A wire of several queue pairs. */
    public static VirtioWire lay(Path folder, int number, int queues, String mac, Consumer<EthDev> startFar)
            throws Exception {
        Path socket = folder.resolve("wire" + number);
        // The probe of a server waits for its client, so the far end is probed meanwhile.
        FutureTask<EthDev> probe = new FutureTask<>(() -> EthDev.probe("net_virtio_user" + number + ",path=" + socket
                + ",server=1,queue_size=256,queues=" + queues + ",mac=" + mac));
        Thread.ofPlatform().daemon().name("probe-" + number).start(probe);
        try {
            Await.until("virtio-user has made its socket", () -> Files.exists(socket) || probe.isDone());
            TimeUnit.MILLISECONDS.sleep(5); // it is bound; now it is about to listen
            EthDev far = connect(number, queues, socket, startFar);
            return new VirtioWire(number, queues, socket, startFar, probe.get(CONNECT_SECONDS, TimeUnit.SECONDS), far);
        } catch (Exception | Error e) {
            end(probe, socket);
            throw e;
        }
    }

    /** A probe that waits for its client would keep the device's name from all tests that follow: so it gets one that hangs up. */
    private static void end(FutureTask<EthDev> probe, Path socket) {
        for (int attempt = 0; attempt < CONNECT_SECONDS && !probe.isDone(); attempt++) {
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                client.shutdownOutput();
                probe.get(1, TimeUnit.SECONDS);
            } catch (IOException | InterruptedException | ExecutionException | TimeoutException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        }
    }

    /** The virtio-user device. */
    public EthDev near() {
        return near;
    }

    /** The present vhost-user device; another one after {@link #restore}. */
    public EthDev far() {
        return far;
    }

    /** Cuts the wire and keeps it cut: with its socket hidden the far end cannot connect anew. */
    public void cut() {
        OptionalInt descriptor = UnixSockets.connectedTo(socket.toString());
        move(socket, hidden);
        UnixSockets.shutdown(descriptor.orElseThrow(() -> new AssertionError("nothing is connected to " + socket)));
    }

    /**
     * Connects a new far end: 5 ms, where waiting until vhost connects anew takes a second.
     *
     * @param removeFar stops and removes the far end that was cut off
     */
    public void restore(Consumer<EthDev> removeFar) {
        removeFar.accept(far);
        move(hidden, socket);
        far = connect(number, queues, socket, startFar);
    }

    private static EthDev connect(int number, int queues, Path socket, Consumer<EthDev> startFar) {
        EthDev dev = EthDev.probe("net_vhost" + number + ",iface=" + socket + ",client=1,queues=" + queues);
        startFar.accept(dev);
        return dev;
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
