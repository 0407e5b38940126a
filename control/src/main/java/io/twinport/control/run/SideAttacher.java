package io.twinport.control.run;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.dataplane.Side;
import io.twinport.dataplane.SideDevice;
import io.twinport.dataplane.failover.SwitchRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings one side to the port, on a thread of its own: its probe may wait for a far end for ever, and a PCI device may
 * not have been plugged yet. Neither may hold up the other side.
 */
final class SideAttacher {
    private static final int PLUG_LOOK_MILLIS = 200;

    /** Where sides join and leave. */
    interface Port {
        /** Takes a device that has the port's address into the poll loop. */
        Side join(SideSpec spec, SideDevice dev);

        /** Takes it out and removes the device; false if the loop does not let go of it. */
        boolean leave(Side side);
    }

    /** What a side is doing. */
    enum Phase {
        /** A PCI device that is not there. */
        ABSENT,
        /** In its probe; a server waits there for its far end. */
        PROBING,
        ATTACHED,
        FAILED,
        STOPPED
    }

    private final SideSpec spec;
    private final PortAddress address;
    private final Port port;
    private final Consumer<String> log;
    private final CompletableFuture<Side> result = new CompletableFuture<>();
    private volatile Phase phase = Phase.PROBING;
    private volatile boolean stopping;
    private @Nullable Side side;

    /**
     * @param port what the side is brought to
     * @param log told when the side has come
     */
    SideAttacher(SideSpec spec, PortAddress address, Port port, Consumer<String> log) {
        this.spec = spec;
        this.address = address;
        this.port = port;
        this.log = log;
    }

    void start() {
        Thread.ofPlatform().daemon().name("attach-" + spec.role()).start(this::attach);
    }

    SideSpec spec() {
        return spec;
    }

    Phase phase() {
        return phase;
    }

    /** Done when the side has joined, or exceptionally when it cannot. */
    CompletableFuture<Side> result() {
        return result;
    }

    /** What it waits for, in words. */
    String waitsFor() {
        if (phase == Phase.ABSENT) {
            return "the " + spec.role() + " " + spec.name() + " to be plugged in: there is no such PCI device yet";
        }
        return "the " + spec.role() + " " + spec.name()
                + spec.serverSocket()
                        .map(path -> ": its far end has to connect to " + path)
                        .orElse(": its driver's probe has not returned");
    }

    /**
     * Takes the side away.
     *
     * @return false if that cannot be done: it is still in its probe, or the loop does not let go of it
     */
    boolean stop() {
        stopping = true;
        synchronized (this) {
            boolean inProbe = phase == Phase.PROBING;
            if (side != null) {
                return leave(side);
            }
            return !inProbe;
        }
    }

    /** A device that does not let itself be stopped must not keep the other side from being left. */
    private boolean leave(Side joined) {
        side = null;
        try {
            return port.leave(joined);
        } catch (RuntimeException e) {
            log.accept(spec.role() + " cannot be removed: " + e.getMessage());
            return false;
        }
    }

    private void attach() {
        try {
            awaitPlugged();
            if (!stopping) {
                attach(spec.open(address.get()));
            }
        } catch (RuntimeException | Error e) {
            phase = Phase.FAILED;
            result.completeExceptionally(e);
        }
    }

    private synchronized void attach(SideDevice dev) {
        if (stopping) {
            phase = Phase.STOPPED;
            dev.remove();
            return;
        }
        try {
            address.admit(spec, dev);
            side = port.join(spec, dev);
        } catch (RuntimeException | Error e) {
            phase = Phase.FAILED;
            dev.remove();
            throw e;
        }
        phase = Phase.ATTACHED;
        log.accept(SwitchRecord.sideText(spec.side()) + " " + dev + " joined");
        result.complete(side);
    }

    private void awaitPlugged() {
        if (!spec.isPci()) {
            return;
        }
        Path devices = Path.of("/sys/bus/pci/devices");
        if (!Files.isDirectory(devices)) {
            throw new UserException("--" + spec.role() + " " + spec.name()
                    + ": this machine has no PCI bus. Give a virtual device, or run it where the device is.");
        }
        while (!Files.exists(devices.resolve(spec.name())) && !stopping) {
            phase = Phase.ABSENT;
            Pause.millis(PLUG_LOOK_MILLIS);
        }
        phase = stopping ? Phase.STOPPED : Phase.PROBING;
    }
}
