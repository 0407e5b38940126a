package io.twinport.control.lab;

import io.twinport.control.Pause;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.device.SideDevice;
import io.twinport.dataplane.loop.LoopProxy;
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
import java.util.function.BooleanSupplier;

/**
 * One side's wire: a near end, which is a side of the failover port and listens at a unix socket, and a vhost-user device of
 * DPDK's (the far end), which connects to it. Cutting it is a real loss of link for the near end: the connection is shut down.
 */
public abstract sealed class Wire permits VirtioUserWire, VhostUserWire {
    static final int CONNECT_SECONDS = 10;
    private static final int LINK_MILLIS = 10_000;

    /** Of 2 s each: a machine that has others to run has been seen to keep a thread from its CPU for 4 s. */
    private static final int TRIES = 15;

    private final Wiring wiring;
    private final int side;
    private final Path socket;
    private final Path hidden;
    private Side far;
    private boolean isWhole = true;

    /** @param far connected to the near end, or about to be */
    Wire(Wiring wiring, int side, Side far) {
        this.wiring = wiring;
        this.side = side;
        this.socket = socket(wiring, side);
        this.hidden = socket.resolveSibling(socket.getFileName() + ".cut");
        this.far = far;
    }

    static Path socket(Wiring wiring, int side) {
        return wiring.folder().resolve(PolicyText.side(side));
    }

    /** The port's side; another one after {@link #restore}, where the device goes with its connection. */
    abstract Side near();

    /** A new far end has connected, or is about to. */
    abstract void reconnect();

    /** Whether the far end has a link while the wire is whole: not if its driver has told it to stop. */
    abstract boolean isRunning();

    /** No far end can connect any more, where that does not end with the device. */
    abstract void stopListening();

    /**
     * Cuts the wire and keeps it cut: with its socket hidden the far end cannot connect anew. Waits first until the drivers
     * have finished with the connection: virtio-user does not notice the end of one that it is just accepting, and says for
     * ever that its link is up.
     *
     * @return the instant of the cut, {@link System#nanoTime}
     */
    public final long cut() {
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
    public final void restore() {
        removeFar();
        move(hidden, socket);
        far = connect(wiring, side);
        reconnect();
        isWhole = true;
    }

    /** Takes the near end out of the port and stops it. */
    public void close() {
        letDriversFinish();
        letGo(near());
        near().stop();
    }

    /** Starts the near end after {@link #close} and lets the port use it again. */
    public void open() {
        start(near());
    }

    /** The near end's port hears that it will leave soon. */
    public final void announceLeave() {
        near().announceLeave();
    }

    /** Takes both ends away, also those of a wire that was cut. */
    public final void remove() {
        letDriversFinish();
        stopListening();
        remove(near());
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
        boolean isUp = isWhole && isRunning();
        Pause.until(() -> far.dev().isLinkUp() == isUp, LINK_MILLIS);
        DriverThreads.awaitIdle();
    }

    /**
     * Takes a side out of its loop, and removes its device. A loop that waits for its CPU, on a machine that has others to run, is waited
     * for longer than one of a port that carries somebody's traffic.
     *
     * @throws StuckLoopException if the loop does not leave the device, which must not be touched then
     */
    static void remove(Side side) {
        letGo(side);
        side.remove();
    }

    /** {@link Side#join}, with the same patience. */
    static Side join(SideDevice dev, MbufPool pool, long events, LoopProxy queue, int number) {
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

    /** Makes a far end, which connects to the socket. */
    static Side connect(Wiring wiring, int side) {
        EthDev dev = EthDev.probe("net_vhost" + side + ",iface=" + socket(wiring, side) + ",client=1");
        return wiring.joinFarEnd(dev, side);
    }

    /** @param failed whether there will be no socket */
    static void awaitSocket(Path socket, BooleanSupplier failed) {
        boolean isThere = Pause.until(() -> Files.exists(socket) || failed.getAsBoolean(), CONNECT_SECONDS * 1000L);
        if (!isThere) {
            throw new DpdkException("nobody listens at " + socket + " after " + CONNECT_SECONDS + " s");
        }
        Pause.millis(2); // it is bound; now it is about to listen
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
