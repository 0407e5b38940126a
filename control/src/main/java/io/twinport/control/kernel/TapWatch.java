package io.twinport.control.kernel;

import io.twinport.control.Log;
import io.twinport.dpdk.MacAddress;
import io.twinport.posix.Interfaces;
import io.twinport.posix.KernelLink;
import io.twinport.posix.LinkSocket;
import io.twinport.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Follows what happens to the port's interface from outside: its user sets something, or deletes it. On a control thread of
 * its own, because who is told may wait for devices and poll loops.
 *
 * <p>The kernel tells most of it by netlink, which is only a hint to look: what counts is the state as it is then. It does not
 * tell that the groups have changed, or that a packet socket wants all frames, so a look is taken each second, too.
 */
public final class TapWatch implements AutoCloseable {
    private static final int WAIT_MILLIS = 100;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Tap tap;
    private final Consumer<Supplier<Optional<TapSettings>>> follower;
    private final Log log;
    private final LinkSocket socket = new LinkSocket();
    private final Thread thread;
    private final Latest latest = new Latest();
    private boolean complained;
    private volatile boolean closed;

    private TapWatch(Tap tap, Consumer<Supplier<Optional<TapSettings>>> follower, Log log) {
        this.tap = tap;
        this.follower = follower;
        this.log = log;
        this.thread = Thread.ofPlatform().daemon().name("watch-" + tap.name()).start(this::watch);
    }

    /**
     * Starts the thread.
     *
     * @param follower called when something may have changed, with what tells how it is now: empty where the interface is
     *     in another network namespace
     * @param log told what was done about an interface that was deleted
     */
    public static TapWatch start(Tap tap, Consumer<Supplier<Optional<TapSettings>>> follower, Log log) {
        return new TapWatch(tap, follower, log);
    }

    private void watch() {
        long nextLook = System.nanoTime();
        while (!closed) {
            boolean hinted = socket.receive(WAIT_MILLIS, latest);
            long now = System.nanoTime();
            if (hinted || now - nextLook >= 0) {
                nextLook = now + LOOK_NANOS;
                try {
                    look();
                } catch (RuntimeException e) {
                    log.warn("the interface " + tap.name() + " could not be followed: " + e.getMessage());
                }
            }
        }
    }

    private void look() {
        if (tap.presentName().isEmpty()) {
            remake();
        } else {
            follower.accept(this::settings);
        }
    }

    private void remake() {
        try {
            tap.remake();
            complained = false;
            log.warn("the interface " + tap.name() + " was deleted by somebody else; it has been made again, without"
                    + " the addresses and routes that it had");
        } catch (PosixException e) {
            if (!complained) {
                complained = true;
                log.warn("the interface " + tap.name() + " was deleted by somebody else, and cannot be made again: "
                        + e.getMessage() + ". Its frames are dropped; it is tried again each second");
            }
        }
    }

    private Optional<TapSettings> settings() {
        OptionalInt index = Interfaces.indexOf(tap.presentName());
        if (index.isEmpty()) {
            return Optional.empty();
        }
        latest.expect(index.getAsInt());
        socket.request(index.getAsInt());
        while (socket.receive(0, latest)) {
            // The answer is the last of them.
        }
        return latest.take()
                .map(link -> new TapSettings(
                        link.mtu(),
                        new MacAddress(link.mac()),
                        link.isPromiscuous(),
                        link.isAllMulticast(),
                        groups(link.index())));
    }

    /** The groups that the kernel would tell a device of the interface's: number, name, users, global users, address. */
    private static List<MacAddress> groups(int index) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/net/dev_mcast"))) {
            return lines.map(line -> line.trim().split("\\s+"))
                    .filter(words -> words.length == 5 && words[0].equals(String.valueOf(index)))
                    .map(words -> new MacAddress(Long.parseLong(words[4], 16)))
                    .filter(MacAddress::isMulticast)
                    .sorted(Comparator.comparingLong(MacAddress::value))
                    .toList();
        } catch (IOException e) {
            return List.of(); // a kernel without multicast
        }
    }

    /** The last that was told of an interface. */
    private static final class Latest implements LinkSocket.Listener {
        private int expected;
        private @Nullable KernelLink link;

        void expect(int index) {
            expected = index;
            link = null;
        }

        Optional<KernelLink> take() {
            return Optional.ofNullable(link);
        }

        @Override
        public void onLink(KernelLink told) {
            if (told.index() == expected) {
                link = told;
            }
        }

        @Override
        public void onGone(int index) {}

        @Override
        public void onAll() {}

        @Override
        public void onLost() {}
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
