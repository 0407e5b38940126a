package io.twinport.dataplane;

import io.twinport.dpdk.Devargs;
import io.twinport.posix.KernelLink;
import io.twinport.posix.LinkSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The links of devices that DPDK drives over an interface of the kernel's, as the kernel tells them: their drivers do not.
 *
 * <table>
 * <caption>Drivers, and what their own link word says (measured with DPDK 22.11, read in 24.11)</caption>
 * <tr><td>net_af_packet</td><td>22.11: up from start to stop, whatever the interface does. 24.11: the interface's, when
 *     asked. No interrupt.</td></tr>
 * <tr><td>net_af_xdp, net_pcap</td><td>up from start to stop, whatever the interface does. No interrupt.</td></tr>
 * <tr><td>net_tap</td><td>the interface's, at once; it says that it raises interrupts and never does.</td></tr>
 * </table>
 *
 * The kernel's word comes by netlink, on a thread of its own that starts with the first interface. The kernel tells a carrier
 * that is lost up to a second late, where another one has just changed (linkwatch), but not who asks: so it is asked too.
 */
public final class KernelLinks implements AutoCloseable {
    /** Where a driver's devargs name the interface. A net_tap without a name of its own is left to its link word. */
    private static final Map<String, List<String>> INTERFACE_ARGUMENTS = Map.of(
            "net_af_packet", List.of("iface"),
            "net_af_xdp", List.of("iface"),
            "net_pcap", List.of("iface", "rx_iface"),
            "net_tap", List.of("iface"));

    private static final int LOOK_MILLIS = 100;
    private static final int ASK_MILLIS = 10;
    private static final int NONE = -1;
    private static final long ANSWER_NANOS = Duration.ofSeconds(1).toNanos();

    private final Runnable onChange;
    private final Map<Integer, KernelLink> links = new HashMap<>();
    private final Set<Integer> watched = new CopyOnWriteArraySet<>();
    private @Nullable Thread thread;
    private boolean complete;
    private volatile boolean closed;

    /**
     * The interface of the kernel's below a device. It stays that one: if it is deleted it is down for good, and another one of
     * its name is another one.
     */
    public interface Below {
        boolean isUsable();

        /** Whether it was there and has been deleted. */
        boolean isGone();
    }

    /** @param onChange told when the link of a watched interface may have changed, on this class's thread */
    public KernelLinks(Runnable onChange) {
        this.onChange = onChange;
    }

    /** The kernel's interface below a device, where its driver is one of those. */
    public static Optional<String> interfaceOf(String devargs) {
        String driver = Devargs.driverOf(Devargs.nameOf(devargs));
        return INTERFACE_ARGUMENTS.getOrDefault(driver, List.of()).stream()
                .flatMap(argument -> Devargs.argument(devargs, argument).stream())
                .findFirst();
    }

    /**
     * Where to ask for the interface of the kernel's below a device; empty where there is none.
     *
     * @param devargs of a device that has been probed
     */
    public Optional<Below> below(String devargs) {
        return interfaceOf(devargs).map(this::watch);
    }

    private Below watch(String name) {
        start();
        int index = indexOf(name);
        if (index != NONE) {
            watched.add(index);
        }
        return new Below() {
            @Override
            public boolean isUsable() {
                return link(index).map(KernelLink::isUsable).orElse(false);
            }

            @Override
            public boolean isGone() {
                return index != NONE && link(index).isEmpty();
            }
        };
    }

    private synchronized void start() {
        if (thread != null) {
            if (!complete) {
                awaitAnswer();
            }
            return;
        }
        LinkSocket socket = new LinkSocket();
        socket.requestAll();
        thread = Thread.ofPlatform().daemon().name("kernel-links").start(() -> follow(socket));
        awaitAnswer();
    }

    private synchronized void awaitAnswer() {
        long deadline = System.nanoTime() + ANSWER_NANOS;
        try {
            while (!complete && System.nanoTime() - deadline < 0) {
                wait(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An interface that has just been made may not have been told yet, so all are asked for until it is there. */
    private synchronized int indexOf(String name) {
        long deadline = System.nanoTime() + ANSWER_NANOS;
        try {
            while (true) {
                for (Map.Entry<Integer, KernelLink> link : links.entrySet()) {
                    if (link.getValue().name().equals(name)) {
                        return link.getKey();
                    }
                }
                if (System.nanoTime() - deadline >= 0) {
                    return NONE;
                }
                wait(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NONE;
        }
    }

    private synchronized Optional<KernelLink> link(int index) {
        return Optional.ofNullable(links.get(index));
    }

    private void follow(LinkSocket socket) {
        try (socket) {
            Told listener = new Told(socket);
            long nextAsk = System.nanoTime();
            while (!closed) {
                long now = System.nanoTime();
                if (now - nextAsk >= 0) {
                    nextAsk = now + TimeUnit.MILLISECONDS.toNanos(ASK_MILLIS);
                    watched.forEach(socket::request);
                }
                boolean ignored = socket.receive(ASK_MILLIS, listener);
                if (listener.takeChanged()) {
                    onChange.run();
                }
            }
        }
    }

    private final class Told implements LinkSocket.Listener {
        private final LinkSocket socket;
        private final Set<Integer> unheard = new HashSet<>();
        private boolean changed;

        Told(LinkSocket socket) {
            this.socket = socket;
        }

        boolean takeChanged() {
            boolean was = changed;
            changed = false;
            return was;
        }

        @Override
        public void onLink(KernelLink link) {
            synchronized (KernelLinks.this) {
                KernelLink before = links.put(link.index(), link);
                unheard.remove(link.index());
                changed |= before == null || before.isUsable() != link.isUsable();
                KernelLinks.this.notifyAll();
            }
        }

        @Override
        public void onGone(int index) {
            watched.remove(index);
            synchronized (KernelLinks.this) {
                changed |= links.remove(index) != null;
            }
        }

        @Override
        public void onAll() {
            List.copyOf(unheard).forEach(this::onGone);
            unheard.clear();
            synchronized (KernelLinks.this) {
                complete = true;
                KernelLinks.this.notifyAll();
            }
        }

        /** One of them may have gone unheard; until all have been told they are as they were. */
        @Override
        public void onLost() {
            synchronized (KernelLinks.this) {
                unheard.addAll(links.keySet());
            }
            socket.requestAll();
        }
    }

    /** Ends its thread. The links are then what they were last. */
    @Override
    public void close() {
        closed = true;
        Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running != null) {
            try {
                running.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
