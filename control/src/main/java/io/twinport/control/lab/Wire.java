package io.twinport.control.lab;

import io.twinport.control.Pause;
import io.twinport.dataplane.device.EthSide;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.MbufPool;
import io.twinport.posix.UnixSockets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One side's wire: a virtio-user device (the near end, a side of the failover port) and a vhost-user device (the far
 * end), connected by a unix socket. Cutting it is a real loss of link for the near end: the connection is shut down.
 */
public final class Wire {
    private static final int CONNECT_SECONDS = 10;
    private static final int LINK_MILLIS = 10_000;

    /** Of 2 s each: a machine that has others to run has been seen to keep a thread from its CPU for 4 s. */
    private static final int TRIES = 15;

    private final int side;
    private final Path socket;
    private final Path hidden;
    private final MbufPool pool;
    private final PollLoop loop;
    private final Side near;
    private Side far;
    private boolean isWhole = true;

    private Wire(int side, Path socket, MbufPool pool, PollLoop loop, Side near, Side far) {
        this.side = side;
        this.socket = socket;
        this.hidden = hiding(socket);
        this.pool = pool;
        this.loop = loop;
        this.near = near;
        this.far = far;
    }

    /**
     * Lays a wire. The loop's members are the failover port (0) and the far ends (1 primary, 2 standby).
     *
     * @param events address of the failover port's event line
     */
    public static Wire lay(int side, Path folder, String mac, MbufPool pool, PollLoop loop, long events) {
        Path socket = folder.resolve(PolicyText.side(side));
        String devargs = "net_virtio_user" + side + ",path=" + socket + ",server=1,queue_size=256,mac=" + mac;
        // The probe of a server waits for its client, so the far end is probed meanwhile.
        CompletableFuture<EthDev> probe = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("probe-" + side).start(() -> {
            try {
                probe.complete(EthDev.probe(devargs));
            } catch (RuntimeException | Error e) {
                probe.completeExceptionally(e);
            }
        });
        awaitFile(socket, probe);
        Side far = connect(side, socket, pool, loop);
        EthDev dev = await(probe);
        Side near = join(new EthSide(dev), pool, events, loop.proxy(0), side);
        return new Wire(side, socket, pool, loop, near, far);
    }

    /**
     * Cuts the wire and keeps it cut: with its socket hidden the far end cannot connect anew. Waits first until the drivers
     * have finished with the connection: virtio-user does not notice the end of one that it is just accepting, and says for
     * ever that its link is up.
     *
     * @return the instant of the cut, {@link System#nanoTime}
     */
    public long cut() {
        letDriversFinish();
        int descriptor = UnixSockets.connectedTo(socket.toString())
                .orElseThrow(() -> new IllegalStateException("nothing is connected to " + socket));
        move(socket, hidden);
        isWhole = false;
        long nanos = System.nanoTime();
        UnixSockets.shutdown(descriptor);
        return nanos;
    }

    /** Removes the far end that was cut off and connects a new one: 5 ms, where waiting for vhost to reconnect takes 1 s. */
    public void restore() {
        removeFar();
        move(hidden, socket);
        far = connect(side, socket, pool, loop);
        isWhole = true;
    }

    /** Takes the near end out of the port and stops it. */
    public void close() {
        letDriversFinish();
        letGo(near);
        near.stop();
    }

    /** Starts the near end after {@link #close} and lets the port use it again. */
    public void open() {
        start(near);
    }

    /** The near end's port hears that it will leave soon. */
    public void announceLeave() {
        near.announceLeave();
    }

    /** Takes both ends away, also those of a wire that was cut. */
    public void remove() {
        letDriversFinish();
        remove(near);
        isWhole = false;
        removeFar();
        try {
            Files.deleteIfExists(hidden);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void removeFar() {
        letDriversFinish();
        remove(far);
    }

    /** Until both ends know whether they are connected, and have done what is to do then. */
    private void letDriversFinish() {
        Pause.until(() -> far.dev().isLinkUp() == isWhole, LINK_MILLIS);
        DriverThreads.awaitIdle();
    }

    /**
     * Takes a side out of its loop, and removes its device. A loop that waits for its CPU, on a machine that has others to run, is waited
     * for longer than one of a port that carries somebody's traffic.
     *
     * @throws StuckLoopException if the loop does not leave the device, which must not be touched then
     */
    public static void remove(Side side) {
        letGo(side);
        side.remove();
    }

    /** {@link Side#join}, with the same patience. */
    static Side join(EthSide dev, MbufPool pool, long events, LoopProxy queue, int number) {
        Side side = Side.of(dev, events, List.of(queue), number);
        dev.configure(pool, 1);
        start(side);
        return side;
    }

    private static void start(Side side) {
        try {
            side.rejoin();
        } catch (StuckLoopException e) {
            letGo(side);
            side.enter();
        }
    }

    private static void letGo(Side side) {
        for (int tries = 1; !side.letGo(); tries++) {
            if (tries == TRIES) {
                throw new StuckLoopException("the poll loop did not leave " + side.dev());
            }
        }
    }

    private static Side connect(int side, Path socket, MbufPool pool, PollLoop loop) {
        EthDev dev = EthDev.probe("net_vhost" + side + ",iface=" + socket + ",client=1");
        return join(new EthSide(dev), pool, 0, loop.proxy(side), side);
    }

    private static void awaitFile(Path socket, CompletableFuture<EthDev> probe) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CONNECT_SECONDS);
        while (!Files.exists(socket) && !probe.isDone()) {
            if (System.nanoTime() > deadline) {
                throw new DpdkException("virtio-user has not made its socket " + socket);
            }
            Pause.millis(1);
        }
        Pause.millis(2); // it is bound; now it is about to listen
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

    private static Path hiding(Path socket) {
        return socket.resolveSibling(socket.getFileName() + ".cut");
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
