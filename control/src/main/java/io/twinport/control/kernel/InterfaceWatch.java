package io.twinport.control.kernel;

import io.twinport.control.Log;
import io.twinport.posix.KernelLink;
import io.twinport.posix.LinkSocket;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the interfaces of a port, its own and those below its sides, when the kernel says that something about interfaces has
 * changed (netlink). That is only a hint: what counts is how it is then. The kernel does not say that the groups of an interface
 * have changed, that a packet socket wants all frames, or that frames were refused, so a look is taken each second, too.
 *
 * <p>A control thread of its own, because who looks may wait for devices and poll loops.
 */
public final class InterfaceWatch implements AutoCloseable {
    private static final int WAIT_MILLIS = 100;

    /** Changes come in flocks: so long nothing more has to come, but they are not waited for longer than the other time. */
    private static final int QUIET_MILLIS = 5;

    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Runnable look;
    private final Log log;
    private final LinkSocket socket = new LinkSocket();
    private final Thread thread;
    private String complaint = "";
    private volatile boolean closed;

    private InterfaceWatch(String name, Runnable look, Log log) {
        this.look = look;
        this.log = log;
        this.thread = Thread.ofPlatform().daemon().name("watch-" + name).start(this::watch);
    }

    /**
     * Starts the thread.
     *
     * @param name of the port
     * @param look called when something may have changed
     * @param log told if that fails
     */
    public static InterfaceWatch start(String name, Runnable look, Log log) {
        return new InterfaceWatch(name, look, log);
    }

    private void watch() {
        Hint hint = new Hint();
        long nextLook = System.nanoTime();
        while (!closed) {
            if (socket.receive(WAIT_MILLIS, hint) || hint.lost) {
                gather(hint);
                nextLook = System.nanoTime();
            }
            long now = System.nanoTime();
            if (now - nextLook >= 0) {
                nextLook = now + LOOK_NANOS;
                look();
            }
        }
    }

    private void gather(Hint hint) {
        hint.lost = false;
        long end = System.nanoTime() + GATHER_NANOS;
        while (System.nanoTime() - end < 0 && socket.receive(QUIET_MILLIS, hint)) {
            // All of them mean the same.
        }
    }

    private void look() {
        try {
            look.run();
            complaint = "";
        } catch (RuntimeException e) {
            String now = String.valueOf(e.getMessage());
            if (!now.equals(complaint)) {
                complaint = now;
                log.warn("the interfaces cannot be watched: " + now);
            }
        }
    }

    /** Whatever is told. */
    private static final class Hint implements LinkSocket.Listener {
        private boolean lost;

        @Override
        public void onLink(KernelLink link) {}

        @Override
        public void onGone(int index) {}

        @Override
        public void onAll() {}

        @Override
        public void onLost() {
            lost = true;
        }
    }

    /** Ends the thread. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
            socket.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
